"""What of announcements waits for somebody's look before it goes out, and what becomes of it."""

from collections.abc import Sequence

import sqlalchemy as sa

from community.announcements.draft import Draft
from community.announcements.models import UNDO, Announcement
from community.database import db, now
from community.form import Form
from community.groups.membership import standing
from community.groups.models import Group
from community.holding.kinds import Kind
from community.holding.models import Held
from community.holding.quota import spend
from community.holding.why import PRIVATE, WHY, gives_away, newness
from community.languages import gettext as _
from community.outbox.models import Outbox
from community.people.models import Person


def may_be_said(draft: Draft, author: Person) -> bool:
    """Whether it may be said as it stands; else `form.wrong` tells why not. What may be said is counted."""
    form, group = draft.form, draft.group
    ask_to_vouch(form, draft.text, author, group)
    if not form.wrong and not spend(author, group.community_id, standing(author).role_in(group)):
        form.wrong["text"] = _("You have said a lot today. Go on tomorrow.")
    return not form.wrong


def ask_to_vouch(form: Form, text: str, author: Person, group: Group) -> None:
    """Who looks after the group may publish an office's number or address: by saying that it is one."""
    vouched = form.ticked("vouched")
    if vouched or not standing(author).is_at_least("admin", group):
        return
    if set(PRIVATE) & set(gives_away(text, group.zone)):
        form.wrong["vouched"] = _("There is a number or an address in it. All will know it.")


def look_at_correction(form: Form, text: str, said: Announcement, by: Person) -> None:
    """What went out can not be held any more: words that give somebody away, or cheat, do not take its place."""
    group = said.audience.group
    ask_to_vouch(form, text, by, group)
    fresh = set(gives_away(text, group.zone)) - set(gives_away(said.original.text, group.zone))
    if standing(by).is_at_least("admin", group):
        fresh -= set(PRIVATE)
    if fresh:
        form.wrong["text"] = str(WHY[min(fresh)].words)


def look_at(said: Announcement, *, vouched: bool) -> None:
    """Hold it, where its words as they are now give a reason; or hold it no longer."""
    group, stand, text = said.audience.group, standing(said.author), said.original.text
    vouched = vouched and stand.is_at_least("admin", group)
    why = [key for key in gives_away(text, group.zone) if not (vouched and key in PRIVATE)]
    why += newness(stand, group, text, has_spoken=_has_spoken(said))
    was_held = said.held_id is not None
    held = Held.hold("announcement", said.id, group=group, person=said.author, text=text, why=why)
    said.held_id = held.id if held else None
    if was_held and not held:
        _go_on(said)


def _has_spoken(said: Announcement) -> bool:
    """Whether anything of its author's has gone out in the community."""
    cls = Announcement
    before = (cls.author_id == said.author_id, cls.community_id == said.community_id, cls.seq.is_not(None))
    return db.session.scalar(sa.select(cls.id).where(*before).limit(1)) is not None


def _of(held: Held) -> Announcement:
    return db.session.get_one(Announcement, held.subject_id, with_for_update=True)


def _let(held: Held) -> bool:
    said = _of(held)
    if not said.is_waiting:
        return False
    _go_on(said)
    return True


def _go_on(said: Announcement) -> None:
    """Its first promise may have found it held."""
    said.held_id, said.release_at = None, max(said.release_at, now() + UNDO)
    key = f"release:{said.id}:{now().timestamp()}"
    Outbox.promise("release", key, said.release_at, announcement_id=said.id)


def _refuse(held: Held) -> None:
    said = _of(held)
    said.withdrawn_at = said.withdrawn_at or now()


def _again(held: Held) -> bool:
    said = _of(held)
    if said.seq is not None:
        return False
    said.withdrawn_at, said.held_id = None, held.id
    return True


def _wholes(waiting: Sequence[Held]) -> dict[int, Announcement]:
    numbers = {held.subject_id: held.id for held in waiting}
    found = sa.select(Announcement).where(Announcement.id.in_(numbers)).options(*Announcement.whole())
    return {numbers[said.id]: said for said in db.session.scalars(found)}


KIND = Kind(let=_let, refuse=_refuse, again=_again, wholes=_wholes)
