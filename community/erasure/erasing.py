"""Erasing a person, in one commit: her rows, her phones, her name and her picture; the files right after."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from blinker import signal

from community.announcements.correction import Correction
from community.announcements.models import Announcement, Translation
from community.database import Base, db, now
from community.erasure.models import Erasure, held_back
from community.erasure.rules import GO, UNNAMED
from community.groups.membership import Membership, forget_standing
from community.groups.models import Group
from community.groups.offices import Office
from community.invitations.models import Invitation
from community.languages import DEFAULT
from community.media import store
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.people.leaving import leave
from community.people.models import Person, Phone, Session
from community.people.pictures import GONE
from community.questions import forgetting
from community.speech.cupboard import PEOPLE
from community.speech.hearing import cupboard
from community.speech.models import Recording
from community.subscriptions.models import Subscription

erased = signal("erased")  # sent with the Person who is erased, before the commit


def erase_on_the_day(erasure_id: int) -> None:
    """What the outbox does. Who took it back stays, who came back after years stays; a last admin waits a day."""
    found = db.session.get(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if found is None or found.done_at or found.undone_at or found.due > now():
        return
    if found.why == "idle" and _was_here_since(found):
        found.undo()
    elif held_back(found.person):
        _wait(found)
    else:
        erase(found.person, takes_voices=found.takes_voices)


def _was_here_since(found: Erasure) -> bool:
    here = sa.select(Session.id).where(Session.person_id == found.person_id, Session.seen > found.created)
    return db.session.scalar(here.limit(1)) is not None


def _wait(found: Erasure) -> None:
    """Her communities would be left without an admin. Her courtyard says so."""
    found.due = now() + timedelta(days=1)
    found.person.asked_until = max(found.person.asked_until or found.due, found.due)
    found.promise()


def erase(person: Person, *, takes_voices: bool = True) -> None:
    """Nothing of her stays but what she said to others and did to the place, by someone who left. Twice is harmless."""
    erased.send(person)
    _unsay(person)
    forgetting.of_person(person)
    files = _take_media(person) + _take_recordings(person) if takes_voices else []
    _sign_out_everywhere(person)
    _go_from_groups(person)
    _close_invitations(person)
    for column in map(_column, UNNAMED):
        _run(sa.update(column.table).where(column == person.id).values({column.name: None}))
    for column in map(_column, GO):
        _run(sa.delete(column.table).where(column == person.id))
    _forget_looks(person)
    _done(person)
    db.session.flush()
    if files:
        Outbox.promise("erase-files", f"erase-files:{person.id}:{now().timestamp()}", files=files)


def _column(name: str) -> sa.Column[int]:
    table, _dot, column = name.partition(".")
    return Base.metadata.tables[table].c[column]


def _unsay(person: Person) -> None:
    """What has not gone out never does; its words, and those that were removed, are emptied."""
    hers = sa.select(Announcement).where(Announcement.author_id == person.id)
    unheard = sa.or_(Announcement.seq.is_(None), Announcement.removed_at.is_not(None))
    for said in db.session.scalars(hers.where(unheard)):
        said.withdrawn_at = said.withdrawn_at or (None if said.seq else now())
        for words in said.translations:
            words.text, words.voice_id = "", None
        _run(sa.update(Correction).where(Correction.announcement_id == said.id).values(text="", voice_id=None))


def _take_media(person: Person) -> list[str]:
    """Photos and voices out of what she said, except a photo that is a group's; the names of their files."""
    photos = sa.select(Photo.id).where(Photo.owner_id == person.id, Photo.id.not_in(_worn()))
    voices = sa.select(Voice.id).where(Voice.owner_id == person.id)
    _touch(Announcement.photo_id.in_(photos))
    _touch(Announcement.id.in_(sa.select(Translation.announcement_id).where(Translation.voice_id.in_(voices))))
    _unhang(photos, Photo.__tablename__)
    _unhang(voices, Voice.__tablename__)
    _remove_silent(person)
    return _dropped(photos, Photo) + _dropped(voices, Voice)


