"""An announcement goes out at its time: it takes its place in the community's order."""

from community.announcements.models import Announcement
from community.announcements.unlisted import told_as
from community.database import db, now
from community.groups.counter import Counter
from community.groups.membership import Standing
from community.outbox.models import Outbox


def release(announcement_id: int) -> None:
    """What the outbox does at its time: give the announcement its place in the community's order.

    Meanwhile its author may have lost the role by which it was said, or left the community, or its group may rest or
    hang elsewhere: then nobody hears it.
    """
    found = db.session.get(Announcement, announcement_id, with_for_update=True)
    if found is None or not found.is_waiting:
        return
    found.community_id = found.audience.community_id  # it may have come below another community meanwhile
    if not _may_still(found):
        found.withdrawn_at = now()
        return
    found.seq = Counter.next(found.community_id)
    found.released_at, found.told = now(), told_as(found.audience)
    Outbox.promise("fan-out", f"fan-out:{found.id}", announcement_id=found.id)


def _may_still(said: Announcement) -> bool:
    stand, group = Standing.of(said.author), said.audience.group
    if said.author_role == "member":
        return not group.rests and said.community_id in stand.communities()
    return stand.may_announce(group)
