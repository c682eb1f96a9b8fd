"""A snapshot into an empty place: everything is opened and checked before anything is put where it belongs."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from community.backups import engines, rotation
from community.backups.places import KEY, Places, emptied, files_in, settle
from community.backups.shelf import Shelf
from community.backups.snapshot import Manifest, opened
from community.backups.vault import Broken


class Restored(NamedTuple):
    tables: int
    rows: int
    files: int


def newest(backups: Path) -> Path:
    """The snapshot in this folder that was taken last."""
    found = {moment: path for path in backups.glob("*.age") if (moment := rotation.moment_of(path.name))}
    if not found:
        raise Broken(f"There is no backup in {backups}")
    return found[max(found)]


def restore(places: Places, snapshot: Path, identity: str) -> Restored:
    """Raises Broken and leaves the place empty, unless everything is there and as it was."""
    _check_empty(places)
    places = replace(places, backups=snapshot.parent)
    work = emptied(places.instance / ".restoring")
    try:
        manifest = opened(places, snapshot, identity, work)
        _take_files(places, manifest, identity, work)
        _settle_in(places, manifest, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Restored(len(manifest.copied.tables), manifest.rows, len(manifest.items))


def _check_empty(places: Places) -> None:
    engines.check_empty(places)
    if places.keys() or any(True for folder in places.folders().values() for _file in files_in(folder)):
        raise Broken(f"{places.instance} holds keys, photos or voices. A backup goes into an empty place only")


def _take_files(places: Places, manifest: Manifest, identity: str, work: Path) -> None:
    shelf, folders = Shelf(places), places.folders()
    for item in manifest.items:
        target = (work / "files" / item.folder / item.path).resolve()
        if item.folder not in folders or not target.is_relative_to((work / "files" / item.folder).resolve()):
            raise Broken("This backup names a file that lies elsewhere")
        shelf.take(item, target, identity)


def _settle_in(places: Places, manifest: Manifest, work: Path) -> None:
    """The keys come last: until they are there nothing starts on half a copy as if it were whole."""
    for name, folder in places.folders().items():
        for path in list(files_in(work / "files" / name)):
            target = folder / path.relative_to(work / "files" / name)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(path, target)
    engines.put_back(places, work / "database", manifest.copied)
    for key in sorted((work / "keys").glob("*.key")):
        if key.name != KEY:
            key.chmod(0o600)
            shutil.move(key, places.instance / key.name)
            settle(places.instance / key.name)
