"""What is forgotten of questions: with her who asked, and a year after they ended; and where they go when trees part."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now, writing
from community.erasure.erasing import erase
from community.erasure.retention import UNANSWERED, YEAR, tidy
from community.holding.models import Held
from community.media.models import Voice
from community.media.sound import Spoken
from community.outbox.models import Outbox
from community.people.models import Person
from community.questions import forgetting
from community.questions.models import TAKE_BACK, Answer, Question, Step
from tests.promises import keep_all
from tests.questions.conftest import Desk


def spoken(desk: Desk, owner: str) -> Voice:
    said = Voice.keep(Spoken({"voice.ogg": b"OggS"}, 1000), owner_id=desk.people[owner], community_id=desk.school)
    db.session.flush()
    return said


def test_with_her_go_her_words_and_what_only_she_was_answered(desk: Desk) -> None:
    waits, private, shared = desk.ask(text="PLANTED1"), desk.ask(text="PLANTED2"), desk.ask(text="PLANTED3", to="group")
    with desk.changing():
        helper = desk.person("helper")
        db.session.get_one(Question, waits).take(helper)
        for number in (private, shared):
            db.session.get_one(Question, number).answer(helper, key=f"a-key-{number}", text=f"So {number}")
        db.session.get_one(Question, waits).voice = spoken(desk, "parent")
    with desk.changing():
        erase(desk.person("parent"))
    with desk.app.app_context():
        found = db.session.scalars(sa.select(Question)).all()
        assert all(one.ended_at and not one.text and one.voice_id is None for one in found)
        assert db.session.get_one(Question, waits).taken_by is None
        assert db.session.scalars(sa.select(Answer.text).order_by(Answer.id)).all() == ["", f"So {shared}"]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Voice)) == 0


def test_what_she_answered_stays_and_what_she_had_taken_is_others(desk: Desk) -> None:
    answered, taken = desk.ask(), desk.ask(text="And this?")
    with desk.changing():
        helper = desk.person("helper")
        db.session.get_one(Question, answered).answer(helper, key="a-key-of-hers", text="At the gate")
        db.session.get_one(Question, taken).take(helper)
    with desk.changing():
        erase(desk.person("helper"))
    desk.release_all()
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Answer.text)).all() == ["At the gate"]
        found = db.session.get_one(Question, taken)
        assert (found.taken_by, found.desk_id) == (None, desk.grades[3])


def test_of_what_she_only_spoke_it_says_that_it_is_gone(desk: Desk) -> None:
    number = desk.ask()
    with desk.changing():
        said = db.session.get_one(Question, number).answer(desk.person("helper"), key="a-key-of-hers", text="")
        assert said
        said.voice = spoken(desk, "helper")
    assert "This was removed." not in desk.browser("parent").get(f"/questions/{number}").text
    with desk.changing():
        erase(desk.person("helper"))
    shown = desk.browser("parent").get(f"/questions/{number}").text
    assert "/voices/" not in shown
    assert "This was removed." in shown


def test_a_year_after_it_was_over_words_voices_and_steps_go(desk: Desk) -> None:
    over, waits = desk.ask(text="PLANTED"), desk.ask(text="Still open")
    with desk.changing():
        found = db.session.get_one(Question, over)
        found.voice = spoken(desk, "parent")
        found.answer(desk.person("helper"), key="a-key-of-hers", text="At the gate")
    for later, words in ((YEAR - timedelta(days=1), "PLANTED"), (YEAR + timedelta(days=1), "")):
        with time_machine.travel(now() + later, tick=False), desk.app.app_context(), writing():
            tidy()
            tidy()
            db.session.commit()
            found = db.session.get_one(Question, over)
            assert (found.text, bool(found.voice_id)) == (words, bool(words))
    with desk.app.app_context():
        assert db.session.get_one(Question, waits).text == "Still open"
        assert set(db.session.scalars(sa.select(Step.question_id))) == {waits}
        assert db.session.scalars(sa.select(Answer.text)).all() == [""]
        files = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "erase-files")).all()
        assert [len(one.args["files"]) for one in files] == [1]
        assert db.session.get_one(Person, desk.people["parent"]).name


def test_a_large_place_catches_up_in_one_night(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "SOME", 2)
    for number in range(5):
        desk.ask(text=f"PLANTED{number}")
    helps = 3
    with desk.changing():
        parts = {"community_id": desk.school, "group_id": desk.grades[3], "language": "en", "text": "PLANTED"}
        for number in range(helps):
            person = desk.person("parent")
            db.session.add(Question(person=person, key=f"help-{number}", trouble="food", **parts))
            db.session.add(Question(person=person, key=f"over-{number}", trouble="food", ended_at=now(), **parts))
        over = sa.update(Question).where(Question.trouble.is_(None)).values(ended_at=now())
        db.session.execute(over)
    with time_machine.travel(now() + YEAR + timedelta(days=1), tick=False), desk.app.app_context():
        with writing():
            tidy()
            db.session.commit()
        left = db.session.scalar(sa.select(sa.func.count()).where(Question.text != ""))
        db.session.commit()
        assert left == 5 + 2 * helps - 6, "of each kind no more than fit into one commit"
        keep_all()
        assert set(db.session.scalars(sa.select(Question.text))) == {""}
        assert all(db.session.scalars(sa.select(Question.ended_at)))


def test_what_nobody_takes_for_two_months_is_closed_and_she_is_told(desk: Desk) -> None:
    waits, taken, newer = desk.ask(text="PLANTED"), desk.ask(text="And this?"), desk.ask(text="And that?")
    asked = now()
    with time_machine.travel(asked + UNANSWERED - timedelta(days=1)):
        with desk.changing():
            assert db.session.get_one(Question, taken).take(desk.person("helper"))
            db.session.get_one(Question, newer).hear(desk.person("helper"))
            tidy()
        assert desk.question(waits).is_open
    with time_machine.travel(asked + UNANSWERED + timedelta(days=1)):
        for _night in range(2):
            with desk.changing():
                db.session.get_one(Question, taken).taken_at = now()
                tidy()
        assert [desk.question(one).is_open for one in (waits, taken, newer)] == [False, True, True]
        assert desk.steps(waits) == ["sent", "closed"]
        with desk.app.app_context():
            rings = db.session.scalars(sa.select(Outbox.args).where(Outbox.kind == "call-answered")).all()
            assert rings == [{"question_id": waits, "answer_id": None}]
        phone = desk.browser("parent")
        assert f"/questions/{waits}" in phone.get("/").text
        page = phone.get(f"/questions/{waits}").text
        assert "This question was closed without an answer." in page
        assert "This did not help" in page
        assert f"/questions/{waits}" not in desk.browser("helper").get("/questions").text
        assert desk.question(waits).text == "PLANTED", "hers to read for a year"


def test_what_she_took_back_goes_when_it_can_not_be_asked_again(desk: Desk) -> None:
    number, again = desk.ask(text="Ask Asha: 98765 43210", to="group"), desk.ask(text="PLANTED")
    with desk.changing():
        db.session.get_one(Question, number).voice = spoken(desk, "parent")
    for one in (number, again):
        assert desk.post("parent", f"/questions/{one}/withdrawal") == 303
    assert desk.post("parent", f"/questions/{again}/withdrawal/undo") == 303
    for later, words in ((TAKE_BACK - timedelta(minutes=1), "Ask Asha: 98765 43210"), (TAKE_BACK, "")):
        with time_machine.travel(now() + later):
            with desk.app.app_context():
                keep_all()
            assert desk.question(number).text == words
            listed = desk.browser("parent").get("/questions").text
            assert ("Taken back" in listed) == bool(words)
    assert desk.question(again).text == "PLANTED"
    assert desk.how_many(Voice) == 0
    with desk.app.app_context():
        assert set(db.session.scalars(sa.select(Held.text))) == {""}


def test_taken_back_a_second_time_it_can_be_asked_again_as_long_as_the_first(desk: Desk) -> None:
    number = desk.ask(text="PLANTED")
    desk.post("parent", f"/questions/{number}/withdrawal")
    with time_machine.travel(now() + TAKE_BACK / 2):
        desk.post("parent", f"/questions/{number}/withdrawal/undo")
        desk.post("parent", f"/questions/{number}/withdrawal")
    for later, words in ((TAKE_BACK, "PLANTED"), (2 * TAKE_BACK, "")):
        with time_machine.travel(now() + later), desk.app.app_context():
            keep_all()
        assert desk.question(number).text == words


def test_the_copy_that_was_looked_at_goes_with_the_question(desk: Desk) -> None:
    number = desk.ask(text="Ask Asha: 98765 43210", to="group")
    with desk.changing():
        db.session.scalars(sa.select(Held)).one().refuse(desk.person("teacher"), "private")
        db.session.get_one(Question, number).answer(desk.person("helper"), key="a-key-of-hers", text="At the gate")
    with time_machine.travel(now() + YEAR + timedelta(days=1), tick=False), desk.changing():
        tidy()
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Held.text)).all() == [""]


def test_what_was_taken_back_stays_so_after_it_is_forgotten(desk: Desk) -> None:
    back, closed = desk.ask(), desk.ask(text="And this?")
    desk.post("parent", f"/questions/{closed}/withdrawal")
    desk.post("parent", f"/questions/{closed}/withdrawal/undo")
    desk.post("helper", f"/questions/{closed}/taker")
    desk.post("helper", f"/questions/{closed}/closing")
    desk.post("parent", f"/questions/{back}/withdrawal")
    with time_machine.travel(now() + YEAR + timedelta(days=1)):
        for _night in range(2):
            with desk.changing():
                tidy()
        assert (desk.steps(back), desk.steps(closed)) == (["withdrawn"], [])
        page = desk.browser("parent").get(f"/questions/{back}").text
        assert "Taken back" in page
        assert "closed" not in page
        assert desk.status("helper", f"/questions/{back}") == 404


def test_what_is_forgotten_is_not_asked_again(desk: Desk) -> None:
    number = desk.ask()
    with desk.changing():
        db.session.get_one(Question, number).answer(desk.person("helper"), key="a-key-of-hers", text="At the gate")
    with time_machine.travel(now() + YEAR + timedelta(days=1)):
        with desk.changing():
            tidy()
        assert "This did not help" not in desk.browser("parent").get(f"/questions/{number}").text
        assert desk.post("parent", f"/questions/{number}/no-help") == 303
    assert not desk.question(number).is_open


def test_a_file_that_something_else_shows_stays(desk: Desk) -> None:
    over, waits = desk.ask(text="PLANTED"), desk.ask(text="Still open")
    with desk.changing():
        found, other = db.session.get_one(Question, over), db.session.get_one(Question, waits)
        found.voice = other.voice = spoken(desk, "parent")
        found.ended_at = now() - YEAR - timedelta(days=1)
    with desk.changing():
        tidy()
    with desk.app.app_context():
        assert db.session.get_one(Question, waits).voice_id
        assert db.session.get_one(Question, over).voice_id is None
