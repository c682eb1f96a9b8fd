"""Where the bytes of pictures lie. A name is written once and never changes, so it may be cached for ever."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import current_app

NAME = re.compile(r"[A-Za-z0-9_-]{22}/[a-z0-9]{1,12}\.[a-z0-9]{1,5}")


class Store(Protocol):
    """Bytes by name, `<key of 22>/<rendition>`. A name of another shape raises ValueError everywhere."""

    def put(self, name: str, content: bytes) -> None:
        """Keep the bytes for good: whole and safe on the disk, or not at all.

        The same bytes again cost nothing; other bytes under a known name raise FileExistsError.
        """

    def read(self, name: str) -> bytes:
        """All of it. Raises FileNotFoundError."""

    def open(self, name: str) -> BinaryIO:
        """A stream to send from; the caller closes it. Raises FileNotFoundError."""

    def path(self, name: str) -> Path:
        """Where the file lies, or would lie."""

    def remove(self, name: str) -> None:
        """Erase it. Costs nothing where there is none."""


class FolderStore:
    """A Store in a folder, spread over sub-folders named by the key's first two letters."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, content: bytes) -> None:
        path = self.path(name)
        if path.exists():
            return _agree(path, content)
        path.parent.mkdir(parents=True, exist_ok=True)
        return _write_whole(path, content)

    def read(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    def open(self, name: str) -> BinaryIO:
        return self.path(name).open("rb")

    def path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError("a store's name is a key, a slash and a rendition")
        return self.root / name[:2] / name

    def remove(self, name: str) -> None:
        path = self.path(name)
        path.unlink(missing_ok=True)
        with suppress(OSError):  # other renditions are still there, or somebody was faster
            path.parent.rmdir()


def current() -> Store:
    """The store of the app that serves this request."""
    return FolderStore(Path(current_app.config["MEDIA"]))


def _agree(path: Path, content: bytes) -> None:
    if path.read_bytes() != content:
        raise FileExistsError(f"{path.name} is kept already, with other content")


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside, then rename: nobody ever sees half a file, whatever dies when."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the new names in a folder survive a power cut, where the system can (Windows cannot)."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
