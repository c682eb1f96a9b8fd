"""What everybody sees stays what it was: nothing heard becomes new, nothing new becomes heard, in any two communities."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from community.announcements.models import Announcement, Audience
from community.database import db
from community.groups.membership import admit
from tests.conftest import ALL
from tests.mergers.two import Sight, Two, person, read_all, say, trees_hold

ROLES = ("member", "member", "responder", "moderator", "admin")


@dataclass
class Story:
    """Two trees, where the one comes to, who is where, and what happens before."""

    guest: list[int]
    host: list[int]
    at: int
    held: list[tuple[int, int, str]]
    deeds: list[tuple[str, int, int]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    shape = st.lists(st.integers(0, 5), max_size=4)
    guest, host = draw(shape), draw(shape)
    groups = len(guest) + len(host) + 2
    place, who = st.integers(0, groups - 1), st.integers(0, 3)
    held = draw(st.lists(st.tuples(who, place, st.sampled_from(ROLES)), min_size=2, max_size=9))
    deed = st.tuples(st.sampled_from(("say", "say", "read")), place, who)
    return Story(guest, host, draw(st.integers(0, len(host))), held, draw(st.lists(deed, max_size=14)))


def told(story: Story) -> Two:
    two = Two.made(story.guest, story.host)
    groups = two.guest + two.host
    two.people = [person(f"Person {number}") for number in range(4)]
    for who, at, role in story.held:
        admit(groups[at], two.people[who], role=role)
    for number, deed in enumerate(story.deeds):
        happen(two, number, *deed)
    return two


def happen(two: Two, number: int, what: str, at: int, who: int) -> None:
    groups = two.guest + two.host
    if what == "say":
        say(groups[at], two.goer if at < len(two.guest) else two.taker, f"said {number}")
    else:
        read_all(two.people[who], groups[at])


CALM = settings(
    max_examples=60 if ALL else 3, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.mark.patient
@given(story=stories())
@CALM
def test_together_and_apart_again_everybody_sees_the_same(app: Flask, story: Story) -> None:
    with app.test_request_context():
        two = told(story)
        before = {one.id: Sight.of(one) for one in two.everybody()}
        merger = two.merged(story.at)
        trees_hold(two.guest + two.host)
        merger.part(two.goer)
        trees_hold(two.guest + two.host)
        assert {one.id: Sight.of(one) for one in two.everybody()} == before
        db.session.rollback()


@given(story=stories())
@CALM
def test_coming_together_changes_nothing_that_anybody_sees(app: Flask, story: Story) -> None:
    with app.test_request_context():
        two = told(story)
        before = {one.id: Sight.of(one) for one in two.everybody()}
        two.merged(story.at)
        for one in two.everybody():
            assert Sight.of(one) == before[one.id]
        db.session.rollback()


@pytest.mark.patient
@given(
    story=stories(), after=st.lists(st.tuples(st.sampled_from(("say", "read")), st.integers(0, 9), st.integers(0, 3)))
)
@CALM
def test_what_is_said_afterwards_is_all_that_comes_from_above(
    app: Flask, story: Story, after: list[tuple[str, int, int]]
) -> None:
    with app.test_request_context():
        two = told(story)
        before = {one.id: Sight.of(one) for one in two.everybody()}
        last = db.session.scalar(sa.select(sa.func.max(Announcement.id))) or 0
        merger = two.merged(story.at)
        groups = len(two.guest) + len(two.host)
        for number, (what, at, who) in enumerate(after):
            happen(two, 100 + number, what, at % groups, who)
        for one in two.everybody():
            known = {number for number in Sight.of(one).feed if number <= last}
            assert known <= set(before[one.id].feed)
        lasting = {one.id: Sight.of(one).only(two.guest) for one in two.everybody()}
        merger.part(two.taker)
        trees_hold(two.guest + two.host)
        for one in two.everybody():
            sight = Sight.of(one)
            assert sight.only(two.guest) == lasting[one.id]
            outside = [number for number in sight.feed if not heard_in(number, two, one.id)]
            assert outside == []
        db.session.rollback()


def heard_in(number: int, two: Two, person_id: int) -> bool:
    """Whether an announcement was made on a line on which this person is."""
    from community.groups.membership import Membership

    place = db.session.scalar(sa.select(Audience.group_id).join(Announcement).where(Announcement.id == number))
    held = db.session.scalars(sa.select(Membership).where(Membership.person_id == person_id))
    return any(place in one.group.lineage for one in held)
