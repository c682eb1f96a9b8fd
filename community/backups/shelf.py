"""Photos and voices beside the snapshots, each sealed once: under one name there is never other content."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from community.backups.places import Places, files_in, settle
from community.backups.vault import Broken, seal, unseal


class Item(NamedTuple):
    """A file as a snapshot names it. `kept` is its name on the shelf, which says nothing of it."""

    folder: str
    path: str
    size: int
    kept: str


class Shelf:
    def __init__(self, places: Places) -> None:
        self.places, self.root = places, places.backups / "files"

    def put_all(self) -> list[Item]:
        """Seal what is not there yet; gives everything that there is now."""
        recipient = self.places.recipient
        return [item for item in self._found() if self._put(item, recipient)]

    def take(self, item: Item, target: Path, identity: str) -> None:
        """Put a file where it belongs. Raises Broken where it is missing, damaged or another one."""
        sealed, plain = self.path(item.kept), io.BytesIO()
        if not sealed.exists():
            raise Broken(f"A file is missing: files/{item.kept}.age")
        with sealed.open("rb") as source:
            unseal(source, plain, identity)
        label, _line, content = plain.getvalue().partition(b"\n")
        if label.decode("utf-8", "replace") != item.kept or len(content) != item.size:
            raise Broken(f"files/{item.kept}.age holds another file")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(content)
        settle(target)

    def path(self, kept: str) -> Path:
        return self.root / kept[:2] / f"{kept}.age"

    def sweep(self, named: Iterable[str]) -> None:
        """Erase what no snapshot names any more: that is when an erased photo is gone from here, too."""
        wanted = {self.path(kept) for kept in named}
        for path in list(files_in(self.root)):
            if path not in wanted:
                path.unlink()
                with suppress(OSError):
                    path.parent.rmdir()

    def _found(self) -> Iterator[Item]:
        for name, folder in self.places.folders().items():
            for path in files_in(folder):
                with suppress(FileNotFoundError):  # taken back meanwhile
                    said, told = path.relative_to(folder).as_posix(), path.stat()
                    mark = f"{name}\0{said}\0{told.st_size}\0{told.st_mtime_ns}"
                    yield Item(name, said, told.st_size, hashlib.sha256(mark.encode()).hexdigest())

    def _put(self, item: Item, recipient: str) -> bool:
        """Whether it is on the shelf."""
        target = self.path(item.kept)
        if target.exists():
            return True
        try:
            content = (self.places.folders()[item.folder] / item.path).read_bytes()
        except FileNotFoundError:
            return False
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target.with_name(f".{item.kept}.part")
        with part.open("wb") as sealed:
            seal(io.BytesIO(item.kept.encode() + b"\n" + content), sealed, recipient)
        settle(part)
        part.replace(target)
        settle(target)
        return True
