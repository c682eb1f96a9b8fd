"""One zip with all of it: a page to read, the same for machines, photos and voices. It is made while it is sent."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO

from flask import render_template

from community.belongings.held import PARTS
from community.belongings.part import Part
from community.database import db
from community.media import store
from community.people.models import Person
from community.speech.cupboard import PEOPLE
from community.speech.hearing import cupboard

PIECE = 64 * 1024  # bytes
Rows = list[dict[str, Any]]


class _Pipe(io.RawIOBase):
    """Where the zip is written: what was written is taken away at once, so no parcel ever lies in memory whole."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found


def held_of(person: Person) -> dict[Part, Rows]:
    """All rows, by part."""
    return {part: [dict(row) for row in db.session.execute(part.rows(person.id)).mappings()] for part in PARTS}


def parcel(person: Person) -> Iterator[bytes]:
    """The zip, piece by piece. All that is asked of the database is asked before the first piece."""
    held = held_of(person)
    files = dict(_files(held))
    page = render_template("belongings/page.html", held=held, person=person, files=files)
    return _sent({"index.html": page, "data.json": _as_json(held)}, files)


def _as_json(held: Mapping[Part, Rows]) -> str:
    return json.dumps({part.name: rows for part, rows in held.items()}, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _files(held: Mapping[Part, Rows]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The name of each file in the zip, and where it lies: in the store, or on the cupboard's shelf."""
    for part, rows in held.items():
        for row in rows:
            if part.name == "photos":
                name = _best(row["sizes"])
                yield f"photos/{row['photo']}.{name.rpartition('.')[2]}", ("store", f"{row['photo']}/{name}")
            elif part.name == "voices":
                yield f"voices/{row['voice']}.ogg", ("store", f"{row['voice']}/voice.ogg")
            elif part.name == "recordings":
                yield f"voices/{row['clip']}.ogg", ("shelf", row["clip"])


def _best(sizes: Mapping[str, int]) -> str:
    """The largest rendition that everything can open."""
    return max(sizes, key=lambda one: (one.endswith((".jpg", ".jpeg")), sizes[one]))


def _sent(texts: Mapping[str, str], files: Mapping[str, tuple[str, str]]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
            yield pipe.taken()
        for name, (kind, place) in files.items():
            # A store that was emptied keeps nobody from the rest.
            with suppress(FileNotFoundError, ValueError), _opened(kind, place) as source:
                yield from _copied(archive, name, source, pipe)
    yield pipe.taken()


def _opened(kind: str, place: str) -> BinaryIO:
    return store.current().open(place) if kind == "store" else cupboard().place(PEOPLE, place, "ogg").open("rb")


def _copied(archive: zipfile.ZipFile, name: str, source: BinaryIO, pipe: _Pipe) -> Iterator[bytes]:
    """Sounds and photos are packed already."""
    info = zipfile.ZipInfo(name)
    with archive.open(info, "w") as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield pipe.taken()
