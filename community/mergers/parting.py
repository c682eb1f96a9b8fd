"""How the two part again: what `joining` did is taken back, and what happened meanwhile stays where it happened.

What was said in the guest, who came, who was appointed or banned there goes with it. What the host said meanwhile is no
longer heard there. Its people have heard what they have heard. Who left meanwhile, or was erased, does not come back.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from community.announcements.correction import Correction
from community.announcements.models import Announcement, Audience, Translation
from community.announcements.urgency import Urgency
from community.audit.models import AuditEntry
from community.database import db
from community.delegation.ending import promise_end
from community.faq.models import Entry
from community.groups.bans import Ban
from community.groups.membership import Membership, admit, forget_standing
from community.groups.models import Group
from community.groups.offices import Office
from community.groups.silences import Silence
from community.invitations.doorway import DoorAnswer
from community.invitations.requests import JoinRequest
from community.media.models import Photo, Voice
from community.mergers import aside, labels
from community.mergers.tree import branch, count_on, counted, hang, rehome, run, shift_joins
from community.people.models import Child, Person
from community.people.pictures import GONE
from community.questions.models import Answer, Question
from community.rumours.models import Rumour
from community.speech.models import Recording
from community.talk.models import Message
from community.wording.models import Suggestion

if TYPE_CHECKING:
    from community.mergers.models import Merger


def part(merger: "Merger", guest: Group, host: Group) -> None:
    """Make two trees of one. Both are locked."""
    from community.mergers.joining import _shift_mergers

    host_community, host_id, gone = guest.community_id, host.id, left_since(merger, guest, host)
    _lock_what_waits(guest)
    first, last = counted(guest.id), counted(host_community)
    db.session.flush()
    _shift_mergers(guest, -merger.shift)
    shift_joins(guest.path, -merger.shift, but=guest.id)
    hang(guest.path, "/", guest.id)
    run(sa.update(Group).where(Group.id == guest.id).values(parent_id=None, merged_at=None))
    count_on(guest.id, max(first, last - merger.shift))
    db.session.refresh(guest)
    settle(guest, merger.shift, host_community)
    _wake(guest)
    aside.forget_doubles(guest.path, host_community)
    labels.part(guest, host_community, merger.kept)
    _take_along(guest, merger.kept)
    db.session.expire_all()
    for row in merger.kept.get("banned", []):
        _put_back(guest, row, gone)
    _give_back(merger.kept.get("offices", []))
    _keep_an_admin(merger, guest, gone)
    _leave_in_peace(guest, gone)
    _forget_mark(host_id)
    aside.count_anew(guest, db.session.get_one(Group, host_id))
    db.session.flush()
    db.session.expire_all()
    forget_standing()


def _lock_what_waits(guest: Group) -> None:
    here = Announcement.audience_id.in_(_audiences(guest))
    waiting = sa.select(Announcement.id).where(here, Announcement.seq.is_(None)).order_by(Announcement.id)
    db.session.execute(waiting.with_for_update())


def _audiences(guest: Group) -> sa.Select[int]:
    return sa.select(Audience.id).where(Audience.group_id.in_(branch(guest.path)))


def settle(guest: Group, shift: int, host_community: int) -> None:
    """Whatever is in the guest says its own community. Doing it again changes nothing."""
    said, held = Announcement, Membership
    here = (said.audience_id.in_(_audiences(guest)), said.community_id == host_community)
    run(sa.update(said).where(*here).values(community_id=guest.id, seq=said.seq - shift, changed=said.changed))
    inside = (held.group_id.in_(branch(guest.path)), held.community_id == host_community)
    run(sa.update(held).where(*inside).values(community_id=guest.id, heard_seq=held.heard_seq - shift))
    _take_media(guest)
    rehome(guest.path, host_community, guest.id)
    aside.settle(guest.path, host_community, guest.id)


def _take_media(guest: Group) -> None:
    """The photos and voices of what was said in the guest, and of its doors."""
    said = sa.select(Announcement.id).where(Announcement.community_id == guest.id)
    spoken = sa.select(Translation.voice_id).where(Translation.announcement_id.in_(said))
    shown = sa.select(Announcement.photo_id).where(Announcement.community_id == guest.id)
    doors = sa.select(Group.photo_id).where(Group.community_id == guest.id)
    before = sa.select(Correction.voice_id).where(Correction.announcement_id.in_(said))
    why = sa.select(Urgency.voice_id).where(Urgency.announcement_id.in_(said))
    talked = Message.group_id.in_(branch(guest.path))
    asked = sa.select(Question.id).where(Question.group_id.in_(branch(guest.path)))
    wishes = sa.select(JoinRequest.id).where(JoinRequest.group_id.in_(branch(guest.path)))
    voices = (
        spoken, before, why,
        sa.select(Message.voice_id).where(talked),
        sa.select(Question.voice_id).where(Question.id.in_(asked)),
        sa.select(Answer.voice_id).where(Answer.question_id.in_(asked)),
        sa.select(Entry.voice_id).where(Entry.group_id.in_(branch(guest.path))),
        sa.select(Rumour.voice_id).where(Rumour.group_id.in_(branch(guest.path))),
        sa.select(DoorAnswer.voice_id).where(DoorAnswer.request_id.in_(wishes)),
    )  # fmt: skip
    photos = (
        shown, doors,
        sa.select(Message.photo_id).where(talked),
        sa.select(Question.photo_id).where(Question.id.in_(asked)),
        sa.select(Rumour.photo_id).where(Rumour.group_id.in_(branch(guest.path))),
    )  # fmt: skip
    for table, named in ((Voice, voices), (Photo, photos)):
        run(sa.update(table).where(sa.or_(*(table.id.in_(one) for one in named))).values(community_id=guest.id))


def _wake(guest: Group) -> None:
    """What rested because something above the guest did, rests no longer."""
    archived = sa.select(Group.path).where(Group.below(guest.path), Group.archived_at.is_not(None))
    run(sa.update(Group).where(Group.below(guest.path)).values(rests=False))
    for path in db.session.scalars(archived).all():
        run(sa.update(Group).where(Group.below(path)).values(rests=True))


def _take_along(guest: Group, kept: dict[str, Any]) -> None:
    for kind, ids in ((Suggestion, kept.get("words", [])), (Recording, kept.get("voices", []))):
        run(sa.update(kind).where(kind.id.in_(ids)).values(community_id=guest.id))


def left_since(merger: "Merger", guest: Group, host: Group) -> set[int]:
    """Who went by herself since they came together: out of the guest, or out of all of it at once."""
    both = {*guest.lineage, *host.lineage}
    since = (Silence.group_id.in_(both), Silence.created >= (merger.agreed_at or merger.created))
    return set(db.session.scalars(sa.select(Silence.person_id).where(*since)))


def comes_back(person: Person | None, gone: Collection[int]) -> bool:
    return person is not None and person.picture != GONE and person.id not in gone


def keeps_an_admin(merger: "Merger", guest: Group, host: Group) -> bool:
    """Whether anybody would look after the guest: who does now, who comes back with it, or who had brought it here."""
    gone = left_since(merger, guest, host)
    back = [row["person_id"] for row in merger.kept.get("banned", []) if _leads(row, guest)]
    people = [db.session.get(Person, one) for one in back]
    return _has_an_admin(guest) or any(comes_back(person, gone) for person in (*people, _owner(merger)))


def _leads(row: dict[str, Any], guest: Group) -> bool:
    return row["group_id"] == guest.id and row["held_role"] == "admin" and not row["role_until"]


def _has_an_admin(guest: Group) -> bool:
    """Without a date."""
    admins = sa.select(Membership.id).where(Membership.group_id == guest.id, Membership.role == "admin")
    return db.session.scalar(admins.where(Membership.role_until.is_(None)).limit(1)) is not None


def _owner(merger: "Merger") -> Person | None:
    return merger.asker if merger.side == "guest" else merger.answerer


def _put_back(guest: Group, row: dict[str, Any], gone: Collection[int]) -> None:
    """Somebody whom only the host had banned; her child only if it is still hers to bring."""
    group, person = db.session.get(Group, row["group_id"]), db.session.get(Person, row["person_id"])
    child = db.session.get(Child, row["child_id"]) if row["child_id"] else None
    if group is None or person is None or group.community_id != guest.id or (row["child_id"] and child is None):
        return
    if not comes_back(person, gone) or Ban.holds(person, group):
        return
    held = admit(group, person, child)
    for field in ("level", "heard_seq", "held_role", "role_by", "has_office"):
        setattr(held, field, row[field])
    for field in ("role_until", "role_since"):
        setattr(held, field, row[field] and datetime.fromisoformat(row[field]))
    promise_end(held)


def _give_back(offices: list[int]) -> None:
    """Those that ended because their holder was put out; not where she is still out, or holds the same one anew."""
    for office in db.session.scalars(sa.select(Office).where(Office.id.in_(offices))):
        if Membership.together(office.group_id, office.person_id) and not office.is_held_anew:
            office.ended_at = None


def _keep_an_admin(merger: "Merger", guest: Group, gone: Collection[int]) -> None:
    """A community must have an admin, and without a date: where none is left, it is again who brought it here."""
    owner = _owner(merger)
    if owner is None or not comes_back(owner, gone) or _has_an_admin(guest):
        return
    for held in (admit(guest, owner), *Membership.together(guest.id, owner.id)):
        held.role = "admin"
        held.has_role_until(None, merger.undone_by or owner.id)
    AuditEntry.add(
        "appointed", actor_id=merger.undone_by or owner.id, community_id=guest.id, group_id=guest.id,
        subject_id=owner.id, role="admin",
    )  # fmt: skip


def _leave_in_peace(guest: Group, gone: Collection[int]) -> None:
    """Whoever went out of the whole hears nothing from this part of it either, as if she had left it alone."""
    inside = sa.select(Membership.person_id).where(Membership.community_id == guest.id)
    quiet = sa.select(Silence.person_id).where(Silence.group_id == guest.id)
    wanted = sa.select(Person).where(Person.id.in_(gone), Person.id.not_in(inside), Person.id.not_in(quiet))
    for person in db.session.scalars(wanted).all():
        Silence.begin(person, guest)


def _forget_mark(host_id: int) -> None:
    from community.mergers.models import Merger

    others = sa.select(Merger.id).where(Merger.host_id == host_id, Merger.agreed_at.is_not(None))
    others = others.where(Merger.undone_at.is_(None))
    if db.session.scalar(others.limit(1)) is None:
        run(sa.update(Group).where(Group.id == host_id).values(merged_at=None))
