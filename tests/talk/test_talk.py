"""Who reads and who writes in a group, once each, and what is new to whom."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.blocks import Block
from community.people.models import Person
from community.talk.models import Message, TalkCounter, TalkMark
from community.talk.reading import unread
from tests.announcements.scene import page
from tests.media.speech import speech, wav
from tests.talk.circle import Circle, drawn


def test_what_one_says_the_others_read_once(circle: Circle) -> None:
    browser = circle.browser("member")
    form = page(browser, f"{circle.talk}/new")
    assert browser.get(f"{circle.talk}/new").headers["Cache-Control"] == "no-store"
    key = re.findall(r'name="key" value="(\w+)"', form)[0]
    for _tap in range(2):
        assert circle.post(browser, "नमस्ते", key=key).status_code == 303
    assert [one.text for one in circle.messages()] == ["नमस्ते"]
    read = page(circle.browser("parent"), circle.talk)
    assert "नमस्ते" in read
    assert len(drawn(read)) == 1


def test_the_same_key_with_other_words_is_said_to_be_old(circle: Circle) -> None:
    circle.say("member", "एक", key="a-key-of-a-phone")
    answer = circle.post("member", "दो", key="a-key-of-a-phone")
    assert answer.status_code == 422
    assert "दो" in answer.text
    assert len(circle.messages()) == 1
    circle.say("english reader", "one", key="a-key-of-hers")
    assert "You sent this before with other words." in circle.post("english reader", "two", key="a-key-of-hers").text


def test_the_way_to_a_messages_own_page_says_what_it_does(circle: Circle) -> None:
    """ "More" means "more often" elsewhere, and is translated so."""
    number = circle.say("member")
    shown = page(circle.browser("english reader"), circle.talk)
    assert re.search(rf'href="/messages/{number}">.*?<span>See more</span>', shown)
    circle.many("member", 25)
    assert "What was said before" in page(circle.browser("english reader"), f"{circle.talk}/search?q=बात")


def test_new_groups_let_those_talk_who_look_after_them(circle: Circle) -> None:
    with circle.changing():
        db.session.get_one(Group, circle.grades[3]).talking = "admins"
        made = Group.plant(
            db.session.get_one(Group, circle.school), name="नया", language="hi", picture="pot", colour="mor"
        )
        assert made.talking == "admins"
    assert circle.post("member").status_code == 409
    assert not circle.messages()
    assert circle.browser("member").get(f"{circle.talk}/new").status_code == 404
    assert f"{circle.talk}/new" not in page(circle.browser("member"), circle.talk)
    for part in ("teacher", "english reader"):
        circle.say(part, f"सुनो {part}")
    assert "सुनो teacher" in page(circle.browser("member"), circle.talk)


def test_it_is_chosen_in_the_settings_and_not_taken_over_by_groups_inside(circle: Circle) -> None:
    settings = f"/groups/{circle.grades[3]}/settings"
    browser = circle.browser("teacher")
    assert re.search(r'name="talking" value="everyone" checked', page(browser, settings))
    fields = {"name": "कक्षा", "talking": "admins"}
    assert browser.post(settings, data=fields).status_code == 303
    assert circle.post("member").status_code == 409
    assert not circle.messages()
    assert browser.post(settings, data={**fields, "talking": "everyone"}).status_code == 303
    circle.say("member")
    key = re.findall(r'name="key" value="(\w+)"', page(browser, f"/groups/{circle.grades[3]}/groups/new"))[0]
    made = browser.post(f"/groups/{circle.grades[3]}/groups", data={"name": "अंदर", "key": key})
    with circle.app.app_context():
        assert db.session.get_one(Group, int(made.location.rpartition("/")[2])).talking == "admins"


def test_a_role_above_gives_no_reading(circle: Circle) -> None:
    number = circle.say("member", "हमारी बात")
    head = circle.browser("head")
    for path in (circle.talk, f"{circle.talk}/new", f"/messages/{number}"):
        assert head.get(path).status_code == 404, path
    for path in (f"{circle.talk}/reading", f"/messages/{number}/removal", f"/messages/{number}/reaction"):
        assert head.post(path, data={"picture": "heart", "upto": "1"}).status_code == 404, path
    assert circle.post("head").status_code == 404
    assert "/talk" not in page(head, f"/groups/{circle.grades[3]}")


def test_who_left_is_muted_or_whose_group_rests_says_nothing(circle: Circle) -> None:
    number = circle.say("member")
    person = circle.people["member"]
    held = [one.id for one in circle.memberships("member") if one.group_id == circle.grades[3]]
    teacher = circle.browser("teacher")
    muting = {"deed": "mute", "reason": "hurts", "for": "day"}
    answer = teacher.post(f"/memberships/{held[0]}/measures", data=muting)
    assert answer.status_code == 303, answer.status
    refused = circle.post("member", "और")
    assert refused.status_code == 403
    assert "/measures/" in page(circle.browser("member"), circle.talk)
    with circle.changing():
        db.session.execute(sa.update(Person).where(Person.id == person).values(silenced_until=None))
    circle.archive(circle.grades[3])
    assert circle.post("member", "और").status_code == 409
    assert [one.id for one in circle.messages()] == [number]
    assert circle.browser("member").get(circle.talk).status_code == 200, "what was said stays to be read"
    with circle.changing():
        db.session.execute(sa.delete(Membership).where(Membership.id.in_(held)))
    for path in (circle.talk, f"/messages/{number}"):
        assert circle.browser("member").get(path).status_code == 404
    assert circle.post("member", "और").status_code == 404


@pytest.mark.parametrize(
    ("rests", "why"),
    [(False, "Here those talk who look after the group."), (True, "This group rests. Nothing new comes here.")],
)
def test_closed_while_she_writes_her_words_and_her_voice_come_back_with_why(
    circle: Circle, rests: bool, why: str
) -> None:
    circle.newcomer("second reader", circle.grades[3])
    came = circle.say("second reader", "sent before", key="a-key-of-a-phone")
    if rests:
        circle.archive(circle.grades[3])
    with circle.changing():
        db.session.get_one(Group, circle.grades[3]).talking = "admins"
    answer = circle.post("second reader", "ten lines of hers", voice=(BytesIO(wav(speech(2))), "a.wav"))
    assert answer.status_code == 409
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ten lines of hers" in answer.text
    assert why in answer.text
    assert 'name="voice_key"' in answer.text
    again = circle.post("second reader", "sent before", key="a-key-of-a-phone")
    assert (again.status_code, again.location) == (303, f"{circle.talk}#m{came}"), (
        "its answer was lost, and it was sent"
    )
    assert [one.id for one in circle.messages()] == [came]


def test_new_is_what_others_said_since_and_is_counted(circle: Circle) -> None:
    circle.many("member", 12)
    room = f"/groups/{circle.grades[3]}"
    assert "12 new" in page(circle.browser("english reader"), room)
    assert "12 new" not in page(circle.browser("member"), room), "one's own are never new"
    reader = circle.browser("english reader")
    read = page(reader, circle.talk)
    assert "12 new" in read
    assert read.index('id="new"') < read.index("बात 1<")
    upto = re.findall(r'name="upto" value="(\d+)"', read)[0]
    assert "data-heard" in read
    assert reader.post(f"{circle.talk}/reading", data={"upto": upto}).status_code == 303
    assert (
        reader.post(f"{circle.talk}/reading", data={"upto": "1"}, headers={"Sec-Fetch-Dest": "empty"}).status_code
        == 204
    )
    assert "12 new" not in page(reader, circle.talk)
    circle.many("member", 1, first=13)
    read = page(reader, circle.talk)
    assert "1 new" in read
    assert read.index("बात 12<") < read.index('id="new"') < read.index("बात 13<")


def test_nobody_reads_further_than_there_is(circle: Circle) -> None:
    circle.many("member", 3)
    circle.browser("parent").post(f"{circle.talk}/reading", data={"upto": "999999999"})
    circle.many("member", 1, first=4)
    assert "1 नई बात" in page(circle.browser("parent"), circle.talk)


def test_whoever_comes_in_finds_nothing_new(circle: Circle) -> None:
    circle.many("member", 5)
    browser = circle.newcomer("Asha", circle.grades[3])
    read = page(browser, circle.talk)
    assert "बात 5" in read
    assert 'id="new"' not in read
    with circle.changing():
        db.session.execute(sa.delete(Membership).where(Membership.person_id == circle.people["Asha"]))
    circle.many("member", 3, first=6)
    circle.join("Asha", circle.grades[3])
    assert 'id="new"' not in page(browser, circle.talk), "she came back"
    circle.many("member", 1, first=9)
    assert 'id="new"' in page(browser, circle.talk)


def test_who_comes_once_more_for_a_child_has_read_nothing_by_it(circle: Circle) -> None:
    circle.many("member", 12)
    circle.again("parent")
    assert len([one for one in circle.memberships("parent") if one.group_id == circle.grades[3]]) == 2
    read = page(circle.browser("parent"), circle.talk)
    assert "12 नई बातें" in read
    assert 'id="new"' in read


def test_pages_of_twenty_stay_as_they_are(circle: Circle) -> None:
    numbers = circle.many("member", 45)
    reader = circle.browser("parent")
    newest = page(reader, circle.talk)
    assert drawn(newest) == numbers[25:]
    before = re.findall(r"talk\?before=(\d+)", newest)
    assert "#new" in newest
    middle = page(reader, f"{circle.talk}?before=26")
    assert drawn(middle) == numbers[5:25]
    assert drawn(page(reader, f"{circle.talk}?before=6")) == numbers[:5]
    assert "26" in before
    circle.many("teacher", 7, first=100)
    assert drawn(page(reader, f"{circle.talk}?before=26")) == numbers[5:25]
    assert drawn(page(reader, f"{circle.talk}?before=46")) == numbers[25:]
    for nonsense in ("x", "-3", "0", "9" * 15):
        assert reader.get(f"{circle.talk}?before={nonsense}").status_code == 200


def test_the_jump_leads_to_the_first_new_one(circle: Circle) -> None:
    numbers = circle.many("member", 60)
    reader = circle.browser("parent")
    with circle.changing():
        TalkMark.read(circle.person("parent"), db.session.get_one(Group, circle.grades[3]), 10)
    newest = page(reader, circle.talk)
    assert "data-heard" not in newest, "what is between was not looked at"
    [jump] = re.findall(r'class="btn" href="([^"]+)#new"', newest)
    there = page(reader, jump)
    assert drawn(there)[0] == numbers[10]
    assert there.index('id="new"') < there.index(f'id="m{numbers[10]}"')


def test_replies_hang_one_level_deep(circle: Circle) -> None:
    first = circle.say("member", "सवाल")
    reply = circle.say("parent", "जवाब", to=str(first))
    deeper = circle.say("member", "और जवाब", to=str(reply))
    assert circle.message(deeper).parent_id == first
    read = page(circle.browser("teacher"), circle.talk)
    assert drawn(read) == [first, reply, deeper]
    assert "2 जवाब" in read
    assert "जवाब" in page(circle.browser("teacher"), f"{circle.talk}/new?to={reply}")
    with circle.changing():
        other = Message.say(
            db.session.get_one(Group, circle.grades[4]), circle.person("head"), key="another-key", text="x", why=[]
        )
        number = other.id
    assert circle.post("member", "x", to=str(number)).status_code == 404


def test_an_old_thread_stands_where_it_was_answered(circle: Circle) -> None:
    numbers = circle.many("member", 30)
    reply = circle.say("parent", "देर से", to=str(numbers[0]))
    shown = drawn(page(circle.browser("teacher"), circle.talk))
    assert shown[-2:] == [numbers[0], reply]
    whole = page(circle.browser("teacher"), f"/messages/{numbers[0]}")
    assert drawn(whole) == [numbers[0], reply]


def test_many_replies_are_counted_and_have_a_page_of_their_own(circle: Circle) -> None:
    first = circle.say("member", "सवाल")
    with circle.changing():
        head, person = db.session.get_one(Message, first), circle.person("parent")
        for number in range(45):
            Message.say(head.group, person, key=f"reply-number-{number}", text=f"हाँ {number}", parent=head, why=[])
    read = page(circle.browser("teacher"), circle.talk)
    assert "45 जवाब" in read
    assert len(drawn(read)) == 21
    whole = page(circle.browser("teacher"), f"/messages/{first}")
    assert "हाँ 44" in whole
    [before] = re.findall(rf"/messages/{first}\?before=(\d+)", whole)
    assert "हाँ 24" in page(circle.browser("teacher"), f"/messages/{first}?before={before}")


def test_whom_i_blocked_i_do_not_read(circle: Circle) -> None:
    circle.say("member", "चुप")
    circle.say("teacher", "सुनो")
    with circle.changing():
        Block.put(circle.person("parent"), circle.person("member"))
    read = page(circle.browser("parent"), circle.talk)
    assert "चुप" not in read
    assert "सुनो" in read
    assert "1 नई बात" in read
    assert "चुप" in page(circle.browser("english reader"), circle.talk)


def test_what_is_said_to_whom_i_blocked_is_neither_shown_nor_counted_nor_rung(circle: Circle) -> None:
    first, other = circle.say("member", "चुप"), circle.say("english reader", "बोलो")
    circle.say("teacher", "उसको जवाब", to=str(first))
    circle.say("member", "चुपके से", to=str(other))
    heard = circle.say("teacher", "सबको", to=str(other))
    with circle.changing():
        Block.put(circle.person("parent"), circle.person("member"))
    reader = circle.browser("parent")
    read = page(reader, circle.talk)
    assert drawn(read) == [other, heard]
    assert "2 नई बातें" in read
    assert "1 जवाब" in read
    assert "1 जवाब" in page(circle.browser("member"), circle.talk), "under what she began"
    assert "2 नई बातें" in page(reader, "/")
    assert "2 नई बातें" in page(reader, f"/groups/{circle.grades[3]}")
    reader.post(f"{circle.talk}/reading", data={"upto": "2"})
    with circle.changing():
        assert unread(circle.person("parent"), circle.grades[3], 2) == 1
    whole = page(reader, f"/messages/{other}")
    assert drawn(whole) == [other, heard]


def test_a_flood_is_stopped_and_told_for_how_long(circle: Circle) -> None:
    browser = circle.browser("member")
    with time_machine.travel(now().replace(minute=40, second=0), tick=False):
        for number in range(20):
            assert circle.post(browser, f"बात {number}").status_code == 303
        answer = circle.post(browser, "एक और")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1200"
        assert "20 मिनट" in answer.text
        assert "एक और" in answer.text
        circle.say("parent", "मैं")
    with time_machine.travel(now().replace(minute=40) + timedelta(hours=1), tick=False):
        circle.say("member", "एक और")


@pytest.mark.parametrize("text", ["x\n" * 4000, "", " \u200b "])
def test_what_is_no_message_is_refused_in_words_and_kept(circle: Circle, text: str) -> None:
    answer = circle.post("member", text)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert answer.text.count("x\n") >= (3999 if text.startswith("x") else 0)
    assert circle.messages() == []


def test_the_newest_announcement_stands_on_top(circle: Circle) -> None:
    circle.say("member", "बात")
    number = circle.release("teacher", "छुट्टी", group=circle.grades[3])
    read = page(circle.browser("parent"), circle.talk)
    assert f'href="/announcements/{number}"' in read
    assert read.index("छुट्टी") < read.index("बात<")


def test_numbers_are_taken_in_the_order_of_commits(circle: Circle) -> None:
    circle.many("member", 3)
    with circle.app.app_context():
        assert db.session.scalars(sa.select(Message.seq).order_by(Message.id)).all() == [1, 2, 3]
        assert TalkCounter.now_at(circle.grades[3]) == 3
