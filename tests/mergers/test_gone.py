"""Who left since two communities came together, or was erased, is not brought back when they part."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from community.care.queue import queue, settle_all, waiting_for
from community.database import db, now
from community.days.models import Spent
from community.erasure.erasing import erase
from community.groups.bans import Ban
from community.groups.leaving import leave
from community.groups.membership import Membership, Standing, admit
from community.groups.silences import Silence
from community.invitations.doorway import DoorAnswer, DoorQuestion
from community.invitations.requests import JoinRequest
from community.media.models import Voice
from community.media.sound import Spoken
from community.people.models import Child, Person
from tests.mergers.test_mergers import why
from tests.mergers.two import Two, person, say

pytestmark = pytest.mark.sampled


@pytest.fixture
def two(app: Flask) -> Iterator[Two]:
    with app.test_request_context():
        yield Two.made()
        db.session.rollback()


def goes(how: str, one: Person) -> None:
    if how == "erased":
        erase(one)
    else:
        leave(one, Standing.of(one).memberships)
    db.session.flush()
    db.session.expire_all()


def held(one: Person) -> list[tuple[int, str]]:
    mine = sa.select(Membership.group_id, Membership.role).where(Membership.person_id == one.id)
    return [(group_id, role) for group_id, role in db.session.execute(mine)]


@pytest.mark.parametrize("how", ["left", "erased"])
@pytest.mark.parametrize("side", ["guest", "host"])
def test_an_owner_who_is_gone_does_not_become_one_again(two: Two, how: str, side: str) -> None:
    merger = two.merged(side=side)
    goes(how, two.goer)
    assert why(merger.part, two.taker) == "role", "nobody would look after it"
    assert two.guest[0].community_id == two.host[0].id
    assert held(two.goer) == []
    heir = person("Heir")
    admit(two.guest[0], heir, role="admin")
    merger.part(two.taker)
    assert two.guest[0].is_root
    assert held(two.goer) == []
    assert held(heir) == [(two.guest[0].id, "admin")]


def test_who_was_put_out_of_her_own_comes_back_to_it(two: Two) -> None:
    """The host's owners can not take a community by removing whoever brought it."""
    merger = two.merged()
    for one in Membership.together(two.guest[0].id, two.goer.id):
        one.end()
    merger.part(two.taker)
    assert held(two.goer) == [(two.guest[0].id, "admin")]


@pytest.mark.parametrize("how", ["left", "erased"])
def test_who_was_put_out_for_a_ban_and_is_gone_stays_gone(two: Two, how: str) -> None:
    banned = person("Banned")
    admit(two.guest[2], banned, role="moderator")
    admit(two.host[0], banned)
    Ban.put(two.host[1], banned, two.taker)
    merger = two.merged(1)
    assert held(banned) == [(two.host[0].id, "member")]
    goes(how, banned)
    merger.part(two.goer)
    assert held(banned) == []
    assert Silence.holds(banned, two.guest[2]) == (how == "left"), "she left all of it, and is left in peace by all"


def test_what_lies_on_a_desk_above_is_nobodys_there_once_they_part(two: Two) -> None:
    bad = person("Bad")
    admit(two.guest[2], bad, role="admin")
    merger = two.merged(1)
    for one in Membership.together(two.guest[0].id, two.goer.id):
        one.end()
    case = queue("person", 1, two.guest[2], reason="hurts", accused=bad)
    assert case.desk_id == two.host[0].id
    assert [one.id for one in waiting_for(two.taker, Standing.of(two.taker))] == [case.id]
    merger.part(two.taker)
    assert waiting_for(two.taker, Standing.of(two.taker)) == []
    settle_all(two.guest[0].id)
    assert [one.id for one in waiting_for(two.goer, Standing.of(two.goer))] == [case.id]


def test_a_voice_from_the_door_goes_with_its_group(two: Two) -> None:
    asked = DoorQuestion.put(two.guest[1], two.goer, "a-key-of-a-phone", "Why?", ())
    wish = JoinRequest.ask(two.guest[1], person("Wisher"))
    said = Voice.keep(Spoken({"voice.ogg": b"OggS"}, 1000), owner_id=wish.person_id, community_id=two.guest[0].id)
    more = {"community_id": two.guest[0].id, "request_id": wish.id, "person_id": wish.person_id, "language": "hi"}
    db.session.add(DoorAnswer(question=asked, voice=said, **more))
    db.session.flush()
    merger = two.merged()
    db.session.refresh(said)
    assert said.community_id == two.host[0].id
    merger.part(two.goer)
    db.session.refresh(said)
    assert said.community_id == two.guest[0].id


def test_what_rang_today_counts_where_it_was_said(two: Two) -> None:
    said = say(two.guest[1], two.goer, "today")
    day = {"person_id": two.goer.id, "day": now().date()}
    db.session.add(Spent(**day, slot=1, community_id=two.guest[0].id, announcement_id=said.id))
    other = say(two.host[1], two.taker, "here")
    db.session.add(Spent(**day, slot=2, community_id=two.host[0].id, announcement_id=other.id))
    db.session.flush()
    counted = sa.select(Spent.community_id).order_by(Spent.slot)
    merger = two.merged(1)
    assert list(db.session.scalars(counted)) == [two.host[0].id] * 2
    merger.part(two.goer)
    assert list(db.session.scalars(counted)) == [two.guest[0].id, two.host[0].id]


def test_a_child_that_is_not_hers_any_more_brings_nobody_back(two: Two) -> None:
    banned = person("Banned")
    child = Child.keep(banned, "fish", "mor", "Munni")
    db.session.flush()
    admit(two.guest[2], banned, child)
    Ban.put(two.host[0], banned, two.taker)
    merger = two.merged()
    db.session.delete(child)
    db.session.flush()
    merger.part(two.goer)
    assert held(banned) == []
