"""What of talk waits for somebody's look before others see it, and what becomes of it."""

from collections.abc import Sequence

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db, now
from community.groups.membership import standing
from community.groups.models import Group
from community.holding.kinds import Kind
from community.holding.models import Held
from community.holding.why import PRIVATE, gives_away, newness
from community.people.models import Person
from community.talk.models import KEPT, Message


def why_held(person: Person, group: Group, text: str, *, vouched: bool = False) -> list[str]:
    """Keys of WHY for words that she would say in this group now. Who looks after it may vouch for an office."""
    stand = standing(person)
    vouched = vouched and stand.is_at_least("admin", group)
    why = [key for key in gives_away(text, group.zone) if not (vouched and key in PRIVATE)]
    return why + newness(stand, group, text, has_spoken=_has_spoken(person, group.community_id))


def _has_spoken(person: Person, community_id: int) -> bool:
    """Whether anything of hers has been seen in the community."""
    talked = sa.select(Message.id).where(Message.person_id == person.id, Message.community_id == community_id)
    said = sa.select(Announcement.id).where(
        Announcement.author_id == person.id, Announcement.community_id == community_id, Announcement.seq.is_not(None)
    )
    found = sa.union_all(
        talked.where(Message.held_id.is_(None)).limit(1).subquery().select(), said.limit(1).subquery().select()
    )
    return db.session.scalar(found.limit(1)) is not None


def _of(held: Held) -> Message:
    return db.session.get_one(Message, held.subject_id, with_for_update=True)


def _let(held: Held) -> bool:
    said = _of(held)
    if said.removed_at or said.held_id is None:
        return False
    said.appear()
    return True


def _refuse(held: Held) -> None:
    said = _of(held)
    said.removed_at, said.removed_by = said.removed_at or now(), held.answered_by
    said.promise_emptying(KEPT)


def _again(held: Held) -> bool:
    said = _of(held)
    if said.held_id is None:
        return False
    said.removed_at = said.removed_by = None
    said.held_id = held.id
    return True


def _wholes(waiting: Sequence[Held]) -> dict[int, Message]:
    numbers = {held.subject_id: held.id for held in waiting}
    found = sa.select(Message).where(Message.id.in_(numbers))
    return {numbers[said.id]: said for said in db.session.scalars(found)}


def _anew(held: Held) -> str:
    under = db.session.get_one(Message, held.subject_id).announcement_id
    return f"/announcements/{under}/replies/new" if under else f"/groups/{held.group_id}/talk/new"


KIND = Kind(let=_let, refuse=_refuse, again=_again, wholes=_wholes, anew=_anew)
