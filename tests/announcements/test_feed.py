"""The feed against a naive model of it, on trees, categories, memberships and news that nobody would think of."""

from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.announcements import feed, line
from community.announcements.models import Announcement, Audience, Translation
from community.database import db, now
from community.groups.membership import Membership, Standing
from community.groups.models import Category, Group
from community.people.models import Person
from tests.conftest import ALL

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = 2
quickly = settings(
    max_examples=25 if ALL else 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@dataclass(frozen=True)
class News:
    """What one announcement is drawn from."""

    group: int
    label: int | None
    minute: int
    mine: bool
    removed: bool
    expired: bool


@dataclass
class World:
    """The same thing twice: rows for the feed, plain lists for the model."""

    parents: list[int | None]
    labels: list[int | None]
    heard: dict[int, int]
    news: list[News]
    groups: list[Group] = field(default_factory=list)
    categories: dict[int, list[Category]] = field(default_factory=dict)  # by community
    memberships: list[Membership] = field(default_factory=list)
    said: list[Announcement] = field(default_factory=list)

    def line(self, group: int) -> list[int]:
        parent = self.parents[group]
        return [group] if parent is None else [*self.line(parent), group]

    def reached(self, one: News) -> list[int]:
        """The groups of mine through which I hear it."""
        carried = {group: {self.labels[above] for above in self.line(group)} for group in self.heard}
        return [g for g in self.heard if one.group in self.line(g) and (one.label is None or one.label in carried[g])]

    def shown(self) -> list[int]:
        """What I should hear, in the order in which it was said."""
        return [n for n, one in enumerate(self.news) if self.reached(one) and not one.expired]

    def is_new(self, number: int) -> bool:
        one, seq = self.news[number], self.said[number].seq or 0
        quiet = one.mine or one.removed or one.expired
        return not quiet and all(self.heard[group] < seq for group in self.reached(one)) and bool(self.reached(one))


@st.composite
def worlds(draw: st.DrawFn, *, sane: bool = True) -> World:
    size = draw(st.integers(1, 7))
    parents = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(size)]
    labels = draw(st.lists(st.none() | st.integers(0, LABELS - 1), min_size=size, max_size=size))
    heard = draw(st.dictionaries(st.integers(0, size - 1), st.integers(0, 12), max_size=4))
    one = st.builds(
        News, st.integers(0, size - 1), st.none() | st.integers(0, LABELS - 1), st.integers(0, 6), mine=st.booleans(),
        removed=st.booleans(), expired=st.sampled_from([False, False, True]),
    )  # fmt: skip
    news = draw(st.lists(one, max_size=14))
    return World(parents, labels, heard, sorted(news, key=lambda one: one.minute) if sane else news)


@contextmanager
def built(world: World) -> Iterator[tuple[Person, list[Audience]]]:
    """The world's rows, in a transaction that nobody commits; the reader, and the audiences that match her."""
    try:
        yield _build(world)
    finally:
        db.session.rollback()


def _build(world: World) -> tuple[Person, list[Audience]]:
    me, other = (Person(picture="pot", colour="mor", language="en") for _person in range(2))
    db.session.add_all([me, other])
    db.session.flush()
    _plant(world)
    for group, seq in world.heard.items():
        found = world.groups[group]
        world.memberships.append(
            Membership(group=found, community_id=found.community_id, person=me, heard_seq=seq, role="member")
        )
    db.session.add_all(world.memberships)
    _say(world, me, other)
    return me, feed.matching(Standing(me, world.memberships), [held.group for held in world.memberships])


def _plant(world: World) -> None:
    for parent, label in zip(world.parents, world.labels, strict=True):
        looks = {"name": "g", "language": "en", "picture": "pot", "colour": "mor"}
        group = Group.plant(None if parent is None else world.groups[parent], **looks)
        if group.is_root:
            world.categories[group.id] = [
                Category(community_id=group.id, **looks | {"name": f"g{label}"}) for label in range(LABELS)
            ]
            db.session.add_all(world.categories[group.id])
            db.session.flush()
        world.groups.append(group)
        if label is not None:
            group.carry(world.categories[group.community_id][label])


def _say(world: World, me: Person, other: Person) -> None:
    last: Tally[int] = Tally()
    for number, one in enumerate(world.news):
        group = world.groups[one.group]
        label = None if one.label is None else world.categories[group.community_id][one.label]
        last[group.community_id] += 1
        moment = BEGAN + timedelta(minutes=one.minute)
        world.said.append(
            Announcement(
                audience=Audience.of(group, [label] if label else ()), community_id=group.community_id, author=me if one.mine else other,
                key=f"key-{number}", body_digest="", release_at=moment, released_at=moment, language="hi",
                translations=[Translation(language="hi", text="बात", author_id=other.id)],
                seq=last[group.community_id], removed_at=now() if one.removed else None,
                expires=now() + timedelta(hours=-1 if one.expired else 1) if one.expired or number % 2 else None,
            )
        )  # fmt: skip
    db.session.add_all(world.said)
    db.session.flush()


