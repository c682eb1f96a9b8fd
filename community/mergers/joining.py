"""How a community comes below a group of another one: in few statements, in the caller's one commit.

`seq` is counted by community. The guest's are lifted above all of the host's (`shift`), and so is what its people have
heard: their order stays, what was new stays new, and what was heard stays heard. The host goes on counting above both
(`floor`). What it had said before is not heard by the guest's people: `Group.joined` tells the feed.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db, now
from community.groups.bans import Ban
from community.groups.joined import Joined
from community.groups.locking import lock_trees
from community.groups.membership import Membership, forget_standing
from community.groups.models import Group
from community.groups.offices import Office
from community.media.models import Photo, Voice
from community.mergers import aside, labels
from community.mergers.tree import branch, count_on, counted, hang, rehome, run, shift_joins
from community.oversight.rollup import hold
from community.speech.models import Recording
from community.wording.models import Suggestion

if TYPE_CHECKING:
    from community.mergers.models import Merger

HELD = (  # what is kept of a membership
    "group_id", "person_id", "child_id", "level", "heard_seq", "held_role", "role_until", "role_since", "role_by",
    "has_office",
)  # fmt: skip


def lock(guest: Group, host: Group) -> None:
    """Both trees, and what is counted in them: two mergers, or a move, wait for each other."""
    for community_id in lock_trees(guest, host, outright=True):
        hold(community_id)


def depth_of(guest: Group) -> int:
    """The most groups that are above any group of this community."""
    slashes = sa.func.length(Group.path) - sa.func.length(sa.func.replace(Group.path, "/", ""))
    deepest = db.session.scalar(sa.select(sa.func.max(slashes)).where(Group.below(guest.path)))
    return (deepest or 2) - 2


def join(merger: "Merger", guest: Group, host: Group) -> None:
    """Make one tree of two. Both are locked, and were checked since."""
    _lock_what_waits(guest)
    last, before = counted(guest.id), counted(host.community_id)
    merger.shift = max(last, before)
    merger.floor = merger.shift + last
    kept = _put_out(guest, host)
    community, path = host.community_id, host.path
    db.session.flush()
    shift_joins(guest.path, merger.shift)
    _shift_mergers(guest, merger.shift)
    joined = sa.func.coalesce(Group.joined + " ", "") + str(Joined(guest.id, merger.floor, merger.shift))
    run(sa.update(Group).where(Group.below(guest.path)).values(joined=joined))
    hang(guest.path, path, community)
    run(sa.update(Group).where(Group.id == guest.id).values(parent_id=host.id, position=_place(host), merged_at=now()))
    run(sa.update(Group).where(Group.id == host.id).values(merged_at=now()))
    count_on(community, merger.floor)
    merger.community_id = community
    db.session.flush()
    db.session.refresh(guest)
    settle(guest, merger.shift)
    merger.kept = kept | labels.join(guest, host) | _bring_along(guest)
    aside.count_anew(guest, host)
    db.session.flush()
    db.session.expire_all()
    forget_standing()


def _lock_what_waits(guest: Group) -> None:
    """What is being released takes its `seq` before us or after us."""
    waiting = sa.select(Announcement.id).where(Announcement.community_id == guest.id, Announcement.seq.is_(None))
    db.session.execute(waiting.order_by(Announcement.id).with_for_update())


def _place(host: Group) -> int:
    last = db.session.scalar(sa.select(sa.func.max(Group.position)).where(Group.parent_id == host.id))
    return 0 if last is None else last + 1


def _put_out(guest: Group, host: Group) -> dict[str, Any]:
    """Whoever may not come into the host, or into what is above it, is not brought there. Parting puts them back."""
    banned = sa.select(Ban.person_id).where(Ban.group_id.in_(host.lineage), Ban.lasting())
    theirs = (Membership.community_id == guest.id, Membership.person_id.in_(banned))
    rows = db.session.execute(sa.select(*(getattr(Membership, field) for field in HELD)).where(*theirs)).all()
    kept = [dict(zip(HELD, map(_plain, row), strict=True)) for row in rows]
    run(sa.delete(Membership).where(*theirs))
    aside.forget_names(guest.id, banned)
    offices = (Office.community_id == guest.id, Office.person_id.in_(banned), Office.ended_at.is_(None))
    ended = list(db.session.scalars(sa.select(Office.id).where(*offices)))
    run(sa.update(Office).where(Office.id.in_(ended)).values(ended_at=now()))
    return {"banned": kept, "offices": ended}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def put_out_count(guest: Group, host: Group) -> int:
    """How many people that would be."""
    banned = sa.select(Ban.person_id).where(Ban.group_id.in_(host.lineage), Ban.lasting())
    people = sa.select(sa.func.count(Membership.person_id.distinct()))
    return db.session.scalar(people.where(Membership.community_id == guest.id, Membership.person_id.in_(banned))) or 0


def _shift_mergers(guest: Group, by: int) -> None:
    from community.mergers.models import Merger

    below = (Merger.guest_id.in_(branch(guest.path)), Merger.guest_id != guest.id, Merger.agreed_at.is_not(None))
    values = {"shift": Merger.shift + by, "floor": Merger.floor + by}
    run(sa.update(Merger).where(*below, Merger.undone_at.is_(None)).values(values))


def settle(guest: Group, shift: int) -> None:
    """Whatever still says the guest's own community says the one that it is in now. Doing it again changes nothing."""
    before, after = guest.id, guest.community_id
    said, held = Announcement, Membership
    lifted = {"community_id": after, "seq": said.seq + shift, "changed": said.changed}
    run(sa.update(said).where(said.community_id == before).values(lifted))
    heard = {"community_id": after, "heard_seq": held.heard_seq + shift}
    run(sa.update(held).where(held.community_id == before).values(heard))
    for kind in (Photo, Voice):
        run(sa.update(kind).where(kind.community_id == before).values(community_id=after))
    rehome(guest.path, before, after)
    aside.settle(guest.path, before, after)


def _bring_along(guest: Group) -> dict[str, Any]:
    """Better words and voices that wait for an answer are answered by who leads the whole; what was answered stays."""
    words, said = sa.orm.aliased(Suggestion), sa.orm.aliased(Recording)
    theirs = words.community_id == guest.community_id
    same_words = sa.select(words.id).where(theirs, words.mark == Suggestion.mark)
    same_voice = sa.select(said.id).where(
        said.community_id == guest.community_id, said.language == Recording.language,
        said.message_digest == Recording.message_digest, said.person_id == Recording.person_id,
    )  # fmt: skip
    return {
        "words": _brought(Suggestion, guest, ~same_words.exists()),
        "voices": _brought(Recording, guest, ~same_voice.exists()),
    }


def _brought(kind: Any, guest: Group, free: sa.ColumnElement[bool]) -> list[int]:
    waiting = sa.select(kind.id).where(kind.community_id == guest.id, kind.answer.is_(None), free)
    ids = list(db.session.scalars(waiting))
    run(sa.update(kind).where(kind.id.in_(ids)).values(community_id=guest.community_id))
    return ids
