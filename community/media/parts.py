"""A recording that comes in parts over a line that breaks: kept until its form names it. In a folder beside the media.

The shape is that of tus: a part says at which offset it begins, the answer where the next one does. A part that was
sent twice, or that two tries send at once, is the same bytes at the same place.
"""

import hashlib
import os
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import current_app

from community.people.models import Person

PART = 32 * 1024  # bytes that one request may bring
MOST = 3 * 1024 * 1024  # bytes of one recording
KEPT = 4  # recordings of one person
LASTS = 14 * 86400  # seconds: a form may wait long for a signal


class Elsewhere(ValueError):
    """The part begins where none is awaited; `offset` is where one is."""

    def __init__(self, offset: int) -> None:
        super().__init__("another offset is awaited")
        self.offset = offset


def add(owner: Person, key: str, offset: int, content: bytes) -> int:
    """Lay a part down; where the next one begins. Raises Elsewhere, and OverflowError beyond MOST."""
    path = _path(owner, key)
    there = _size(path)
    if offset != there:
        raise Elsewhere(there)
    if offset + len(content) > MOST:
        raise OverflowError
    if not there:
        _make_room(path.parent)
    _write(path, offset, content)
    return offset + len(content)


def found(owner: Person, key: str) -> IO[bytes] | None:
    """All that has come of it; None where nothing has."""
    with suppress(FileNotFoundError):
        return BytesIO(_path(owner, key).read_bytes())
    return None


def _path(owner: Person, key: str) -> Path:
    """Nobody's key leads out of the folder, nor to what is another's."""
    folder = Path(current_app.config["MEDIA"]) / "parts" / str(owner.id)
    return folder / hashlib.sha256(key.encode()).hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _write(path: Path, offset: int, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make_room(folder: Path) -> None:
    """A new recording: what is old goes, and the oldest where there are too many."""
    folder.mkdir(parents=True, exist_ok=True)
    newest = sorted(folder.iterdir(), key=_changed, reverse=True)
    for place, path in enumerate(newest):
        if place >= KEPT - 1 or _changed(path) < time.time() - LASTS:
            path.unlink(missing_ok=True)


def _changed(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0
