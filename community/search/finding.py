"""Looking for groups that a person may see, and for people in branches that she leads. Never anybody else.

What fits best comes first: the whole name, then each word as it is spelled, then as it sounds.
"""

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeVar

import sqlalchemy as sa

from community.database import db
from community.groups.bans import Ban
from community.groups.membership import Membership, Standing
from community.groups.models import Group
from community.languages.folding import folded
from community.people.models import Person
from community.search.models import GroupWord, PersonWord
from community.search.sounds import sound, spellings, words

LOOKED_AT = 200  # rows that are put in order
SHOWN = 30
LAST = "\U0010ffff"
Condition = sa.ColumnElement[bool]
Found = TypeVar("Found", Group, Person)
Words = type[GroupWord] | type[PersonWord]
Fits = Callable[[Any, Sequence[str]], list[Condition]]


def begins(column: Any, beginning: str) -> Condition:
    """As a range that an index can walk."""
    return sa.and_(column >= beginning, column < beginning + LAST)


def _is_whole(table: Words, ways: Sequence[str]) -> list[Condition]:
    return [table.spelling.in_(ways)]


def _is_spelled(table: Words, ways: Sequence[str]) -> list[Condition]:
    return [begins(table.spelling, way) for way in ways]


def _sounds(table: Words, ways: Sequence[str]) -> list[Condition]:
    """So, or so spelled. One consonant alone sounds like too much."""
    heard = {sound(way) for way in ways}
    close = [begins(table.sound, one) if len(one) > 2 else table.sound == one for one in heard]
    return [*_is_spelled(table, ways), *close]


def named(table: Words, own: Any, communities: Iterable[int], asked: str, fits: Fits = _sounds) -> Condition:
    """Whether each word that is asked for is in the name, or all of them as one word."""
    said, places = words(asked)[:6], sorted(communities)
    whose: Any = GroupWord.group_id if table is GroupWord else PersonWord.person_id

    def has(word: str) -> Condition:
        # One after the other: each walks along an index of its own.
        ways = [sa.select(whose).where(table.community_id.in_(places), way) for way in fits(table, spellings(word))]
        found: Condition = own.in_(sa.union(*ways) if len(ways) > 1 else ways[0])
        return found

    spaced = [has(word) for word in said if spellings(word)]
    if not spaced:
        return sa.false()
    joined = "".join(said)
    return sa.or_(sa.and_(*spaced), has(joined)) if len(said) > 1 and spellings(joined) else sa.and_(*spaced)


def visible(stand: Standing) -> Condition:
    """The groups whose door the person may see; the same rule as `gates.open_to`, for many at once."""
    heard = {number for held in stand.memberships for number in held.group.lineage}
    led = [Group.below(group.path) for group in stand.leads()]
    banned = sa.select(Group.path).join(Ban, Ban.group_id == Group.id).where(Ban.person_id == stand.person.id)
    outside = [~Group.below(path) for path in db.session.scalars(banned)]
    known = sa.and_(
        Group.community_id.in_(stand.communities()), Group.joining != "invite", Group.rests.is_(False), *outside
    )
    return sa.or_(known, Group.id.in_(heard), *led)


def groups(stand: Standing, asked: str, within: Group | None = None) -> list[Group]:
    """The groups that the person may see and whose names fit, the best first; `within` a branch, where one is given."""
    places = stand.communities()
    if not places:
        return []
    # As a value, which no index knows: the way leads from the words to the groups, or all groups are walked through.
    limits = [sa.case((visible(stand), 1), else_=0) == 1, *([Group.below(within.path)] if within else [])]

    def look(fits: Fits) -> list[Group]:
        wanted = sa.select(Group).where(named(GroupWord, Group.id, places, asked, fits), *limits)
        return list(db.session.scalars(wanted.limit(LOOKED_AT)))

    return _best(look, asked, lambda group: len(group.ancestors))


def people(stand: Standing, asked: str) -> list[tuple[Person, Membership]]:
    """The people in the branches that the person leads, each with a membership there."""
    led = stand.leads()
    if not led:
        return []
    branches = sa.or_(*(Group.below(group.path) for group in led))
    places = {group.community_id for group in led}
    inside = sa.exists().where(Membership.person_id == Person.id, Membership.group_id == Group.id, branches)

    def look(fits: Fits) -> list[Person]:
        wanted = sa.select(Person).where(named(PersonWord, Person.id, places, asked, fits), inside)
        return list(db.session.scalars(wanted.limit(LOOKED_AT)))

    found = _best(look, asked, lambda _person: 0)
    return [(person, held) for person in found if (held := _where(person, branches))]


def _where(person: Person, branches: Condition) -> Membership | None:
    held = sa.select(Membership).join(Membership.group).where(Membership.person_id == person.id, branches)
    return db.session.scalar(held.order_by(Membership.id).limit(1))


def _best(look: Callable[[Fits], list[Found]], asked: str, depth: Callable[[Found], int]) -> list[Found]:
    """What fits closely first; what only sounds alike where there is little else."""
    found: dict[int, Found] = {}
    for fits in (_is_whole, _is_spelled, _sounds):
        if len(found) < SHOWN:
            found |= {one.id: one for one in look(fits) if one.id not in found}
    return sorted(found.values(), key=lambda one: (-_closeness(asked, one.name or ""), depth(one), one.id))[:SHOWN]


def _closeness(asked: str, name: str) -> float:
    """How much of what was asked for is in the name: the same letters count most, then the same spelling."""
    bonus = 2.0 if folded(asked).strip() in folded(name) else 0.0
    mine, theirs = _spelled_out(asked), _spelled_out(name)
    starts = 1.0 if theirs.startswith(mine) else 0.0
    return bonus + starts + SequenceMatcher(None, mine, theirs).ratio()


def _spelled_out(text: str) -> str:
    return "".join(way for word in words(text) for way in spellings(word)[:1])


def line_above(found: Sequence[Group]) -> dict[int, list[Group]]:
    """The two groups above each of these, the higher first: they tell one Ward 3 from the other."""
    wanted = {number for group in found for number in group.ancestors[-2:]}
    above = {one.id: one for one in db.session.scalars(sa.select(Group).where(Group.id.in_(wanted)))}
    return {group.id: [above[number] for number in group.ancestors[-2:] if number in above] for group in found}
