"""Words of a group's talk are found by their beginnings, newest first, by who may read them and nobody else."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.blocks import Block
from community.talk.finding import PAGE, MessageWord, words_of
from community.talk.models import Message
from tests.announcements.scene import page, statements
from tests.talk.circle import Circle, drawn


def found(circle: Circle, asked: str, part: str = "parent", before: str = "") -> list[int]:
    more = f"&before={before}" if before else ""
    return drawn(page(circle.browser(part), f"{circle.talk}/search?q={asked}{more}"))


def index_of(circle: Circle, number: int) -> set[str]:
    with circle.app.app_context():
        return set(db.session.scalars(sa.select(MessageWord.word).where(MessageWord.message_id == number)))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("कल पानी आएगा", "पानी"), ("कल पानी आएगा", "पा"), ("हिन्दी की किताब", "हिंदी"), ("Vaccination at NINE", "vacc"),
        ("ᱫᱟᱜ ᱦᱤᱡᱩᱜ ᱠᱟᱱᱟ", "ᱫᱟᱜ"), ("کل پانی آئے گا", "پان"), ("நாளை தண்ணீர் வரும்", "தண்"), ("room १२", "12"),
    ],
)  # fmt: skip
def test_words_in_any_script_by_part_of_their_beginning(circle: Circle, said: str, asked: str) -> None:
    number = circle.say("member", said)
    circle.say("member", "और कुछ")
    assert found(circle, asked) == [number]


def test_all_the_words_that_were_asked_for(circle: Circle) -> None:
    both = circle.say("member", "पानी कल सुबह आएगा")
    circle.say("member", "पानी आज आएगा")
    circle.say("member", "कल सुबह खाना")
    assert found(circle, "सुबह पानी") == [both]
    assert found(circle, "सुबह पानी कपड़ा") == []
    assert found(circle, "!?") == []


def test_what_waits_is_removed_or_brought_back_is_found_as_it_is_read(circle: Circle) -> None:
    number = circle.say("member", "नल टूटा है")
    held = circle.say("member", "नल वाले का नंबर 98765 43210")
    member = circle.browser("member")
    assert found(circle, "नल") == [number]
    assert not index_of(circle, held)
    assert member.post(f"/messages/{number}/removal").status_code == 303
    assert found(circle, "नल") == []
    assert not index_of(circle, number)
    assert member.post(f"/messages/{number}/undo").status_code == 303
    assert found(circle, "नल") == [number]
    with circle.changing():
        held_id = db.session.get_one(Message, held).held_id
    assert circle.browser("teacher").post(f"/held/{held_id}/approval").status_code == 303
    assert found(circle, "नल") == [held, number]


def test_only_who_is_in_the_group_looks_there(circle: Circle) -> None:
    circle.say("member", "गुप्त बात")
    path = f"{circle.talk}/search?q=गुप्त"
    answer = circle.browser("head").get(path)  # leads the school, and is not in this group
    assert answer.status_code == 404
    assert "गुप्त" not in answer.text
    with circle.changing():
        theirs = (Membership.person_id == circle.people["parent"], Membership.group_id == circle.grades[3])
        db.session.execute(sa.delete(Membership).where(*theirs))
    assert circle.browser("parent").get(path).status_code == 404


def test_nothing_of_another_group_nor_under_an_announcement(circle: Circle) -> None:
    with circle.changing():
        other = db.session.get_one(Group, circle.grades[2])
        Message.say(other, circle.person("teacher"), key="another-group", text="पानी यहाँ", why=[])
    number = circle.release("teacher", "कल छुट्टी", group=circle.grades[3])
    assert (
        circle.browser("member").post(f"/announcements/{number}/replies", data={"text": "पानी भी"}).status_code == 303
    )
    assert found(circle, "पानी") == []


def test_nothing_of_whom_i_have_blocked(circle: Circle) -> None:
    circle.say("member", "पानी गंदा")
    own = circle.say("teacher", "पानी साफ़")
    with circle.changing():
        Block.put(circle.person("parent"), circle.person("member"))
    assert found(circle, "पानी") == [own]


def test_what_talk_hides_is_not_found(circle: Circle) -> None:
    first = circle.say("member", "चुप")
    circle.say("teacher", "पानी साफ़", to=str(first))
    own = circle.say("teacher", "पानी गंदा")
    assert len(found(circle, "पानी")) == 2
    with circle.changing():
        Block.put(circle.person("parent"), circle.person("member"))
    assert drawn(page(circle.browser("parent"), circle.talk)) == [own]
    assert found(circle, "पानी") == [own]


def test_twenty_and_then_the_older_ones_each_once(circle: Circle) -> None:
    numbers = circle.many("member", PAGE + 7)
    first = page(circle.browser("parent"), f"{circle.talk}/search?q=बात")
    assert drawn(first) == numbers[::-1][:PAGE]
    before = re.findall(r"before=(\d+)", first)[0]
    assert found(circle, "बात", before=before) == numbers[::-1][PAGE:]


def test_rare_among_many_is_still_found(circle: Circle) -> None:
    rare = circle.say("member", "कबूतर बात")
    circle.many("member", 150)
    assert found(circle, "कबूतर बात") == [rare]
    assert found(circle, "बात कबू") == [rare]


def test_it_costs_as_many_questions_among_hundreds_as_among_few(circle: Circle) -> None:
    browser, costs = circle.browser("parent"), []
    circle.many("member", PAGE)
    for _more in range(2):
        with statements(circle.app) as seen:
            page(browser, f"{circle.talk}/search?q=बा")
        costs.append(len(seen))
        circle.many("member", 90)
    assert costs[0] == costs[1]


def test_the_page_is_kept_nowhere(circle: Circle) -> None:
    answer = circle.browser("parent").get(f"{circle.talk}/search?q=x")
    assert answer.headers["Cache-Control"] == "no-store"


def test_words_of_a_message_are_few_and_short() -> None:
    assert words_of("एक एक  दो") == ["एक", "दो"]
    assert max(map(len, words_of("अ" * 500))) <= 40


def test_who_is_erased_is_found_as_long_as_her_words_are_read(circle: Circle) -> None:
    number = circle.say("member", "पुरानी बात")
    with time_machine.travel(now() + timedelta(days=1)):
        circle.browser("member").post(f"/messages/{number}/removal")
        with circle.changing():
            db.session.delete(db.session.get_one(Message, number))
    assert not index_of(circle, number)
