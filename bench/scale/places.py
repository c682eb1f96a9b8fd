"""The two trees that are compared, and everything that is in them, as rows.

Ids are counted: group number n has the id `BASE + n`, so that a row can be said without looking anything up. Who is
where is drawn with a fixed multiplier, so that neighbours in a group are strangers in the table, as in life.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import psycopg

from bench.news import NEWS
from bench.scale.copying import Table, bare, go_on_counting
from community.announcements.models import Announcement, Audience, Translation
from community.groups.counter import Counter
from community.groups.membership import Membership
from community.groups.models import Category, Group, GroupCategory
from community.people.models import Person, Phone
from community.subscriptions.models import Listener, Subscription

BASE = 1 << 40
SPREAD = 2_654_435_761  # Knuth's multiplier
LANGUAGES = ("hi", "hi", "hi", "mr", "ur", "bn", "ta", "en")
PICTURES, COLOURS = ("school", "book", "pot", "mango"), ("haldi", "neela", "neem", "jamun", "gulab")
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
PHONES = 5, 3  # of so many people, so many have a phone that is pushed to


@dataclass(frozen=True)
class Level:
    """How many groups there are on one level, how many admins they have altogether, how much is said in each."""

    name: str
    groups: int
    admins: int
    said: int


@dataclass(frozen=True)
class Place:
    """A tree with its people. `carried`: categories that half of its third level carries; `elsewhere`: hardly any."""

    name: str
    levels: tuple[Level, ...]
    members: int
    memberships: int
    said_at_root: int
    carried: int = 10
    elsewhere: int = 5

    @cached_property
    def tree(self) -> list[tuple[int, int, int]]:
        """(level, place in its level, number of the parent) of each group, by number; parents first."""
        found, first = [(0, 0, -1)], 0
        for depth in range(1, len(self.levels)):
            above, here = self.levels[depth - 1].groups, self.levels[depth].groups
            found += [(depth, place, first + place * above // here) for place in range(here)]
            first += above
        return found

    @cached_property
    def lines(self) -> list[list[int]]:
        """The ids from the root down to each group."""
        lines: list[list[int]] = []
        for number, (_depth, _place, parent) in enumerate(self.tree):
            lines.append([*(lines[parent] if parent >= 0 else []), BASE + number])
        return lines

    def first(self, depth: int) -> int:
        """The number of the first group of a level."""
        return sum(level.groups for level in self.levels[:depth])

    def group(self, depth: int, place: int) -> int:
        return BASE + self.first(depth) + place

    def home_of(self, person: int, turn: int = 0) -> int:
        """The group on the lowest level in which this person is, or, in up to fifteen other turns, is too."""
        lowest = self.levels[-1].groups
        return self.group(len(self.levels) - 1, (person * SPREAD % (1 << 32) + turn * (lowest // 16 + 1)) % lowest)

    @property
    def categories(self) -> int:
        return self.carried + self.elsewhere

    def carries(self, number: int) -> tuple[int, ...]:
        """The categories of a group, by number: two of them, given at the middle of the tree and carried below it."""
        depth = len(self.levels) // 2
        if len(self.lines[number]) <= depth:
            return ()
        given = self.lines[number][depth] - BASE
        if given == self.first(depth + 1) - 1:  # the last one has what hardly anybody has
            return tuple(range(self.carried, self.categories))
        return given % self.carried, (given + self.carried // 2) % self.carried

    @property
    def top(self) -> int:
        """The last `seq`: what is said at the root lies between all that is said elsewhere."""
        return self.said_at_root + sum(level.groups * level.said for level in self.levels)


SCHOOL = Place(
    "school", (Level("School", 1, 7, 0), Level("Grade", 20, 40, 18), Level("Section", 200, 200, 4)), 10_000, 10_000, 0
)
ORGANISATION = Place(
    "organisation",
    (
        Level("Organisation", 1, 7, 0), Level("State", 30, 90, 5), Level("District", 600, 1_800, 13),
        Level("Block", 9_600, 19_200, 2), Level("Booth", 89_769, 28_903, 2),
    ),
    5_000_000, 5_000_000, 200_000,
)  # fmt: skip


def fill(place: Place, url: str) -> None:
    """All but what is said at the root, in one go."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        with bare(connection):
            for table, rows in _tables(place):
                table.fill(connection, rows)
        go_on_counting(connection)
        connection.execute("VACUUM (ANALYZE)")


