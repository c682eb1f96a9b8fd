"""She asks by one button, sees how far it has come, and says whether it helped; nobody but hers sees it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from community.care.models import Case
from community.database import db, now
from community.groups.leaving import leave
from community.groups.measures import Measure
from community.groups.membership import Membership
from community.groups.models import Group
from community.holding.models import Held
from community.media.disposal import NAMED_AGAIN
from community.media.models import Voice
from community.outbox.models import Outbox
from community.people.models import Person, Session
from community.questions.models import Answer, Question
from tests.announcements.scene import key_in, page
from tests.media.speech import recorded, speech, wav
from tests.questions.conftest import Desk

STRANGERS = ("member", "teacher", "helper", "other")


def test_she_asks_and_only_she_and_the_desk_see_it(desk: Desk) -> None:
    number = desk.ask()
    page = desk.browser("parent").get(f"/questions/{number}")
    assert "Where is the bus?" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    desk.newcomer("classmate", desk.grades[3])
    assert desk.status("helper", f"/questions/{number}") == 200
    assert desk.status("classmate", f"/questions/{number}") == 404
    assert desk.steps(number) == ["sent"]


def test_who_leads_from_further_up_does_not_read_it(desk: Desk) -> None:
    number = desk.ask()
    desk.newcomer("head", desk.school, role="admin")
    desk.newcomer("sister", desk.grades[4], role="admin")
    for part in ("head", "sister"):
        assert desk.status(part, f"/questions/{number}") == 404
        assert desk.post(part, f"/questions/{number}/taker") == 404
        assert "Where is the bus?" not in desk.browser(part).get("/questions").text


def test_asking_twice_with_one_key_asks_once(desk: Desk) -> None:
    browser, address = desk.browser("parent"), f"/groups/{desk.grades[3]}/questions"
    answers = [browser.post(address, data={"key": "a-key-of-a-phone", "text": "Why?"}) for _ in range(2)]
    assert {answer.location for answer in answers} == {answers[0].location}
    assert desk.how_many(Question) == 1


def test_a_refused_form_comes_back_with_all_that_was_written(desk: Desk) -> None:
    address = f"/groups/{desk.grades[3]}/questions"
    data = {"text": "x" * 2001, "to": "group", "known_to": "nobody"}
    answer = desk.browser("parent").post(address, data=data)
    assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    assert 'value="group" checked' in answer.text
    assert 'value="nobody" checked' in answer.text
    assert desk.browser("parent").post(address, data={"text": " "}).status_code == 422
    assert desk.how_many(Question) == 0


def test_a_file_that_is_no_voice_is_refused_and_the_words_stay(desk: Desk) -> None:
    data = {"text": "and words", "voice": (BytesIO(b"not a voice" * 50), "voice.ogg")}
    answer = desk.browser("parent").post(f"/groups/{desk.grades[3]}/questions", data=data)
    assert answer.status_code == 422
    assert "and words" in answer.text
    assert "This file is not a voice" in answer.text
    assert (desk.how_many(Question), desk.how_many(Voice)) == (0, 0)


def test_a_voice_of_a_form_that_was_never_sent_again_goes_within_a_day(desk: Desk) -> None:
    answered = desk.ask()
    for part, address in (
        ("parent", f"/groups/{desk.grades[3]}/questions"),
        ("helper", f"/questions/{answered}/answers"),
    ):
        data = {"text": "word " * 1000, "voice": (BytesIO(wav(speech(1))), "voice.wav")}
        refused = desk.browser(part).post(address, data=data)
        assert refused.status_code == 422
        assert 'name="voice_key"' in refused.text
    assert desk.how_many(Voice) == 2
    with time_machine.travel(now() + NAMED_AGAIN + timedelta(minutes=1)):
        desk.release_all()
    assert desk.how_many(Voice) == 0


def test_the_bar_leads_to_asking_and_where_she_is_in_one_group_straight_to_its_form(desk: Desk) -> None:
    one = desk.newcomer("only here", desk.grades[3])
    assert 'href="/ask"' in one.get("/").text
    assert one.get("/ask").location == f"/groups/{desk.grades[3]}/questions/new"
    two = desk.newcomer("in two", desk.grades[3], desk.grades[4])
    page = two.get("/ask").text
    assert f'href="/groups/{desk.grades[4]}/questions/new"' in page
    assert f'href="/groups/{desk.grades[3]}/questions/new"' in one.get(f"/groups/{desk.grades[3]}").text


def test_whoever_may_not_write_may_not_ask(desk: Desk) -> None:
    address = f"/groups/{desk.grades[3]}/questions"
    desk.newcomer("outsider", desk.grades[4])
    assert desk.post("outsider", address, text="Why?") == 404
    with desk.changing():
        group, until = db.session.get_one(Group, desk.grades[3]), now() + timedelta(days=1)
        Measure.take("mute", group, desk.person("parent"), desk.person("teacher"), reason="much", until=until)
    assert desk.post("parent", address, text="Why?") == 403
    desk.archive(desk.grades[3])
    assert desk.post("helper", address, text="Why?") == 404
    assert desk.how_many(Question) == 0


def test_unnamed_to_the_group_is_named_to_who_answers_only_where_she_says_so(desk: Desk) -> None:
    desk.set(Person, desk.people["parent"], name="Zubeida")
    for known_to, seen in (("all", (True, True)), ("responders", (True, False)), ("nobody", (False, False))):
        number = desk.ask(text=f"known to {known_to}", to="group", known_to=known_to)
        desk.newcomer(f"classmate {known_to}", desk.grades[3])
        pages = [desk.browser(part).get(f"/questions/{number}").text for part in ("helper", f"classmate {known_to}")]
        assert tuple("Zubeida" in page for page in pages) == seen, known_to
        assert "Zubeida" not in desk.browser("helper").get("/questions").text


def test_the_group_sees_what_is_shared_with_the_answers_and_without_the_steps(desk: Desk) -> None:
    shared, quiet = desk.ask(text="For all", to="group"), desk.ask(text="For few")
    assert desk.post("helper", f"/questions/{shared}/answers", text="At six") == 303
    mate = desk.newcomer("mate", desk.grades[3])
    page = mate.get(f"/groups/{desk.grades[3]}/questions").text
    assert "For all" in page
    assert "For few" not in page
    one = mate.get(f"/questions/{shared}").text
    assert "At six" in one
    assert "What happened so far" not in one
    assert mate.get(f"/questions/{quiet}").status_code == 404
    assert desk.post("parent", f"/questions/{quiet}/withdrawal") == 303


def test_what_gives_somebody_away_waits_before_the_group_sees_it_and_not_before_who_answers(desk: Desk) -> None:
    number = desk.ask(text="Call me at 9876543210", to="group")
    desk.newcomer("mate", desk.grades[3])
    assert desk.status("mate", f"/questions/{number}") == 404
    assert desk.status("helper", f"/questions/{number}") == 200
    with desk.app.app_context():
        held = db.session.scalars(sa.select(Held).where(Held.kind == "question")).one()
    assert desk.post("teacher", f"/held/{held.id}/approval") == 303
    assert desk.status("mate", f"/questions/{number}") == 200


def png() -> BytesIO:
    stream = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(stream, "PNG")
    stream.seek(0)
    return stream


def test_who_looks_hears_and_sees_all_of_it_and_refused_she_asks_in_another_way(desk: Desk) -> None:
    voice = (BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm")
    number = desk.ask(text="9876543210", to="group", voice=voice, photo=(png(), "a.png"))
    place = f"/groups/{desk.grades[3]}/held"
    looks = desk.browser("teacher").get(place).text
    assert desk.question(number).held_id
    with desk.app.app_context():
        found = db.session.get_one(Question, number)
        assert found.voice
        assert found.photo
        assert [one.key in looks for one in (found.voice, found.photo)] == [True, True]
    saving = desk.browser("teacher").get(place, headers={"Save-Data": "on"}).text
    assert f'href="{place}?photo=1"' in saving, "one photo by one tap, without JavaScript"
    assert desk.post("teacher", f"/held/{desk.question(number).held_id}/refusal", reason="private") == 303
    with desk.app.app_context():
        held = db.session.scalars(sa.select(Held).where(Held.kind == "question")).one()
    again = f"/groups/{desk.grades[3]}/questions/new"
    assert f'href="{again}"' in desk.browser("parent").get(f"/held/{held.id}").text
    assert desk.status("parent", again) == 200


def test_what_is_spoken_alone_waits_with_its_voice_and_what_is_taken_back_shows_none(desk: Desk) -> None:
    desk.set(Group, desk.grades[3], looks_at_new=True)
    voice = (BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm")
    number, place = desk.ask(text="", to="group", voice=voice), f"/groups/{desk.grades[3]}/held"
    assert desk.question(number).held_id
    assert "/voices/" in desk.browser("teacher").get(place).text
    assert "/voices/" in desk.browser("teacher").get("/").text
    assert desk.post("parent", f"/questions/{number}/withdrawal") == 303
    assert "/voices/" not in desk.browser("teacher").get(place).text


def test_who_looks_hears_no_more_what_was_closed_meanwhile(desk: Desk) -> None:
    desk.set(Group, desk.grades[3], looks_at_new=True)
    voice = (BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm")
    number, place = desk.ask(text="", to="group", voice=voice), f"/groups/{desk.grades[3]}/held"
    assert "/voices/" in desk.browser("teacher").get(place).text
    for deed in ("taker", "closing"):
        assert desk.post("helper", f"/questions/{number}/{deed}") == 303
    assert "/voices/" not in desk.browser("teacher").get(place).text


UNNAMED = "responders", "nobody"


@pytest.mark.parametrize("known_to", UNNAMED)
def test_who_asks_unnamed_is_unnamed_to_who_looks_removes_and_decides(desk: Desk, known_to: str) -> None:
    """Her name and her picture: no other of this school has it."""
    with desk.changing():
        desk.person("parent").name, desk.person("parent").picture = "Kamala Devi", "bangle"
    number = desk.ask(text="Call me at 9876543210", to="group", known_to=known_to)
    waits = [desk.browser("teacher").get(place).text for place in (f"/groups/{desk.grades[3]}/held", "/")]
    assert ["9876543210" in waits[0], f"/groups/{desk.grades[3]}/held" in waits[1]] == [True, True]
    with desk.app.app_context():
        held = db.session.scalars(sa.select(Held).where(Held.kind == "question")).one()
    assert desk.post("teacher", f"/held/{held.id}/approval") == 303
    assert desk.post("helper", f"/report/question/{number}", reason="hurts") == 303
    with desk.app.app_context():
        case = db.session.scalars(sa.select(Case).where(Case.what == "question")).one()
        assert case.accused_id is None
    reported = [desk.browser("teacher").get(place).text for place in (f"/cases/{case.id}", "/")]
    assert f"/cases/{case.id}" in reported[1]
    assert desk.post("teacher", f"/questions/{number}/removal", reason="hurts") == 303
    decided = desk.browser("teacher").get(f"/groups/{desk.grades[3]}/measures").text
    with desk.app.app_context():
        measure = db.session.scalars(sa.select(Measure)).one()
    assert desk.post("parent", f"/measures/{measure.id}/appeal", words="It was not wrong.") == 303
    with desk.app.app_context():
        again = db.session.scalars(sa.select(Case).where(Case.what == "appeal")).one()
    looked = desk.browser("head").get(f"/cases/{again.id}")
    assert looked.status_code == 200
    assert "It was not wrong." in looked.text
    drawn = desk.app.extensions["assets"].symbols["bangle"]
    assert drawn in desk.browser("parent").get("/me").text
    assert not [text for text in (*waits, *reported, decided, looked.text) if "Kamala" in text or drawn in text]


def test_who_asked_unnamed_does_not_decide_about_it_nor_learn_who_reported_it(desk: Desk) -> None:
    number = desk.ask("teacher", to="group", known_to="nobody")
    desk.newcomer("Reporting Rekha", desk.grades[3])
    assert desk.status("teacher", f"/report/question/{number}") == 404
    assert desk.post("Reporting Rekha", f"/report/question/{number}", reason="hurts") == 303
    with desk.app.app_context():
        case = db.session.scalars(sa.select(Case).where(Case.what == "question")).one()
    assert desk.status("teacher", f"/cases/{case.id}") == 404
    assert f"/cases/{case.id}" not in desk.browser("teacher").get("/").text
    assert desk.status("head", f"/cases/{case.id}") == 200


def test_what_the_group_saw_is_removed_by_who_looks_after_it_and_reported_by_who_sees_it(desk: Desk) -> None:
    number = desk.ask(to="group")
    desk.newcomer("mate", desk.grades[3])
    assert desk.post("mate", f"/report/question/{number}", reason="hurts") == 303
    assert desk.post("mate", f"/questions/{number}/removal") == 404
    assert desk.post("teacher", f"/questions/{number}/removal", reason="hurts") == 303
    assert desk.status("mate", f"/questions/{number}") == 404
    assert desk.status("parent", f"/questions/{number}") == 200
    assert desk.status("helper", f"/questions/{number}") == 200


def test_what_she_takes_back_is_gone_and_can_be_asked_all_the_same(desk: Desk) -> None:
    number = desk.ask()
    assert desk.post("helper", f"/questions/{number}/withdrawal") == 404
    assert desk.post("parent", f"/questions/{number}/withdrawal") == 303
    assert desk.status("helper", f"/questions/{number}") == 404
    assert "Where is the bus?" not in desk.browser("helper").get("/questions").text
    page = desk.browser("parent").get(f"/questions/{number}").text
    assert "Send it again" in page
    assert "Undo" not in page, "in most languages the same word as to take back"
    assert desk.post("parent", f"/questions/{number}/withdrawal/undo") == 303
    assert desk.status("helper", f"/questions/{number}") == 200
    desk.post("parent", f"/questions/{number}/withdrawal")
    with time_machine.travel(now() + timedelta(minutes=11)):
        desk.post("parent", f"/questions/{number}/withdrawal/undo")
    assert not desk.question(number).is_open


@pytest.fixture
def _moves_up(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    moved: list[int] = []
    monkeypatch.setattr("community.questions.routing.move_up", lambda question, _by: moved.append(question.id))
    return moved


def test_she_says_once_that_it_did_not_help_and_it_moves_up(desk: Desk, _moves_up: list[int]) -> None:
    number = desk.ask()
    assert desk.post("parent", f"/questions/{number}/no-help") == 303
    assert not _moves_up  # there is no answer yet
    desk.post("helper", f"/questions/{number}/answers", text="No idea")
    assert "/no-help" in desk.browser("parent").get(f"/questions/{number}").text
    desk.post("parent", f"/questions/{number}/no-help")
    found = desk.question(number)
    assert (_moves_up, found.is_open, found.taken_by) == ([number], True, None)
    desk.post("helper", f"/questions/{number}/answers", text="Still none")
    desk.post("parent", f"/questions/{number}/no-help")
    assert _moves_up == [number]
    assert "/no-help" not in desk.browser("parent").get(f"/questions/{number}").text


def test_thanks_move_nothing_and_are_said_once(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/answers", text="At six")
    for _ in range(2):
        assert desk.post("parent", f"/questions/{number}/thanks") == 303
    assert desk.steps(number).count("thanked") == 1
    assert desk.question(number).answered_at


def test_so_many_open_and_so_many_a_day_with_how_long(desk: Desk) -> None:
    address = f"/groups/{desk.grades[3]}/questions"
    numbers = [desk.ask(text=f"Question {number}") for number in range(5)]
    assert desk.post("parent", address, text="One more") == 422
    for number in numbers:
        desk.post("parent", f"/questions/{number}/withdrawal")
    for number in range(5):
        desk.post("parent", f"/questions/{desk.ask(text=f'Again {number}')}/withdrawal")
    refused = desk.browser("parent").post(address, data={"text": "The eleventh"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) % 3600 == 0
    assert "The eleventh" in refused.text
    assert "24 hours" in refused.text
    assert desk.post("helper", address, text="Mine") == 303
    with time_machine.travel(now() + timedelta(hours=25)):
        assert desk.post("parent", address, text="A day later") == 303


def test_her_courtyard_says_what_became_of_it_until_she_has_seen_it(desk: Desk) -> None:
    number = desk.ask()
    assert "1 question waits for you" in desk.browser("helper").get("/").text
    assert "waits for you" not in desk.browser("parent").get("/").text
    desk.post("helper", f"/questions/{number}/taker")
    assert "Somebody has taken your question." in desk.browser("parent").get("/").text
    assert "waits for you" not in desk.browser("other").get("/").text
    desk.post("parent", f"/questions/{number}/heard")
    assert "taken your question" not in desk.browser("parent").get("/").text
    desk.post("helper", f"/questions/{number}/answers", text="At six")
    assert "Your question was answered." in desk.browser("parent").get("/").text
    desk.post("parent", f"/questions/{number}/heard")
    assert "Your question was answered." not in desk.browser("parent").get("/").text


def test_the_answer_rings_once_and_says_nothing_of_it(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/answers", text="At six")
    with desk.app.app_context():
        row = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-answered")).one()
        from community.questions.answered import CallAnswered

        called = CallAnswered().called(row)
        assert called
        person, body = called
        assert person.id == desk.people["parent"]
        said = body().decode()
        assert "At six" not in said
        assert "bus" not in said
        assert f"/questions/{number}" in said
    desk.post("parent", f"/questions/{number}/heard")
    with desk.app.app_context():
        assert CallAnswered().called(db.session.get_one(Outbox, row.id)) is None
        assert db.session.scalars(sa.select(Answer)).one().heard_at


def out(desk: Desk) -> None:
    """She has left all of the community."""
    with desk.changing():
        mine = sa.select(Membership).where(Membership.person_id == desk.people["parent"])
        leave(desk.person("parent"), db.session.scalars(mine).all())


def test_who_has_left_sees_her_question_and_takes_it_back(desk: Desk) -> None:
    number = desk.ask(shared="1")
    out(desk)
    assert desk.status("parent", f"/groups/{desk.grades[3]}/questions") == 404
    assert f'action="/questions/{number}/withdrawal"' in page(desk.browser("parent"), f"/questions/{number}")
    assert desk.post("parent", f"/questions/{number}/withdrawal") == 303
    assert desk.status("helper", f"/questions/{number}") == 404
    assert "withdrawal/undo" not in page(desk.browser("parent"), f"/questions/{number}")
    assert desk.post("parent", f"/questions/{number}/withdrawal/undo") == 404, "nobody there is called by who has gone"
    assert desk.question(number).ended_at


def test_who_has_left_hears_the_answer_and_nobody_else_outside_does(desk: Desk) -> None:
    number = desk.ask()
    voice = {"voice": (BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm"), "key": "a-key-of-a-phone"}
    assert desk.post("helper", f"/questions/{number}/answers", **voice) == 303
    out(desk)
    [address, *_more] = re.findall(r'/voices/[^"]+/voice\.ogg', page(desk.browser("parent"), f"/questions/{number}"))
    assert desk.status("parent", address) == 200
    with desk.changing():
        outside = Group.plant(None, name="Elsewhere", language="en", picture="mother", colour="gulab")
    desk.newcomer("stranger", outside.id)
    assert desk.status("stranger", address) == 404


def test_who_is_here_by_a_code_hears_that_her_question_went(desk: Desk) -> None:
    browser, where = desk.browser("parent"), f"/groups/{desk.grades[3]}/questions"
    said = {"key": key_in(page(browser, f"{where}/new")), "text": "PLANTED1"}
    with desk.changing():
        hers = sa.update(Session).where(Session.person_id == desk.people["parent"])
        db.session.execute(hers.values(without_roles=True))
    for _tap in range(2):
        sent = browser.post(where, data=said)
        assert (sent.status_code, sent.location) == (303, "/ask?sent=1")
    shown = page(browser, sent.location)
    assert "Sent" in shown
    assert "PLANTED1" not in shown
    assert f'href="{where}/new"' in shown
    assert "Sent" not in page(browser, "/ask")
    assert desk.how_many(Question) == 1


def test_so_does_who_is_in_one_group_alone(desk: Desk) -> None:
    browser = desk.newcomer("Alone", desk.grades[3])
    with desk.changing():
        hers = sa.update(Session).where(Session.person_id == desk.people["Alone"])
        db.session.execute(hers.values(without_roles=True))
    assert browser.get("/ask").status_code == 303
    assert "Sent" in page(browser, "/ask?sent=1")


def test_who_has_left_reads_the_answer_and_moves_nothing(desk: Desk) -> None:
    number = desk.ask()
    out(desk)
    desk.post("helper", f"/questions/{number}/answers", text="At six")
    shown = page(desk.browser("parent"), f"/questions/{number}")
    assert "At six" in shown
    assert "no-help" not in shown
    assert desk.post("parent", f"/questions/{number}/no-help") == 404
