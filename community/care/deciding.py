"""What whoever looks at a case does about it, each time with a reason that the other can hear; and takes back again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from community.announcements.models import Announcement, Translation
from community.care.models import Case
from community.database import db, now
from community.groups.bans import Ban
from community.groups.gates import outranks
from community.groups.measures import SHOWN, TERMS, Measure
from community.groups.membership import LastAdmin, Standing, admit
from community.groups.models import Group
from community.groups.silences import Silence
from community.http import Changed
from community.invitations.models import Invitation
from community.media.models import Photo, Voice
from community.people.models import Child, Person
from community.translating.models import put, take_off

OUTCOMES = {"warn": "warned", "mute": "muted", "ban": "banned", "remove": "removed", "leave": "left", "lift": "lifted"}
KINDS = {"warn": "warning", "mute": "mute", "ban": "ban"}


@dataclass(frozen=True)
class Decision:
    """`deed` is one of OUTCOMES; `term` one of TERMS, or "" for no end."""

    deed: str
    reason: str
    term: str = ""
    words: str = ""
    voice: Voice | None = None

    @property
    def until(self) -> datetime | None:
        term = TERMS.get(self.term) or (TERMS["week"] if self.deed == "mute" else None)  # a mute has an end
        return now() + term if term and self.deed != "warn" else None


def deeds(case: Case, by: Person | None, stand: Standing | None) -> list[str]:
    """What may be done about this case by this person; nobody closes a door before an equal."""
    if case.what == "appeal":
        return ["leave", "lift"]
    can = ["leave"]
    if case.what != "person":
        can.append("remove")
    if case.accused is None or by is None or stand is None:
        return can
    can.append("warn")
    return [*can, "mute", "ban"] if outranks(stand, case.accused, case.group) else can


def decide(case: Case, decision: Decision, by: Person | None) -> None:
    """Do it and take the case off the desk, in one commit. Raises Changed where somebody was faster."""
    if not case.close(OUTCOMES[decision.deed], by):
        raise Changed
    if case.what == "appeal":
        _answer(case, decision, by)
    elif decision.deed == "remove":
        _remove(case, decision, by)
    elif decision.deed in KINDS and case.accused and by:
        act(case, decision, by)


def act(case: Case, decision: Decision, by: Person) -> None:
    """About the person, in the group where it happened and all below it."""
    measure(KINDS[decision.deed], case, decision, by)
    if decision.deed == "ban" and case.accused:
        close_door(case.group, case.accused, decision, by)


def close_door(group: Group, person: Person, decision: Decision, by: Person) -> None:
    try:
        Ban.put(group, person, by, decision.until)
    except LastAdmin:
        raise Changed from None


def measure(kind: str, case: Case, decision: Decision, by: Person | None, **more: object) -> None:
    if case.accused:
        Measure.take(
            kind, case.group, case.accused, by, reason=decision.reason, words=decision.words, voice=decision.voice,
            until=decision.until if kind != "removal" else None, **more,  # type: ignore[arg-type]
        )  # fmt: skip


def _remove(case: Case, decision: Decision, by: Person | None) -> None:
    kept = REMOVERS[case.what](case, by)
    measure("removal", case, decision, by, what=case.what, thing_id=case.thing_id, kept=kept)


def _remove_announcement(case: Case, by: Person | None) -> None:
    if found := db.session.get(Announcement, case.thing_id):
        found.remove(by)


def _remove_photo(case: Case, by: Person | None) -> dict[str, str | int | None] | None:
    found = db.session.get(Announcement, case.thing_id)
    if found is None or found.photo_id is None:
        return None
    kept: dict[str, str | int | None] = {"photo": found.photo_id}
    found.photo = None
    return kept


def _remove_words(case: Case, by: Person | None) -> dict[str, str | int | None] | None:
    found = db.session.get(Translation, case.thing_id)
    if found is None:
        return None
    said = db.session.get_one(Announcement, found.announcement_id)
    kept: dict[str, str | int | None] = {
        "announcement": said.id, "language": found.language, "text": found.text, "origin": found.origin,
        "voice": found.voice_id,
    }  # fmt: skip
    take_off(said, found.language)
    return kept


def _remove_invitation(case: Case, by: Person | None) -> None:
    if found := db.session.get(Invitation, case.thing_id):
        found.revoke(by)


def _archive(case: Case, by: Person | None) -> None:
    case.group.archive(by)


REMOVERS: dict[str, Callable[[Case, Person | None], Any]] = {
    "announcement": _remove_announcement,
    "photo": _remove_photo,
    "translation": _remove_words,
    "invitation": _remove_invitation,
    "group": _archive,
}


PUTTERS: dict[str, Callable[[Measure, Person | None], None]] = {}  # what putting it back does, for kinds of others


def adds(
    what: str, remove: Callable[[Case, Person | None], Any], put_back: Callable[[Measure, Person | None], None]
) -> None:  # fmt: skip
    """What "remove" does to another kind of thing, giving what its Measure keeps; and what takes that back."""
    REMOVERS[what], PUTTERS[what] = remove, put_back


def _answer(case: Case, decision: Decision, by: Person | None) -> None:
    """Of an appeal: it ends, or it stays; she hears which."""
    found = db.session.get_one(Measure, case.thing_id)
    if decision.deed == "lift":
        take_back(found, by, "mistake")
    found.heard_at = None
    found.person.asked_until = max(found.person.asked_until or now(), now() + SHOWN)


def take_back(found: Measure, by: Person | None, pardon: str) -> None:
    """The measure ends now: the door opens, the thing stands again."""
    if not found.lasts:
        return
    if found.kind == "ban":
        Ban.lift_at(found.group, found.person, by, pardon)
    if found.kind == "removal":
        _put_back(found, by)
    found.end(by, pardon)


def _let_in_again(found: Measure) -> None:
    """As a plain member, for the same children; not where she has gone by herself since, or may not come in."""
    group, person, kept = found.group, found.person, found.kept or {}
    if group.rests or Ban.holds(person, group) or Silence.holds(person, group):
        return
    children = [db.session.get(Child, int(number)) for number in str(kept.get("children") or "").split()]
    for child in [*children, *([None] if kept.get("own") else [])]:
        if child is None or child.parent_id == person.id:
            admit(group, person, child)


def _put_back(found: Measure, by: Person | None) -> None:
    if found.what == "person":
        _let_in_again(found)
        return
    if put_back := PUTTERS.get(found.what):
        put_back(found, by)
        return
    kept = found.kept or {}
    said = db.session.get(Announcement, kept.get("announcement") or found.thing_id)
    if said and found.what == "announcement":
        said.restore(by)
    elif said and found.what == "photo" and kept:
        said.photo, said.changed = db.session.get(Photo, kept["photo"]), now()
    elif said and found.what == "translation" and kept:
        voice = db.session.get(Voice, kept["voice"]) if kept["voice"] else None
        origin = str(kept["origin"])
        put(
            said, str(kept["language"]), str(kept["text"]), found.person, by=by or found.person, origin=origin,
            voice=voice,
        )  # fmt: skip