def fill_root(place: Place, url: str) -> None:
    """What is said at the root: nine of ten for categories that hardly anybody carries."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        said = list(_said_at_root(place))
        for table, rows in _announced(said):
            table.fill(connection, rows)
        go_on_counting(connection)
        connection.execute("VACUUM (ANALYZE) announcement, translation, audience")


def _tables(place: Place) -> Iterator[tuple[Table, Iterator[tuple[Any, ...]]]]:
    same = {"community_id": BASE, "language": "hi"}
    yield Table(Group, "id", "parent_id", "path", "ancestors", "position", "name", "level", "picture", "colour",
                **same, joining="ask", created=BEGAN, changed=BEGAN), _groups(place)  # fmt: skip
    yield Table(Counter, "community_id", "seq"), iter([(BASE, place.top)])
    named = [name for name in ("name", "likeness") if name in Category.__table__.c]
    yield (
        Table(Category, "id", *named, **same, picture="pot", colour="neem"),
        ((number + 1, *[f"category {number + 1}"] * len(named)) for number in range(place.categories)),
    )
    yield Table(GroupCategory, "group_id", "category_id", "own", **_community(GroupCategory)), _group_categories(place)
    yield Table(Person, "id", "name", "picture", "colour", "language", arrival=None), _people(place)
    yield Table(Membership, "id", "group_id", "person_id", "role", "heard_seq", community_id=BASE), _memberships(place)
    yield Table(Phone, "id", label="Android · Chrome"), ((number,) for number in _with_phone(place))
    yield (
        Table(
            Subscription, "id", "phone_id", "endpoint", "endpoint_digest", p256dh="B" * 87, auth="a" * 22, key_id="k"
        ),
        _subscriptions(place),
    )
    yield (
        Table(Listener, "id", "subscription_id", "person_id"),
        ((number, number, number) for number in _with_phone(place)),
    )
    yield from _narrowed(place)
    yield from _announced(list(_said_below(place)))


def _community(model: Any) -> dict[str, int]:
    return {"community_id": BASE} if "community_id" in model.__table__.c else {}


def _groups(place: Place) -> Iterator[tuple[Any, ...]]:
    for number, (depth, at, parent) in enumerate(place.tree):
        line, level = place.lines[number], place.levels[depth].name
        path = "/" + "".join(f"{one}/" for one in line)
        yield (
            BASE + number, BASE + parent if parent >= 0 else None, path, line[:-1], at, f"{level} {at + 1}", level,
            PICTURES[number % len(PICTURES)], COLOURS[number % len(COLOURS)],
        )  # fmt: skip


def _group_categories(place: Place) -> Iterator[tuple[Any, ...]]:
    given = len(place.levels) // 2
    for number, (depth, _at, _parent) in enumerate(place.tree):
        for category in place.carries(number):
            yield BASE + number, category + 1, depth == given


def _people(place: Place) -> Iterator[tuple[Any, ...]]:
    for number in range(1, place.members + 1):
        looks = PICTURES[number % len(PICTURES)], COLOURS[number % len(COLOURS)]
        yield number, f"Person {number}", *looks, LANGUAGES[number % len(LANGUAGES)]


def _memberships(place: Place) -> Iterator[tuple[Any, ...]]:
    """Everybody at home, in each turn of the memberships; then the admins, the first people of all."""
    heard, number = place.top - 10, 0
    for turn in range(place.memberships // place.members):
        for person in range(1, place.members + 1):
            number += 1
            yield number, place.home_of(person, turn), person, "member", heard
    for group, person in admins(place):
        if group not in {place.home_of(person, turn) for turn in range(place.memberships // place.members)}:
            number += 1
            yield number, group, person, "admin", heard


def admins(place: Place) -> Iterator[tuple[int, int]]:
    """(group, person): each level's admins, spread over its groups; the first person looks after the root."""
    person = 0
    for depth, level in enumerate(place.levels):
        for number in range(level.admins):
            person += 1
            if person > place.members:
                return
            yield place.group(depth, number % level.groups), person


