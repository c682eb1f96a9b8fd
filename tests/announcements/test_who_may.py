"""Who may announce, see, pin, remove: as it is now, not as it was when the page was opened."""

import re

import pytest
import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db
from community.groups.bans import Ban
from community.groups.membership import Membership
from community.groups.models import Category, Group

from .scene import Scene, cards_on, page

STEPS = ("removal", "pin", "withdrawal")


def test_an_admin_of_a_sister_group_does_nothing_here(stage: Scene):
    sister = stage.newcomer("Nila", stage.grades[4], role="admin")
    number = stage.release("teacher", "तीसरी", group=stage.grades[3])

    assert sister.get(f"/groups/{stage.grades[3]}/announcements/new").status_code == 404
    assert stage.announce(sister, group=stage.grades[3]).status_code == 404
    assert [sister.post(f"/announcements/{number}/{step}", data={"up": "1"}).status_code for step in STEPS] == [404] * 3
    assert sister.post(f"/announcements/{number}", data={"text": "x"}).status_code == 404
    said = stage.state(number)
    assert (said.pinned_at, said.removed_at, said.original.text) == (None, None, "तीसरी")


def test_missing_and_forbidden_are_the_same_page(stage: Scene):
    sister = stage.newcomer("Nila", stage.grades[4], role="admin")
    number = stage.release("teacher", "तीसरी", group=stage.grades[3])

    answers = [sister.get(f"/announcements/{one}") for one in (number, 987654321, 10**30)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({re.sub(r"announcements/\d+", "", answer.text) for answer in answers}) == 1


def test_an_admin_above_pins_and_removes_but_does_not_take_back_or_reword(stage: Scene):
    head, number = stage.browser("head"), stage.release("teacher", "तीसरी", group=stage.grades[3])

    assert head.post(f"/announcements/{number}/withdrawal").status_code == 404
    assert head.post(f"/announcements/{number}", data={"text": "x"}).status_code == 404
    assert head.post(f"/announcements/{number}/pin", data={"up": "1"}).status_code == 303
    assert head.post(f"/announcements/{number}/removal").status_code == 303


def test_a_moderator_removes_and_is_not_offered_what_she_may_not(stage: Scene):
    helper, number = stage.newcomer("Nila", stage.grades[3], role="moderator"), stage.release("head", "सब को")
    below = stage.release("teacher", "तीसरी", group=stage.grades[3])
    text = page(helper, f"/announcements/{below}")

    assert f"/announcements/{below}/removal" in text
    assert f"/announcements/{below}/pin" not in text
    assert helper.post(f"/announcements/{below}/pin", data={"up": "1"}).status_code == 404
    assert helper.post(f"/announcements/{number}/removal").status_code == 404
    assert helper.post(f"/announcements/{below}/removal").status_code == 303


def test_what_waits_is_its_authors_alone(stage: Scene):
    stage.announce(stage.browser("teacher"), "तीसरी", group=stage.grades[3])
    number = stage.said("तीसरी")

    assert stage.browser("head").get(f"/announcements/{number}").status_code == 404
    assert stage.browser("member").get(f"/announcements/{number}").status_code == 404
    assert stage.browser("teacher").get(f"/announcements/{number}").status_code == 200


@pytest.mark.parametrize("posting", ["admins", "everyone"])
def test_members_announce_where_everyone_may(stage: Scene, posting: str):
    stage.set(Group, stage.grades[3], posting=posting)
    member = stage.browser("member")

    answer = stage.announce(member, group=stage.grades[3], pin="1")

    assert answer.status_code == (303 if posting == "everyone" else 404)
    with stage.app.app_context():
        assert db.session.scalar(sa.select(Announcement.id).where(Announcement.pinned_at.is_not(None))) is None


def test_where_everyone_may_only_those_inside_may(stage: Scene):
    stage.set(Group, stage.grades[3], posting="everyone")

    assert stage.announce(stage.browser("parent"), group=stage.grades[3]).status_code == 404


def test_who_loses_a_role_has_lost_it_at_the_next_request(stage: Scene):
    teacher, number = stage.browser("teacher"), stage.release("head", "तीसरी", group=stage.grades[3])
    assert page(teacher, f"/groups/{stage.grades[3]}/announcements/new")
    with stage.changing():
        mine = Membership.person_id == stage.people["teacher"], Membership.group_id == stage.grades[3]
        db.session.execute(sa.update(Membership).where(*mine).values(role="member"))

    assert stage.announce(teacher, group=stage.grades[3]).status_code == 404
    assert [teacher.post(f"/announcements/{number}/{step}", data={"up": "1"}).status_code for step in STEPS] == [
        404
    ] * 3
    assert "/announcements/new" not in page(teacher, f"/groups/{stage.grades[3]}")


def test_who_was_removed_from_a_group_no_longer_sees_what_is_said_there(stage: Scene):
    member, number = stage.browser("member"), stage.release("teacher", "तीसरी", group=stage.grades[3])
    assert number in cards_on(page(member, "/"))
    with stage.changing():
        Ban.put(db.session.get_one(Group, stage.grades[3]), stage.person("member"), stage.person("head"))

    assert number not in cards_on(page(member, "/"))
    assert member.get(f"/announcements/{number}").status_code == 404
    assert member.get(f"/groups/{stage.grades[3]}").status_code == 404
    assert member.post(f"/announcements/{number}/acknowledgement").status_code == 404


def test_who_was_put_out_of_the_community_has_lost_her_own_words_there(stage: Scene):
    teacher, number = stage.browser("teacher"), stage.release("teacher", "तीसरी", group=stage.grades[3])
    with stage.changing():
        Ban.put(db.session.get_one(Group, stage.school), stage.person("teacher"), stage.person("head"))

    assert teacher.get(f"/announcements/{number}").status_code == 404
    assert teacher.post(f"/announcements/{number}/removal").status_code == 404


def test_a_group_that_rests_can_be_read_and_not_announced_in(stage: Scene):
    number = stage.release("teacher", "तीसरी", group=stage.grades[3])
    stage.archive(stage.grades[3])
    teacher = stage.browser("teacher")

    assert stage.announce(teacher, group=stage.grades[3]).status_code == 404
    assert number in cards_on(page(teacher, f"/groups/{stage.grades[3]}"))
    assert number not in cards_on(page(teacher, "/"))


def test_news_for_a_category_reaches_only_who_carries_it(stage: Scene):
    with stage.changing():
        little = db.session.scalars(sa.select(Category).where(Category.picture == "baby")).one()
    number = stage.release("head", "छोटों के लिए", category=little)
    inside, outside = stage.newcomer("Nila", stage.grades[1]), stage.newcomer("Mira", stage.grades[4])

    assert number in cards_on(page(inside, "/"))
    assert number not in cards_on(page(outside, "/"))
    assert number not in cards_on(page(outside, f"/groups/{stage.school}"))
    assert (
        inside.get(f"/announcements/{number}").status_code,
        outside.get(f"/announcements/{number}").status_code,
    ) == (200, 404)


def test_a_category_of_another_community_is_not_there(stage: Scene):
    with stage.changing():
        other = Group.plant(name="Other", language="en", picture="pot", colour="mor")
        foreign = Category(community_id=other.id, name="x", language="en", picture="pot", colour="mor")
        db.session.add(foreign)
        db.session.flush()
        number = foreign.id

    assert stage.announce(stage.browser("head"), category=str(number)).status_code == 422


def test_news_from_above_reaches_below_and_not_sideways_or_up(stage: Scene):
    number = stage.release("teacher", "तीसरी", group=stage.grades[3])
    root = stage.newcomer("Nila", stage.school)
    below = stage.release("head", "सब को")

    assert number not in cards_on(page(root, "/"))
    assert number not in cards_on(page(stage.browser("parent"), "/"))
    assert below in cards_on(page(stage.browser("parent"), "/"))


def test_nobody_signed_in_is_sent_to_the_door(stage: Scene):
    stranger = stage.app.test_client()
    number = stage.release("head", "सब को")

    assert stranger.get(f"/announcements/{number}").status_code == 401
    assert stage.announce(stranger).status_code == 401
    assert stranger.get("/").status_code == 200
    assert "सब को" not in stranger.get("/").text


def test_another_sites_form_is_stopped(stage: Scene):
    head = stage.browser("head")
    data = {"key": "key-of-another", "text": "x"}

    answer = head.post(f"/groups/{stage.school}/announcements", data=data, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
