"""What other rooms keep beside a group and what is said in it, where another community in the row is not enough:
codes and names are known once in a community, counters are sums, and a day has so many places for each community.

How often a day the guest may ring is the host's to say; what the guest's own owners chose holds again after parting.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from community.bringing.models import PlaceCode
from community.database import db, now
from community.days.models import Spent
from community.groups.membership import Membership
from community.groups.models import Group
from community.headcount.models import Headcount
from community.mergers.tree import branch, run, said_in
from community.oversight.changes import mark_branch, write
from community.oversight.models import GroupCounter
from community.search.models import PersonWord


def settle(path: str, before: int, after: int) -> None:
    """After the memberships. Doing it again changes nothing."""
    _unless_there(PlaceCode, PlaceCode.code, path, before, after)
    _unless_there(GroupCounter, GroupCounter.group_id, path, before, after)
    _names(path, before, after)
    _days(path, before, after)


def _unless_there(kind: Any, known_by: Any, path: str, before: int, after: int) -> None:
    """A code that both have given stays where it was: a sheet of the whole means the host's, one of theirs theirs."""
    there = kind.__table__.alias()
    taken = sa.exists().where(there.c.community_id == after, there.c[known_by.key] == known_by)
    here = (kind.group_id.in_(branch(path)), kind.community_id == before)
    run(sa.update(kind).where(*here, ~taken).values(community_id=after))


def _names(path: str, before: int, after: int) -> None:
    """Whoever is in the branch is found in its community, and in the other one only if she is there, too."""
    people = sa.select(Membership.person_id).join(Group, Membership.group_id == Group.id).where(Group.below(path))
    word, known = PersonWord, sa.orm.aliased(PersonWord)
    there = sa.exists().where(known.person_id == word.person_id, known.community_id == after)
    fields = ["person_id", "community_id", "spelling", "sound"]
    rows = sa.select(word.person_id, sa.literal(after, sa.BigInteger), word.spelling, word.sound)
    hers = (word.community_id == before, word.person_id.in_(people))
    run(sa.insert(word).from_select(fields, rows.where(*hers, ~there)))
    still = sa.exists().where(Membership.person_id == word.person_id, Membership.community_id == before)
    run(sa.delete(word).where(*hers, ~still))


def _days(path: str, before: int, after: int) -> None:
    """What rang today counts where it is now: coming together gives nobody's day more room, nor does parting."""
    rang = (Spent.day >= now().date() - timedelta(days=1), Spent.community_id == before)
    run(sa.update(Spent).where(*rang, Spent.announcement_id.in_(said_in(path))).values(community_id=after))


def forget_doubles(path: str, community_id: int) -> None:
    """What still says this community once its branch has left: codes and counters that are there twice."""
    for kind in (PlaceCode, GroupCounter):
        run(sa.delete(kind).where(kind.group_id.in_(branch(path)), kind.community_id == community_id))


def forget_names(community_id: int, people: sa.Select[int]) -> None:
    run(sa.delete(PersonWord).where(PersonWord.community_id == community_id, PersonWord.person_id.in_(people)))


def count_anew(guest: Group, host: Group) -> None:
    """The guest with all below it, and what the host has in sum: soon. An exact number of before is true no more."""
    mark_branch(guest)
    write(db.session(), {(host.community_id, host.id, False)})
    theirs = sa.or_(Headcount.group_id.in_(branch(guest.path)), Headcount.group_id.in_(host.lineage))
    run(sa.delete(Headcount).where(theirs))