def _with_phone(place: Place) -> Iterator[int]:
    of, have = PHONES
    return (number for number in range(1, place.members + 1) if number % of < have)


def _subscriptions(place: Place) -> Iterator[tuple[Any, ...]]:
    for number in _with_phone(place):
        endpoint = f"https://fcm.googleapis.com/fcm/send/{number:x}{'e' * 140}"
        yield number, number, endpoint, hashlib.sha256(endpoint.encode()).hexdigest()


def _narrowed(place: Place) -> Iterator[tuple[Table, Iterator[tuple[Any, ...]]]]:
    """The audiences, in the columns that they have: one category, or any set of them."""
    if hasattr(Audience, "narrowed"):
        from community.announcements.audience import AudienceCategory

        rows = ((number, group, "" if one is None else str(one)) for number, group, one in _audiences(place))
        yield Table(Audience, "id", "group_id", "narrowed", community_id=BASE), rows
        some = ((number, group, one) for number, group, one in _audiences(place) if one is not None)
        yield Table(AudienceCategory, "audience_id", "group_id", "category_id", community_id=BASE), some
    else:
        yield Table(Audience, "id", "group_id", "category_id", community_id=BASE), _audiences(place)


def _audiences(place: Place) -> Iterator[tuple[Any, ...]]:
    """One for each group, and at the root one for each category."""
    for number in range(len(place.tree)):
        yield number + 1, BASE + number, None
    for category in range(place.categories):
        yield len(place.tree) + category + 1, BASE, category + 1


def _said_below(place: Place) -> Iterator[tuple[int, int]]:
    """(seq, audience) of all that is said below the root; the `seq` of what the root says is left free between."""
    audiences = [
        number + 1
        for number, (depth, _at, _parent) in enumerate(place.tree)
        for _turn in range(place.levels[depth].said)
    ]
    step = place.top / max(len(audiences), 1)
    for turn in range(len(audiences)):
        yield int(turn * step) + 1, audiences[turn * SPREAD % len(audiences)]


def _said_at_root(place: Place) -> Iterator[tuple[int, int]]:
    taken = {seq for seq, _audience in _said_below(place)}
    free = (seq for seq in range(1, place.top + 1) if seq not in taken)
    for turn, seq in zip(range(place.said_at_root), free, strict=False):
        narrowed = len(place.tree) + place.carried + turn % place.elsewhere + 1
        yield seq, 1 if turn % 10 == 0 else narrowed


def _announced(said: list[tuple[int, int]]) -> Iterator[tuple[Table, Iterator[tuple[Any, ...]]]]:
    """Announcements whose id is their `seq`, each with its words; the first admin says them all."""
    moments = ("id", "audience_id", "seq", "key", "created", "changed", "release_at", "released_at")
    yield (
        Table(
            Announcement,
            *moments,
            community_id=BASE,
            author_id=1,
            author_role="admin",
            body_digest="0" * 64,
            language="hi",
        ),
        ((seq, audience, seq, f"scale-{seq}", *[BEGAN + timedelta(minutes=seq)] * 4) for seq, audience in said),
    )
    yield Table(
        Translation, "id", "announcement_id", "text", language="hi", author_id=1, words_digest=None,
        **_community(Translation),
    ), ((seq, seq, NEWS[seq % len(NEWS)][1]) for seq, _audience in said)  # fmt: skip
