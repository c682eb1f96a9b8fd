"""Going, without a word to anybody: what hung on it ends, and what one left falls silent for ninety days."""

from collections.abc import Sequence

from blinker import signal

from community.database import db
from community.groups.membership import Membership, Standing, forget_standing
from community.groups.models import Group
from community.groups.silences import Silence
from community.people.models import Person

left = signal("left")  # sent with the Person and `quiet`, the Groups that are silent for her now, in the transaction


def leave(person: Person, memberships: Sequence[Membership]) -> None:
    """She goes out of these. Nobody is told, and the audit log does not name her. Raises LastAdmin."""
    groups = {held.group_id: held.group for held in memberships}
    for held in memberships:
        held.end()
    db.session.flush()
    forget_standing()
    quiet = _quiet(person, list(groups.values()))
    for group in quiet:
        Silence.begin(person, group)
    left.send(person, quiet=quiet)


def _quiet(person: Person, groups: Sequence[Group]) -> list[Group]:
    """The groups themselves; the whole community, where she is in nothing of it any more."""
    stand = Standing.of(person)
    whole = {group.community_id: group.root for group in groups if not stand.hears(group.root)}
    return [*whole.values(), *(one for one in groups if one.community_id not in whole and not stand.here(one))]
