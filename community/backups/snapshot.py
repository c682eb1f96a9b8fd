"""One snapshot: the database of one moment, the keys, and the list of photos and voices, in one sealed file.

BACKUPS/aangan-<moment>.age     sealed: manifest.json, database, keys
BACKUPS/aangan-<moment>.names   which sealed files of `files/` it needs; says nothing of them
BACKUPS/files/ab/<name>.age     photos and voices, each sealed once
BACKUPS/good.json               when the last good one was, for the operator's page
BACKUPS/erased                  who was erased since, by number: a copy that comes back forgets them again
"""

import fcntl
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from community.backups import engines, rotation
from community.backups.engines import Copied
from community.backups.places import Places, emptied, settle
from community.backups.shelf import Item, Shelf
from community.backups.vault import Broken, seal, unseal
from community.database import now

GOOD = "good.json"


class Manifest:
    """What a snapshot must hold."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said
        self.copied = Copied(said["database"], said["tables"])
        self.items = [Item(*item) for item in said["files"]]

    @property
    def rows(self) -> int:
        return sum(int(told.partition(":")[0]) for told in self.copied.tables.values())


def make(places: Places) -> Path:
    """A new snapshot, safe on the disk; older ones go when their time is over."""
    with _alone(places):
        work = emptied(places.backups / ".work")
        try:
            made = _write(places, work)
        finally:
            emptied(work).rmdir()
        _read_back(places, made)
        _rotate(places)
    return made


def opened(places: Places, snapshot: Path, identity: str, work: Path) -> Manifest:
    """Take a snapshot apart into `work`; raises Broken unless everything in it is as it was."""
    with snapshot.open("rb") as sealed, (work / "opened").open("wb") as plain:
        unseal(sealed, plain, identity)
    try:
        with tarfile.open(work / "opened") as tar:
            tar.extractall(work, filter="data")
        manifest = Manifest(json.loads((work / "manifest.json").read_text()))
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise Broken(f"{snapshot.name} is no backup of Aangan ({type(error).__name__})") from None
    (work / "opened").unlink()
    if manifest.said["engine"] != places.url.get_backend_name():
        raise Broken(f"This is a backup of {manifest.said['engine']}: DATABASE_URL names another kind of database")
    engines.check_file(places, work / "database", manifest.copied)
    return manifest


def last_good(backups: Path) -> dict[str, Any] | None:
    """When the last one was finished and how big it is; None where there is none yet."""
    try:
        return dict(json.loads((backups / GOOD).read_text()))
    except (OSError, ValueError):
        return None


def _write(places: Places, work: Path) -> Path:
    taken = now().replace(microsecond=0)
    copied = engines.copy(places, work / "database")
    items = Shelf(places).put_all()  # after the database: what it names is then there
    made = {"made": taken.isoformat(), "engine": places.url.get_backend_name()}
    manifest = made | {"database": copied.digest, "tables": copied.tables, "files": items}
    (work / "manifest.json").write_text(json.dumps(manifest))
    names = places.backups / rotation.name_of(taken).replace(".age", ".names")
    names.write_text("\n".join(item.kept for item in items))
    settle(names)
    return _sealed(places, work, places.backups / rotation.name_of(taken))


def _sealed(places: Places, work: Path, target: Path) -> Path:
    with tarfile.open(work / "packed", "w:gz", compresslevel=1) as tar:
        for path in (work / "manifest.json", work / "database", *places.keys()):
            tar.add(path, f"keys/{path.name}" if path.suffix == ".key" else path.name)
    (work / "database").unlink()
    with (work / "packed").open("rb") as plain, (work / "sealed").open("wb") as sealed:
        seal(plain, sealed, places.recipient)
    settle(work / "sealed")
    (work / "sealed").replace(target)
    settle(target)
    return target


def _read_back(places: Places, made: Path) -> None:
    """Open what was written, where the key is here, and note that it is good."""
    if identity := places.identity:
        work = emptied(places.backups / ".work")
        try:
            opened(places, made, identity, work)
        finally:
            emptied(work).rmdir()
    taken = rotation.moment_of(made.name) or now()
    note(places.backups, taken, made.stat().st_size, read_back=bool(identity))


def note(backups: Path, taken: datetime, size: int, *, read_back: bool) -> None:
    part = backups / f".{GOOD}.part"
    part.write_text(json.dumps({"taken": taken.isoformat(), "bytes": size, "read_back": read_back}))
    settle(part)
    part.replace(backups / GOOD)


def _rotate(places: Places) -> None:
    found = {moment: path for path in places.backups.glob("*.age") if (moment := rotation.moment_of(path.name))}
    stay = {found[moment] for moment in rotation.staying(found)}
    for path in set(found.values()) - stay:
        path.unlink()
    named = [path.with_suffix(".names") for path in stay]
    for path in places.backups.glob("*.names"):
        if path not in named:
            path.unlink()
    # A snapshot whose list is gone might need anything: then nothing is swept.
    if all(path.exists() for path in named):
        Shelf(places).sweep(kept for path in named for kept in path.read_text().split())


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    """One backup at a time; whoever died gives the place free."""
    places.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (places.backups / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Broken("Another backup is being made") from None
        yield
