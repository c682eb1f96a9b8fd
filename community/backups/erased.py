"""Who was erased, beside the backups: a copy from before knows her still, so who puts it back erases her again.

A line is a number and the moment at which she came, for a number may be given anew. It stands there for as long as a
snapshot can, and says nothing else of her. What people erased for good stands there, too, after
the name of its kind.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from blinker import signal
from flask import Flask, current_app
from sqlalchemy import orm

from community.database import db, now
from community.people.models import Person

LIST = "erased"
KEPT = timedelta(days=60)  # longer than any snapshot stays
Erase = Callable[[Person], None]
EraseThing = Callable[[int, datetime], None]  # its number, and when it came to be
gone = signal("erased")  # sent with the Person, in the transaction that erases her
gone_for_good = signal("gone for good")  # sent with the kind of a thing, `number`, `came`, in the transaction


def erases(app: Flask, erase: Erase) -> None:
    """This is how a person is erased."""
    app.extensions["erase person"] = erase


def erases_again(app: Flask, kind: str, erase: EraseThing) -> None:
    """This is how a thing of that kind is erased, where a copy has it that came back."""
    app.extensions.setdefault("erase things", {})[kind] = erase


@gone.connect
def remember(person: Person) -> None:
    """She is being erased: written down as soon as that is true, and not before."""
    _promise(str(person.id), person.created)


@gone_for_good.connect
def remember_thing(kind: str, number: int, came: datetime) -> None:
    _promise(f"{kind}:{number}", came)


def _promise(name: str, came: datetime) -> None:
    db.session().info.setdefault(LIST, []).append(f"{name} {came.isoformat()} {now().isoformat()}\n")


def again() -> int:
    """Erase whom this database has and should not; gives how many. Models never commit: the command does."""
    erase: Erase | None = current_app.extensions.get("erase person")
    found = [person for number, came in listed(_folder()) if (person := _person(number, came))]
    for person in found:
        if erase is None:
            raise LookupError("nothing here knows how to erase somebody")
        erase(person)
    for kind, number, came in _lines(_folder()):
        if kind:
            current_app.extensions["erase things"][kind](number, came)
    return len(found)


def listed(backups: Path) -> Iterator[tuple[int, datetime]]:
    return ((number, came) for kind, number, came in _lines(backups) if not kind)


def _lines(backups: Path) -> Iterator[tuple[str, int, datetime]]:
    """Of each line its kind ("": a person), number and moment."""
    path = backups / LIST
    for line in path.read_text().splitlines() if path.exists() else ():
        name, came, _erased = line.split(" ")
        kind, _colon, number = name.rpartition(":")
        yield kind, int(number), datetime.fromisoformat(came)


def bring(source: Path, backups: Path) -> None:
    """The list beside a backup that comes from elsewhere stands beside ours, too."""
    if (source / LIST).exists() and source.resolve() != backups.resolve():
        _append(backups / LIST, (source / LIST).read_text())


def forget(backups: Path) -> None:
    """What no snapshot can bring back any more need not be known."""
    path, since = backups / LIST, (now() - KEPT).isoformat()
    if not path.exists():
        return
    lines = path.read_text().splitlines(keepends=True)
    if (kept := [line for line in lines if line.split(" ")[-1].strip() >= since]) != lines:
        part = path.with_name(f".{LIST}.part")
        part.write_text("".join(kept))
        part.replace(path)


def _person(number: int, came: datetime) -> Person | None:
    person = db.session.get(Person, number)
    return person if person and person.created == came else None


def _folder() -> Path:
    return Path(current_app.config["BACKUPS"])


@sa.event.listens_for(db.session, "after_commit")
def _committed(session: orm.Session) -> None:
    if lines := session.info.pop(LIST, None):
        _append(_folder() / LIST, "".join(lines))


@sa.event.listens_for(db.session, "after_rollback")
def _undone(session: orm.Session) -> None:
    session.info.pop(LIST, None)


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