def _unhang(which: sa.Select[int], kind: str) -> None:
    """Whatever table shows one of them shows it no more."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table.name == kind for key in column.foreign_keys):
                _run(sa.update(table).where(column.in_(which)).values({column.name: None}))


def _worn() -> sa.Select[int | None]:
    return sa.select(Group.photo_id).where(Group.photo_id.is_not(None))


def _touch(which: sa.ColumnElement[bool]) -> None:
    """So that pages draw it anew."""
    _run(sa.update(Announcement).where(which).values(changed=now()))


def _remove_silent(person: Person) -> None:
    """What was only spoken says nothing any more."""
    mute = (Translation.voice_id.is_(None), Translation.text == "")
    original = sa.select(Translation.announcement_id).where(
        *mute, Translation.announcement_id == Announcement.id, Translation.language == Announcement.language
    )
    silent = (Announcement.author_id == person.id, Announcement.removed_at.is_(None), original.exists())
    _run(sa.update(Announcement).where(*silent).values(removed_at=now(), removed_by=person.id))
    said_by_others = Translation.announcement_id.not_in(
        sa.select(Announcement.id).where(Announcement.author_id == person.id)
    )
    _run(sa.delete(Translation).where(*mute, Translation.author_id == person.id, said_by_others))


def _dropped(which: sa.Select[int], kind: type[Photo] | type[Voice]) -> list[str]:
    rows = kind.__table__
    found = db.session.execute(sa.select(rows.c.id, rows.c.key, rows.c.sizes).where(rows.c.id.in_(which))).all()
    _run(sa.delete(kind).where(rows.c.id.in_([one.id for one in found])))
    return [f"{one.key}/{rendition}" for one in found for rendition in one.sizes]


def _take_recordings(person: Person) -> list[str]:
    mine = sa.select(Recording.clip).where(Recording.person_id == person.id)
    clips = [f"clip:{clip}" for clip in db.session.scalars(mine)]
    _run(sa.delete(Recording).where(Recording.person_id == person.id))
    return clips


def _sign_out_everywhere(person: Person) -> None:
    phones = set()
    for own in db.session.scalars(sa.select(Session).where(Session.person_id == person.id)):
        phones.add(own.phone_id)
        leave(own)
    db.session.flush()
    _run(sa.delete(Session).where(Session.person_id == person.id))
    used = sa.union(sa.select(Session.phone_id), sa.select(Subscription.phone_id)).subquery()
    _run(sa.delete(Phone).where(Phone.id.in_(phones), Phone.id.not_in(sa.select(used.c.phone_id))))


def _go_from_groups(person: Person) -> None:
    """One by one, so that whoever counts hears of it. A courtyard in which nobody else is rests from now on."""
    for held in db.session.scalars(sa.select(Membership).where(Membership.person_id == person.id)).all():
        if held.group.is_root and held.role == "admin" and not held.group.archived_at:
            _rest(held)
        if held.has_office:
            Office.end_with(held.group_id, person)
        db.session.delete(held)
    db.session.flush()
    forget_standing()


def _rest(held: Membership) -> None:
    others = sa.select(Membership.id).where(
        Membership.community_id == held.community_id, Membership.person_id != held.person_id
    )
    if db.session.scalar(others.limit(1)) is None:
        held.group.archive(held.person)


def _close_invitations(person: Person) -> None:
    live = (Invitation.inviter_id == person.id, Invitation.revoked_at.is_(None))
    _run(sa.update(Invitation).where(*live).values(revoked_at=now(), revoked_by=person.id))


def _forget_looks(person: Person) -> None:
    person.look(GONE, "neela", "")
    person.language, person.zone, person.arrival, person.heard_in = DEFAULT, "Asia/Kolkata", None, None
    person.native_digits = person.nastaliq = False
    person.quiet_from, person.quiet_until, person.reports = 21, 7, True
    person.trying_since = person.asked_until = person.silenced_until = None
    person.ceiling, person.on_call, person.blocks = 6, False, False
    _touch(Announcement.author_id == person.id)


def _done(person: Person) -> None:
    mine = sa.update(Erasure).where(Erasure.person_id == person.id, Erasure.done_at.is_(None))
    _run(mine.where(Erasure.undone_at.is_(None)).values(done_at=now()))


def _run(statement: sa.Executable) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))


def erase_files(files: Iterable[str]) -> None:
    """Once the rows are gone for good; a file that is not there any more costs nothing."""
    for name in files:
        kind, _colon, clip = name.partition(":")
        if kind == "clip":
            cupboard().place(PEOPLE, clip, "ogg").unlink(missing_ok=True)
        else:
            store.current().remove(name)
