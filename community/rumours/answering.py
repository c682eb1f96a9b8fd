"""Who may say what is true, what it is about, and the answer under every copy of the same words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from community.announcements.correction import Correction
from community.announcements.feed import matching
from community.announcements.held import ask_to_vouch
from community.announcements.models import Announcement, Translation
from community.database import db
from community.form import Form
from community.groups.membership import ROLES, Standing, standing
from community.groups.models import Group
from community.holding.why import PRIVATE, WHY, gives_away
from community.media.models import Photo, Voice
from community.people.models import Person
from community.people.session import me
from community.rumours.models import Rumour, RumourFlag, words_digest
from community.talk.models import Message

VERDICT_WORDS = {
    "true": _l("This is true."),
    "untrue": _l("This is not true."),
    "unknown": _l("Nobody knows yet whether this is true."),
}
LATELY = 20  # rumours on a page


@dataclass(frozen=True)
class Said:
    """What a rumour is about, in the words that were asked about: `corrected` where it says others by now."""

    text: str
    language: str
    photo: Photo | None = None
    voice: Voice | None = None
    page: str = ""
    corrected: bool = False


def about(rumour: Rumour) -> Said | None:
    """None where it was taken away meanwhile."""
    if rumour.what == "own" and rumour.removed_at is None:
        return Said(rumour.text, rumour.language, rumour.photo)
    if rumour.what == "announcement":
        return _announced(rumour)
    told = db.session.get(Message, rumour.thing_id) if rumour.what == "message" else None
    if told is None or told.removed_at or told.held_id:
        return None
    return Said(told.text, told.language, told.photo, told.voice)


def _announced(rumour: Rumour) -> Said | None:
    """What was answered about words that were put right since is not said of those that stand there now."""
    said = db.session.get(Announcement, rumour.thing_id)
    if said is None or said.removed_at or said.seq is None:
        return None
    wordings: list[Translation | Correction] = [said.original]
    for words in wordings + list(Correction.of(said) if said.corrected_at else ()):
        if words_digest(words.text, "announcement", said.id) == rumour.words_digest:
            page, was = f"/announcements/{said.id}", words is not said.original
            return Said(words.text, words.language, said.photo, words.voice, page, was)
    return None


def shown(rumour: Rumour, stand: Standing) -> Said | None:
    """To who asked and can not read it where it stands: the words that she came with, a photo only if it is hers."""
    said = about(rumour)
    if said is None or may_answer(rumour, stand) or _may_read(rumour, stand, _audiences(stand)):
        return said
    hers = said.photo if said.photo and said.photo.owner_id == stand.person.id else None
    return Said(said.text, said.language, hers)


def desk_of(rumour: Rumour) -> Group:
    """Where it lies; where its branch hangs elsewhere by now, its own group."""
    return rumour.desk if rumour.desk_id in rumour.group.lineage else rumour.group


def may_answer(rumour: Rumour, stand: Standing) -> bool:
    """Whoever answers on its desk or above it now, but never about words of her own."""
    return rumour.author_id != stand.person.id and stand.is_at_least("responder", desk_of(rumour))


def waiting(stand: Standing) -> list[Rumour]:
    """What lies on the desks where she holds a role herself, or by an office; who holds none asks nothing."""
    desks = [Rumour.desk_id.in_(_desks(stand)), *(one.stands_at(Rumour.desk_id) for one in stand.offices.held)]
    if not stand.offices.held and not _desks(stand):
        return []
    hers = (sa.or_(*desks), Rumour.answered_at.is_(None), Rumour.removed_at.is_(None))
    found = sa.select(Rumour).where(*hers).options(joinedload(Rumour.group), joinedload(Rumour.desk))
    return [one for one in db.session.scalars(found.order_by(Rumour.id).limit(LATELY)) if may_answer(one, stand)]


def _desks(stand: Standing) -> set[int]:
    least = ROLES.index("responder")
    return {held.group_id for held in stand.memberships if ROLES.index(held.role) >= least}


def known_here(group: Group, stand: Standing) -> list[tuple[Rumour, Said | None]]:
    """What was answered on the group's line, newest first; the words only of what she may read anyway."""
    mine = (Rumour.group_id.in_(group.lineage), Rumour.answered_at.is_not(None), Rumour.removed_at.is_(None))
    found = sa.select(Rumour).where(*mine).options(joinedload(Rumour.voice), joinedload(Rumour.photo))
    rumours = list(db.session.scalars(found.order_by(Rumour.answered_at.desc(), Rumour.id).limit(LATELY)))
    audiences = _audiences(stand)
    told = [(one, about(one) if _may_read(one, stand, audiences) else None) for one in rumours]
    return [(one, said) for one, said in told if said]