@pytest.fixture
def nothing_kept(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(line, "PAGE", 3)
    line._newest_of.cache_clear()
    yield
    line._newest_of.cache_clear()


def leafed(audiences: list[Audience]) -> list[line.Line]:
    """Page after page to the end, as one list."""
    read: list[line.Line] = []
    before: dict[int, int] | None = None
    while found := line.newest(audiences, before):
        shown = found[: line.PAGE]
        read, before = read + shown, line.place_after(shown, before)
        assert len(read) < 100, "the pages go round in a circle"
        if len(found) <= line.PAGE:
            break
    return read


@quickly
@given(worlds())
def test_the_feed_is_what_a_naive_model_says(nothing_kept: None, world: World):
    with built(world) as (_me, audiences):
        found = line.newest(audiences)

        assert {one.id for one in found} == {world.said[number].id for number in world.shown()}
        assert len({one.id for one in found}) == len(found)
        assert found == sorted(found, key=lambda one: (one.released_at, one.seq, one.id), reverse=True)
        assert {one.id for one in found if one.removed_at} == {
            world.said[number].id for number in world.shown() if world.news[number].removed
        }


@quickly
@given(worlds())
def test_pages_lose_and_repeat_nothing_also_within_one_moment(nothing_kept: None, pages_of_three: None, world: World):
    with built(world) as (_me, audiences):
        read = leafed(audiences)

        wanted = [world.said[number] for number in world.shown()]
        wanted.sort(key=lambda one: (one.released_at, one.seq, one.id), reverse=True)
        assert [one.id for one in read] == [one.id for one in wanted]


@quickly
@given(worlds(sane=False))
def test_pages_lose_and_repeat_nothing_whatever_the_clock_showed(
    nothing_kept: None, pages_of_three: None, world: World
):
    with built(world) as (_me, audiences):
        read = leafed(audiences)

        for community in {one.community_id for one in world.said}:
            said = [world.said[number] for number in reversed(world.shown())]
            wanted = [one.seq for one in said if one.community_id == community]
            assert [one.seq for one in read if one.community_id == community] == wanted
        assert len(read) == len(world.shown())


@pytest.mark.usefixtures("nothing_kept", "pages_of_three")
def test_a_community_that_a_page_leaves_out_is_not_begun_anew_on_the_next():
    quiet = [News(1, None, minute, mine=False, removed=False, expired=False) for minute in range(8)]
    loud = [News(0, None, minute, mine=False, removed=False, expired=False) for minute in range(10, 13)]
    world = World([None, None], [None, None], {0: 0, 1: 0}, [*quiet, *loud])
    with built(world) as (_me, audiences):
        assert [one.id for one in leafed(audiences)] == [one.id for one in reversed(world.said)]


@quickly
@given(worlds())
def test_new_is_what_a_naive_model_says_on_cards_and_on_doors(nothing_kept: None, world: World):
    with built(world) as (me, audiences):
        new = {world.said[number].id for number in world.shown() if world.is_new(number)}

        shown = feed.cards(Standing(me, world.memberships), world.memberships, line.newest(audiences), audiences)
        counted = feed.unread_by_group(Standing(me, world.memberships), world.memberships, audiences)

        assert {card.announcement.id for card in shown if card.unread} == new
        assert counted == Tally(one.audience.group_id for one in world.said if one.id in new)


@pytest.mark.patient
@pytest.mark.usefixtures("nothing_kept")
def test_a_flood_in_one_group_hides_no_news_of_another():
    flood = [News(1, None, 0, mine=False, removed=False, expired=False)] * 1100
    drop = [News(2, None, 0, mine=False, removed=False, expired=False)]
    world = World([None, 0, 0], [None] * 3, {1: 0, 2: 0}, [*flood, *drop])
    with built(world) as (me, audiences):
        counted = feed.unread_by_group(Standing(me, world.memberships), world.memberships, audiences)

        assert counted[world.groups[2].id] == 1
        assert counted[world.groups[1].id] == feed.COUNTED + 1


@pytest.mark.patient
@pytest.mark.usefixtures("nothing_kept")
def test_a_hundred_groups_are_not_too_many():
    world = World([None, *[0] * 100], [None] * 101, dict.fromkeys(range(1, 101), 0), [])
    world.news = [News(n, None, 0, mine=False, removed=False, expired=False) for n in range(1, 101)]
    with built(world) as (me, audiences):
        assert len(line.newest(audiences)) == line.PAGE + 1
        assert sum(feed.unread_by_group(Standing(me, world.memberships), world.memberships, audiences).values()) == 100
