"""What a group asks at its door: put up, answered whole or refused with all that was written, erased when it is over."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from community.audit.models import AuditEntry
from community.database import db, now, writing
from community.erasure.retention import AT_DOORS, tidy
from community.groups.bans import Ban
from community.groups.leaving import left
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.invitations.doorway import LONGEST, DoorAnswer, DoorQuestion
from community.invitations.models import Invitation
from community.invitations.replies import HOURLY
from community.invitations.requests import JoinRequest
from community.media.disposal import NAMED_AGAIN
from community.media.models import Voice
from community.people.models import Child, Person
from tests.conftest import HEADERS, Browser, Stage
from tests.media.speech import speech, wav
from tests.promises import keep_all

WHY = "आप क्यों आना चाहते हैं?"
WHOSE = "आपका बच्चा किस कक्षा में है?"


def put(stage: Stage, text: str, *pictures: str, group: int | None = None) -> int:
    with stage.app.app_context(), writing():
        place = db.session.get_one(Group, group or stage.grades[3])
        head = db.session.get_one(Person, stage.people["head"])
        made = DoorQuestion.put(place, head, f"key-{text}", text, pictures)
        db.session.commit()
        return made.id


def wish(stage: Stage, part: str = "parent") -> int | None:
    with stage.app.app_context():
        mine = (JoinRequest.person_id == stage.people[part], JoinRequest.answer.is_(None))
        return db.session.scalar(sa.select(JoinRequest.id).where(*mine))


def answers(stage: Stage) -> list[tuple[str, str]]:
    with stage.app.app_context():
        rows = db.session.execute(sa.select(DoorAnswer.picture, DoorAnswer.text).order_by(DoorAnswer.question_id))
        return [(picture, text) for picture, text in rows]


def voices(stage: Stage) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Voice.id))) or 0


def ask(stage: Stage, phone: Browser | None = None, **fields: str) -> TestResponse:
    phone = phone or stage.browser("parent")
    return phone.post(f"/groups/{stage.grades[3]}/membership", data=fields)


def door(stage: Stage, phone: Browser) -> str:
    return str(phone.get(f"/groups/{stage.grades[3]}").text)


def test_questions_stand_at_the_door_and_go_with_the_wish_to_who_lets_in(stage: Stage) -> None:
    why, whose = put(stage, WHY), put(stage, WHOSE, "n2", "n3", "n4")
    phone = stage.browser("parent")
    page = door(stage, phone)
    assert WHY in page
    assert len(re.findall(rf'name="door_{whose}" value="(n\d)"', page)) == 3
    answer = ask(stage, phone, **{f"door_{why}": "<b>मेरी बेटी</b>", f"door_{whose}": "n3"})
    assert answer.status_code == 303
    assert answers(stage) == [("", "<b>मेरी बेटी</b>"), ("n3", "")]
    seen = stage.browser("teacher").get(f"/requests/{wish(stage)}").text
    assert WHY in seen
    assert "&lt;b&gt;मेरी बेटी&lt;/b&gt;" in seen
    for part in ("member", "english reader"):
        assert stage.browser(part).get(f"/requests/{wish(stage)}").status_code == 404
        assert "मेरी बेटी" not in stage.browser(part).get(f"/groups/{stage.grades[3]}").text


def test_nothing_waits_until_all_is_answered_and_nothing_written_is_lost(stage: Stage) -> None:
    why, whose = put(stage, WHY), put(stage, WHOSE, "n2", "n3")
    refused = ask(stage, **{"door_asked": f"{why}.{whose}", f"door_{why}": "मेरी बेटी", f"door_{whose}": "n9"})
    assert refused.status_code == 422
    assert 'value="मेरी बेटी"' in refused.text
    assert "wrong" in refused.text
    assert (wish(stage), answers(stage)) == (None, [])
    long = ask(stage, **{f"door_{why}": "क" * (LONGEST + 1), f"door_{whose}": "n2"})
    assert long.status_code == 422
    assert wish(stage) is None


def test_a_bare_wish_is_led_to_the_questions_and_brings_its_child_along_once(stage: Stage) -> None:
    why = put(stage, WHY)
    phone = stage.browser("parent")
    before = children(stage)
    page = ask(stage, phone, child_picture="cat", nickname="Munni")
    assert page.status_code == 422
    assert 'class="wrong"' not in page.text
    assert children(stage) == before
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert (hidden["child_picture"], hidden["nickname"]) == ("cat", "Munni")
    assert ask(stage, phone, **hidden, **{f"door_{why}": "हाँ"}).status_code == 303
    assert children(stage) == before + 1


def children(stage: Stage) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Child.id))) or 0


def test_a_question_that_changed_meanwhile_is_asked_anew(stage: Stage) -> None:
    why = put(stage, WHY)
    old = {"door_asked": str(why), f"door_{why}": "मेरी बेटी"}
    stage.browser("head").post(f"/groups/{stage.grades[3]}/door/{why}/removal")
    new = put(stage, WHOSE, "n2", "n3")
    refused = ask(stage, **old)
    assert refused.status_code == 422
    assert WHOSE in refused.text
    assert "repeat" in refused.text
    assert ask(stage, **old, **{f"door_{new}": "n2"}).status_code == 303
    assert answers(stage) == [("n2", "")]


def test_twice_is_once(stage: Stage) -> None:
    why = put(stage, WHY)
    for words in ("एक", "दो"):
        assert ask(stage, **{f"door_{why}": words}).status_code == 303
    assert answers(stage) == [("", "एक")]


def say(stage: Stage, why: int, phone: Browser | None = None, sound: bytes | None = None, **more: str) -> TestResponse:
    file = (io.BytesIO(wav(speech(1)) if sound is None else sound), "answer.wav")
    data = {"door_voice_1": file, "door_voice_1_for": str(why), "door_asked": str(why), **more}
    phone = phone or stage.browser("parent")
    return phone.post(f"/groups/{stage.grades[3]}/membership", data=data, content_type="multipart/form-data")


def test_a_voice_answers_and_one_that_is_none_is_refused(stage: Stage) -> None:
    why = put(stage, WHY)
    none = say(stage, why, sound=b"no voice", **{f"door_{why}": "लिखा"})
    assert none.status_code == 422
    assert 'value="लिखा"' in none.text
    assert say(stage, why).status_code == 303
    assert voices(stage) == 1
    assert "/voices/" in stage.browser("teacher").get(f"/requests/{wish(stage)}").text


def test_a_voice_is_kept_while_something_else_is_missing(stage: Stage) -> None:
    why, whose = put(stage, WHY), put(stage, WHOSE, "n2", "n3")
    phone = stage.browser("parent")
    page = say(stage, why, phone)
    [key] = re.findall(r'name="door_voice_1_key" value="([^"]+)"', page.text)
    again = {"door_voice_1_key": key, "door_voice_1_for": str(why), f"door_{whose}": "n2"}
    assert ask(stage, phone, **again).status_code == 303
    with stage.app.app_context():
        heard = db.session.scalars(sa.select(DoorAnswer.voice_id).order_by(DoorAnswer.question_id)).all()
    assert [one is not None for one in heard] == [True, False]


def test_what_a_second_tap_brings_is_no_second_copy(stage: Stage) -> None:
    why = put(stage, WHY)
    for _tap in range(2):
        assert say(stage, why).status_code == 303
    assert voices(stage) == 1
    refuse(stage, wish(stage) or 0)
    erased(stage)


def test_what_a_member_says_at_the_door_again_is_not_kept(stage: Stage) -> None:
    why, code = put(stage, WHY), invited(stage)
    with stage.app.app_context(), writing():
        admit(db.session.get_one(Group, stage.grades[3]), db.session.get_one(Person, stage.people["parent"]))
        db.session.commit()
    file = (io.BytesIO(wav(speech(1))), "answer.wav")
    data = {"door_voice_1": file, "door_voice_1_for": str(why), "door_asked": str(why)}
    answer = stage.browser("parent").post(f"/j/{code}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    erased(stage)


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_try_that_is_not_finished_is_forgotten_within_a_day(stage: Stage, *, goes_on: bool) -> None:
    why, whose = put(stage, WHY), put(stage, WHOSE, "n2", "n3")
    phone = stage.browser("parent")
    [key] = re.findall(r'name="door_voice_1_key" value="([^"]+)"', say(stage, why, phone).text)
    again = {"door_voice_1_key": key, "door_voice_1_for": str(why), f"door_{whose}": "n2"}
    if goes_on:
        assert ask(stage, phone, **again).status_code == 303
    for later, many in ((-timedelta(minutes=1), 1), (timedelta(minutes=1), int(goes_on))):
        with time_machine.travel(now() + NAMED_AGAIN + later), stage.app.app_context():
            keep_all()
        assert voices(stage) == many
    if goes_on:
        refuse(stage, wish(stage) or 0)
    erased(stage)


def erased(stage: Stage) -> None:
    """Neither row nor voice nor file is there, nor a word in the log of deeds."""
    assert answers(stage) == []
    assert voices(stage) == 0
    with stage.app.app_context():
        keep_all()
        assert not list(Path(stage.app.config["MEDIA"]).rglob("*.ogg"))
        deeds = db.session.scalars(sa.select(AuditEntry.details)).all()
    assert "मेरी" not in str(deeds)


def refuse(stage: Stage, number: int) -> None:
    stage.browser("teacher").post(f"/requests/{number}/refusal")


def withdraw(stage: Stage, number: int) -> None:
    stage.browser("parent").post(f"/requests/{number}/withdrawal")


def ban(stage: Stage, _number: int) -> None:
    """The door of the whole school is closed to her."""
    with stage.app.test_request_context(), writing():
        school = db.session.get_one(Group, stage.school)
        Ban.put(school, *(db.session.get_one(Person, stage.people[part]) for part in ("parent", "head")))
        db.session.commit()


def come_in(stage: Stage, _number: int) -> None:
    """By another way than her wish: as who is given a role, or taken in with a branch."""
    with stage.app.test_request_context(), writing():
        grade, parent = db.session.get_one(Group, stage.grades[3]), db.session.get_one(Person, stage.people["parent"])
        admit(grade, parent)
        db.session.commit()


def go(stage: Stage, _number: int) -> None:
    """She leaves the whole school, and her wish with it."""
    with stage.app.test_request_context(), writing():
        left.send(db.session.get_one(Person, stage.people["parent"]), quiet=[db.session.get_one(Group, stage.school)])
        db.session.commit()


@pytest.mark.parametrize("end", [refuse, withdraw, go, ban, come_in])
def test_answers_are_erased_with_the_wish(stage: Stage, end: Callable[[Stage, int], None]) -> None:
    why = put(stage, WHY)
    say(stage, why, **{f"door_{why}": "मेरी बेटी"})
    number = wish(stage)
    assert number
    assert voices(stage) == 1
    end(stage, number)
    assert wish(stage) is None
    erased(stage)


def test_who_comes_in_for_herself_still_asks_for_her_child(stage: Stage) -> None:
    why = put(stage, WHY)
    ask(stage, child_picture="cat", nickname="Munni", **{f"door_{why}": "मेरी बेटी"})
    number = wish(stage)
    assert number
    come_in(stage, number)
    assert wish(stage) == number
    assert answers(stage) == [("", "मेरी बेटी")]


def night(stage: Stage, later: timedelta) -> None:
    """What goes by itself so much later, and what is promised with it."""
    with time_machine.travel(now() + later), stage.app.app_context():
        with writing():
            tidy()
            db.session.commit()
        keep_all()


def test_what_nobody_decides_goes_after_thirty_days_and_the_wish_waits_on(stage: Stage) -> None:
    why = put(stage, WHY)
    say(stage, why, **{f"door_{why}": "मेरी बेटी"})
    number = wish(stage)
    for days, many in ((-1, 1), (1, 0)):
        night(stage, AT_DOORS + timedelta(days=days))
        assert len(answers(stage)) == many
        assert (f'href="/requests/{number}"' in stage.browser("teacher").get("/").text) == bool(many)
    assert wish(stage) == number
    erased(stage)


def test_a_refusal_that_is_undone_brings_no_answers_back(stage: Stage) -> None:
    why = put(stage, WHY)
    ask(stage, **{f"door_{why}": "मेरी बेटी"})
    number = wish(stage)
    assert number
    refuse(stage, number)
    stage.browser("teacher").post(f"/requests/{number}/undo")
    assert wish(stage) == number
    assert answers(stage) == []


def test_once_she_is_in_they_go_after_thirty_days(stage: Stage) -> None:
    why = put(stage, WHY)
    say(stage, why, **{f"door_{why}": "मेरी बेटी"})
    stage.browser("teacher").post(f"/requests/{wish(stage)}/approval")
    assert answers(stage) == [("", "मेरी बेटी")]
    for days, many in ((-1, 1), (1, 0)):
        night(stage, AT_DOORS + timedelta(days=days))
        assert len(answers(stage)) == many
    erased(stage)


def invited(stage: Stage, *, spoken: bool = False) -> str:
    with stage.app.app_context(), writing():
        teacher, group = db.session.get_one(Person, stage.people["teacher"]), db.session.get_one(Group, stage.grades[3])
        made = Invitation.make(group, teacher, spoken=spoken)
        db.session.commit()
        return made.code


def test_an_invitation_asks_too_and_a_newcomer_is_one_person(stage: Stage) -> None:
    why = put(stage, WHY)
    code, phone = invited(stage), stage.app.test_client()
    page = phone.get(f"/j/{code}").text
    assert WHY in page
    assert "door_voice_1" not in page, "a stranger's recordings are not taken"
    before = people(stage)
    assert phone.post(f"/j/{code}", headers=HEADERS).status_code == 422
    assert phone.post(f"/j/{code}", headers=HEADERS, data={f"door_{why}": "हाँ"}).status_code == 303
    assert people(stage) == before + 1
    assert answers(stage) == [("", "हाँ")]


def people(stage: Stage) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Person.id))) or 0


def test_a_strangers_voice_is_not_even_looked_at(stage: Stage) -> None:
    why, phone = put(stage, WHY), stage.app.test_client()
    file = (io.BytesIO(wav(speech(1))), "answer.wav")
    data = {"door_voice_1": file, "door_voice_1_for": str(why), "door_asked": str(why)}
    answer = phone.post(f"/j/{invited(stage)}", headers=HEADERS, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert voices(stage) == 0


def test_digits_lead_to_the_questions_too(stage: Stage) -> None:
    why = put(stage, WHY)
    code, phone = invited(stage, spoken=True), stage.app.test_client()
    page = phone.post("/code", data={"code": code}, headers=HEADERS)
    assert page.status_code == 422
    assert f'name="code" value="{code}"' in page.text
    assert phone.post("/code", data={"code": code, f"door_{why}": "हाँ"}, headers=HEADERS).status_code == 303
    assert answers(stage) == [("", "हाँ")]


def test_who_need_not_ask_is_not_asked(stage: Stage) -> None:
    put(stage, WHY, group=stage.grades[21])  # open to anybody with the link
    put(stage, WHY)
    assert stage.browser("parent").post(f"/groups/{stage.grades[21]}/membership").status_code == 303
    assert stage.browser("head").post(f"/groups/{stage.grades[3]}/membership").status_code == 303  # from above


def test_tries_are_counted(stage: Stage) -> None:
    why = put(stage, WHY)
    phone = stage.browser("parent")
    codes = {ask(stage, phone, **{f"door_{why}": ""}).status_code for _time in range(HOURLY)}
    assert codes == {422}
    assert ask(stage, phone, **{f"door_{why}": "हाँ"}).status_code == 429


def keep(stage: Stage, part: str = "teacher", **fields: Any) -> TestResponse:
    asked = {"text": WHY, "kind": "short", "key": "abcdefgh"} | fields
    return stage.browser(part).post(f"/groups/{stage.grades[3]}/door", data=asked)


def questions(stage: Stage) -> list[tuple[str, str]]:
    with stage.app.app_context():
        rows = db.session.execute(sa.select(DoorQuestion.text, DoorQuestion.pictures).order_by(DoorQuestion.id))
        return [(text, pictures) for text, pictures in rows]


def test_a_question_is_put_up_once_and_shown_as_it_will_be_seen(stage: Stage) -> None:
    for _tap in range(2):
        keep(stage, kind="pictures", picture=["n2", "baby", "n2", "no such"])
    assert questions(stage) == [(WHY, "n2 baby")]
    page = stage.browser("teacher").get(f"/groups/{stage.grades[3]}/door").text
    assert f'<b lang="hi" dir="auto">{WHY}</b>' in page


@pytest.mark.parametrize("fields", [
    {"text": " "}, {"text": "क" * (LONGEST + 1)}, {"kind": "pictures", "picture": ["n2"]},
    {"kind": "pictures", "picture": ["n1", "n2", "n3", "n4", "n5"]},
])  # fmt: skip
def test_a_question_that_is_none_comes_back_as_it_was(stage: Stage, fields: dict[str, Any]) -> None:
    page = keep(stage, **fields)
    assert page.status_code == 422
    for name in fields.get("picture", ()):
        assert f'value="{name}" checked' in page.text
    assert questions(stage) == []


def test_three_are_enough(stage: Stage) -> None:
    for number in range(3):
        assert keep(stage, key=f"abcdefgh{number}").status_code == 303
    assert keep(stage, key="abcdefgh2").status_code == 303, "sent again"
    assert keep(stage, key="abcdefgh3").status_code == 422
    assert len(questions(stage)) == 3


@pytest.mark.postgres
def test_three_are_enough_also_of_many_at_once(stage: Stage) -> None:
    put(stage, WHY)
    put(stage, WHOSE)
    phones, together = [stage.browser("teacher") for _one in range(4)], Barrier(4)

    def more(number: int) -> int:
        data = {"key": f"key-of-a-phone-{number}", "text": f"{WHY} {number}", "kind": "short"}
        together.wait()
        return phones[number].post(f"/groups/{stage.grades[3]}/door", data=data).status_code

    with ThreadPoolExecutor(4) as moderators:
        assert sorted(moderators.map(more, range(4))) == [303, 422, 422, 422]
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(DoorQuestion.id))) == 3


def test_what_she_said_at_the_door_stays_on_nobodys_phone(stage: Stage) -> None:
    why = put(stage, WHY)
    say(stage, why, **{f"door_{why}": "मेरी बेटी"})
    with stage.app.app_context():
        key = db.session.scalars(sa.select(Voice.key)).one()
    teacher, address = stage.browser("teacher"), f"/requests/{wish(stage)}"
    for kept in ("/", f"/groups/{stage.grades[3]}"):
        page = teacher.get(kept).text
        assert f'href="{address}"' in page
        assert "मेरी बेटी" not in page
        assert key not in page
    page = teacher.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert "data-kept" not in page.text
    assert set(re.findall(rf'/voices/{key}/voice\.\w+(\S*?)"', page.text)) == {"?passing"}


def test_a_wish_that_is_answered_has_no_page_any_more(stage: Stage) -> None:
    why = put(stage, WHY)
    ask(stage, **{f"door_{why}": "मेरी बेटी"})
    address = f"/requests/{wish(stage)}"
    refuse(stage, wish(stage) or 0)
    gone = stage.browser("teacher").get(address)
    assert (gone.status_code, gone.location) == (303, "/")


def test_who_lost_her_role_keeps_no_door(stage: Stage) -> None:
    for role, code in (("moderator", 303), ("member", 404)):
        with stage.app.app_context(), writing():
            mine = sa.update(Membership).where(Membership.person_id == stage.people["member"])
            db.session.execute(mine.values(role=role))
            db.session.commit()
        assert keep(stage, "member", key=f"key-of-{role}").status_code == code