def _audiences(stand: Standing) -> set[int]:
    return {one.id for one in matching(stand, [held.group for held in stand.memberships])}


def _may_read(rumour: Rumour, stand: Standing, audiences: set[int]) -> bool:
    if rumour.what == "announcement":
        said = db.session.get(Announcement, rumour.thing_id)
        return said is not None and said.audience_id in audiences
    if rumour.what == "own":  # nobody has looked at what somebody brought before all can read it
        return rumour.answered_at is not None and not gives_away(rumour.text, rumour.group.zone)
    return bool(stand.here(rumour.group))


def may_read(rumour: Rumour, stand: Standing) -> bool:
    """Whoever asked, whoever may answer; once it is answered, whoever sees what it is about."""
    if may_answer(rumour, stand):
        return True
    hers = (RumourFlag.rumour_id == rumour.id, RumourFlag.person_id == stand.person.id)
    if stand.hears(rumour.group) and db.session.scalar(sa.select(RumourFlag.id).where(*hers)):
        return True
    if rumour.answered_at is None or rumour.removed_at or not stand.hears(rumour.group):
        return False
    return _may_read(rumour, stand, _audiences(stand))


def look_at(form: Form, words: str, by: Person, desk: Group) -> None:
    """It will stand under each copy: it gives nobody away. An office's number is let by who looks after the desk."""
    ask_to_vouch(form, words, by, desk)
    known = PRIVATE if standing(by).is_at_least("admin", desk) else ()
    if found := [key for key in gives_away(words, desk.zone) if key not in known]:
        form.wrong["words"] = str(WHY[found[0]].words)


def _mark(said: Any) -> tuple[int, str]:
    """Of an announcement, a line of the feed, or a message: whose community, and by what its words are known."""
    what = "message" if isinstance(said, Message) else "announcement"
    text = said.original.text if isinstance(said, Announcement) else said.text
    return said.community_id, words_digest(text, what, said.id)


def rumour_answers(said: Iterable[Any]) -> None:
    """Ask for many at once, in one query: afterwards `rumour_answer` of each of them costs nothing."""
    kept: dict[tuple[int, str], Rumour | None] = g.setdefault("rumour_answers", {})
    marks = [mark for mark in map(_mark, said) if mark not in kept]
    kept |= dict.fromkeys(marks)
    for found in _answered(marks):
        kept[found.community_id, found.words_digest] = found


def _answered(marks: Sequence[tuple[int, str]]) -> list[Rumour]:
    if not marks:
        return []
    places, words = {place for place, _words in marks}, {words for _place, words in marks}
    same = (Rumour.community_id.in_(places), Rumour.words_digest.in_(words), Rumour.answered_at.is_not(None))
    found = sa.select(Rumour).where(*same).options(joinedload(Rumour.voice))
    # Of copies answered at once only one has the voice: the last of each mark is what is shown.
    return list(db.session.scalars(found.order_by(Rumour.answered_at, Rumour.voice_id.is_not(None), Rumour.id)))


def rumour_answer(said: Any) -> Rumour | None:
    """What was answered about these words, wherever in the community somebody asked."""
    rumour_answers([said])
    answers: dict[tuple[int, str], Rumour | None] = g.rumour_answers
    return answers[_mark(said)]


def prefilled(number: int) -> str:
    """What a correction or an announcement begins with: the answer, for who may give one; "" for others."""
    rumour = db.session.get(Rumour, number)
    if rumour is None or not rumour.verdict or not may_answer(rumour, standing(me())):
        return ""
    return f"{VERDICT_WORDS[rumour.verdict]} {rumour.words}".strip()
