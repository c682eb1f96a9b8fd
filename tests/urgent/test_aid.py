"""Who takes it sees what it is about, notes what was given, and nobody from further up learns more than sums."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.belongings.held import PARTS
from community.database import db, now
from community.erasure.retention import tidy
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.media.models import Voice
from community.media.sound import Spoken
from community.outbox.models import Outbox
from community.people.models import Session
from community.questions import routing
from community.questions.answered import CallAnswered
from community.questions.models import TAKE_BACK, Answer, Question, Step
from community.sealed.models import SealedThread
from community.urgent.aid import given_in
from community.urgent.models import Aid
from tests.announcements.scene import Scene, key_in, page
from tests.promises import keep_all
from tests.urgent.conftest import trained

WORDS = "PLANTEDTROUBLE मदद"


def asked(scene: Scene, part: str = "Rani", **fields: str) -> int:
    """The number of what she asked."""
    where, browser = f"/groups/{scene.grades[3]}/help/3", scene.browser(part)
    answer = browser.post(where, data={"key": key_in(page(browser, where)), "text": WORDS, **fields})
    return int(answer.location.rpartition("/")[2])


@pytest.fixture
def taken(there: Scene) -> int:
    number = asked(there)
    assert there.browser("Meena").post(f"/questions/{number}/taker").status_code == 303
    return number


def test_an_answer_goes_where_no_phone_keeps_it_waiting(there: Scene, taken: int) -> None:
    """static/sw/queue.js lets `/questions/<id>/answers` wait, in the clear, and stay as a draft."""
    browser = there.browser("Meena")
    form = page(browser, f"/questions/{taken}/answers/new")
    assert f'action="/help/{taken}/answer"' in form
    assert f'/questions/{taken}/answers"' not in form
    said = browser.post(f"/help/{taken}/answer", data={"key": key_in(form), "text": "Rice comes at eight"})
    assert (said.status_code, said.location) == (303, f"/questions/{taken}")
    assert "Rice comes at eight" in page(there.browser("Rani"), f"/help/{taken}")


def note(scene: Scene, number: int, part: str = "Meena", **fields: str) -> int:
    key = f"a-key-of-a-phone-{fields}"[:60].translate(str.maketrans("{}':, ", "------"))
    return scene.browser(part).post(f"/questions/{number}/aid", data={"key": key, **fields}).status_code


def aids(scene: Scene) -> list[tuple[str, int]]:
    with scene.app.app_context():
        standing = sa.select(Aid).where(Aid.undone_at.is_(None)).order_by(Aid.id)
        return [(one.what, one.count) for one in db.session.scalars(standing)]


def test_who_answers_reads_it_without_her_name_and_can_hide_it(there: Scene) -> None:
    shown = there.browser("Meena").get(f"/questions/{asked(there)}")
    assert WORDS in shown.text
    assert "Rani" not in shown.text
    assert 'href="/calendar" data-away' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Rani" in page(there.browser("Meena"), f"/questions/{asked(there, named='1')}")


def test_roles_above_the_desk_and_others_in_the_group_do_not_read(there: Scene) -> None:
    there.newcomer("Close", there.grades[3])
    trained(there, "Close", there.grades[3])
    number = asked(there)
    with there.app.app_context():
        assert db.session.get_one(Question, number).desk_id == there.grades[3]
    for part in ("head", "Meena", "parent"):
        assert there.browser(part).get(f"/questions/{number}").status_code == 404, part
        assert WORDS not in page(there.browser(part), "/questions")


def test_the_list_of_the_desk_says_nothing_of_it(there: Scene) -> None:
    asked(there)
    shown = page(there.browser("Meena"), "/questions")
    assert "Somebody asks for help at once." in shown
    for word in (WORDS, "Rani", "Food"):
        assert word not in shown


def test_urgent_help_stands_above_what_else_waits_and_any_other_question_below_it(there: Scene) -> None:
    trained(there, "head", there.school)
    with there.changing():
        school, teacher = db.session.get_one(Group, there.school), there.person("teacher")
        admit(school, teacher)
        routing.lay(Question.ask(school, teacher, key="key-of-phone-1", text="When?"))
    waits, wish = '<a class="row" href="/questions">', 'action="/requests/'
    shown = page(there.browser("head"), "/")
    assert 0 < shown.index(wish) < shown.index(waits)
    asked(there)
    shown = page(there.browser("head"), "/")
    assert 0 < shown.index(waits) < shown.index(wish)
    assert shown.count(waits) == 1


def test_her_own_list_does_not_have_it_and_its_address_leads_to_her_page(there: Scene) -> None:
    number, browser = asked(there), there.browser("Rani")
    assert f"/{number}" not in page(browser, "/questions")
    assert browser.get(f"/questions/{number}").location == f"/help/{number}"


def test_she_sees_who_has_taken_it(there: Scene, taken: int) -> None:
    shown = page(there.browser("Rani"), f"/help/{taken}")
    assert "is taking care of this." in shown, "she asked no question"
    assert "Meena" in shown
    assert "Tara" not in shown


def test_it_is_asked_how_much_and_not_how_many_people(there: Scene, taken: int) -> None:
    """ "How many" is said of people, and translated so."""
    shown = page(there.browser("Meena"), f"/questions/{taken}/aid")
    assert '<label for="count"><b>How much was given</b></label>' in shown


def test_an_answer_is_on_her_page_and_its_voice_on_no_phone(there: Scene, taken: int) -> None:
    with there.changing():
        meena = there.person("Meena")
        voice = Voice.keep(Spoken({"voice.ogg": b"OggS"}, 1000), owner_id=meena.id, community_id=there.school)
        db.session.flush()
        answer = db.session.get_one(Question, taken).answer(meena, key="a-key-of-a-phone", text="आती हूँ", voice=voice)
        assert answer
        key = voice.key
    browser = there.browser("Rani")
    shown = page(browser, f"/help/{taken}")
    assert "आती हूँ" in shown
    assert f"/voices/{key}/voice.ogg?passing" in shown
    assert "data-late" not in shown.partition("<article")[2].partition("</article")[0]
    assert browser.get(f"/voices/{key}/voice.ogg?passing").headers["Cache-Control"] == "no-store"


def test_the_ring_of_an_answer_is_that_of_any_other(there: Scene, taken: int) -> None:
    with there.changing():
        db.session.get_one(Question, taken).answer(there.person("Meena"), key="a-key-of-a-phone", text="आती हूँ")
    with there.app.test_request_context():
        row = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-answered")).one()
        called = CallAnswered().called(row)
        assert called
        body = called[1]().decode()
    assert "There is something new in the courtyard." in body
    assert f"/{taken}" not in body.replace(f"q{taken}", "")


def test_what_she_saw_rings_no_more_and_what_was_closed_rings_like_any_other(there: Scene, taken: int) -> None:
    browser, heard = there.browser("Rani"), f'action="/questions/{taken}/heard" data-heard'
    with there.changing():
        db.session.get_one(Question, taken).answer(there.person("Meena"), key="a-key-of-a-phone", text="आती हूँ")
    assert heard in page(browser, f"/help/{taken}")
    assert browser.post(f"/questions/{taken}/heard").location == f"/questions/{taken}"
    with there.changing():
        row = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-answered")).one()
        assert CallAnswered().called(row) is None
        db.session.execute(sa.delete(Outbox).where(Outbox.kind == "call-answered"))
        again = db.session.get_one(Question, taken)
        assert again.of_no_help()
        again.open_again()
        assert again.take(there.person("Meena"))
        assert again.close(there.person("Meena"))
    assert heard in page(browser, f"/help/{taken}")
    with there.app.test_request_context():
        called = CallAnswered().called(
            db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-answered")).one()
        )
        assert called
        body = called[1]().decode()
    assert "There is something new in the courtyard." in body
    assert "closed" not in body


def test_what_was_closed_stays_where_she_finds_it_and_can_say_that_it_did_not_help(there: Scene, taken: int) -> None:
    browser = there.browser("Rani")
    assert there.browser("Meena").post(f"/questions/{taken}/closing").status_code == 303
    assert f'href="/help/{taken}"' in page(browser, "/help")
    assert f'action="/questions/{taken}/no-help"' in page(browser, f"/help/{taken}")
    assert browser.post(f"/questions/{taken}/no-help").status_code == 303
    with there.app.app_context():
        again = db.session.get_one(Question, taken)
        assert again.is_open
        assert again.taken_by is None
    assert f'href="/help/{taken}"' in page(browser, "/help")


def test_what_was_closed_she_takes_off_her_page_for_good(there: Scene, taken: int) -> None:
    """Who looks at her phone next may be whom she fears. Asked again it would be his who closed it."""
    browser, where = there.browser("Rani"), f"/help/{taken}/withdrawal"
    assert there.browser("Meena").post(f"/questions/{taken}/closing").status_code == 303
    assert f'action="{where}"' in page(browser, f"/help/{taken}")
    for _tap in range(2):
        assert browser.post(where).status_code == 303
    assert f'href="/help/{taken}"' not in page(browser, "/help")
    shown = page(browser, f"/help/{taken}")
    assert "Nobody is told any more." in shown
    for gone in ("/return", "/withdrawal", "/no-help"):
        assert gone not in shown
    assert browser.post(f"/help/{taken}/return").status_code == 303
    assert there.browser("Meena").get(f"/questions/{taken}").status_code == 404
    with time_machine.travel(now() + TAKE_BACK + timedelta(minutes=1)), there.app.app_context():
        keep_all()
    with there.app.app_context():
        found = db.session.get_one(Question, taken)
        assert (found.is_withdrawn, found.text) == (True, "")
        assert [step.what for step in found.steps].count("withdrawn") == 1


def test_she_talks_alone_from_her_page_and_can_hide_there_too(there: Scene, taken: int) -> None:
    browser = there.browser("Rani")
    assert f'href="/questions/{taken}/sealed" data-away' in page(browser, f"/help/{taken}"), (
        "hidden, nothing leads back"
    )
    alone = page(browser, f"/questions/{taken}/sealed")
    assert 'href="/calendar"' in alone
    assert "<title>Aangan</title>" in alone


def test_what_she_takes_along_says_nothing_of_it(there: Scene, taken: int) -> None:
    with there.app.app_context():
        [steps] = [part for part in PARTS if part.name == "question_steps"]
        assert db.session.execute(steps.rows(there.people["Rani"])).all() == []
        assert [row.what for row in db.session.execute(steps.rows(there.people["Meena"]))] == ["heard", "taken"]


def test_what_was_given_is_noted_once_and_can_be_undone(there: Scene, taken: int) -> None:
    browser, where = there.browser("Meena"), f"/questions/{taken}/aid"
    assert where in page(browser, f"/questions/{taken}")
    data = {"key": key_in(page(browser, where)), "what": "food", "count": "३"}
    for _tap in range(2):
        assert browser.post(where, data=data).status_code == 303
    assert aids(there) == [("food", 3)]
    with there.app.app_context():
        number = db.session.scalars(sa.select(Aid.id)).one()
    assert there.browser("Tara").post(f"/aid/{number}/undo").status_code == 404
    assert browser.post(f"/aid/{number}/undo").status_code == 303
    assert aids(there) == []


def test_only_who_has_taken_it_notes(there: Scene, taken: int) -> None:
    for part in ("Tara", "Rani", "head"):
        assert note(there, taken, part, what="food") == 404, part
    assert note(there, taken, what="gold") == 404
    with there.changing():
        for held in db.session.scalars(sa.select(Membership).where(Membership.person_id == there.people["Meena"])):
            held.role = "member"
            held.has_role_until(None, held.person_id)
    assert note(there, taken, what="food") == 404, "she answers there no more"
    assert aids(there) == []


def test_sums_are_of_people_and_few_are_few(there: Scene, taken: int) -> None:
    assert note(there, taken, what="food", count="7") == 303
    shown = page(there.browser("head"), f"/groups/{there.school}/aid")
    assert "थोड़े" in shown
    assert ">7<" not in shown
    assert "Meena" not in shown
    for number in range(5):
        part = f"Woman {number}"
        there.newcomer(part, there.grades[3])
        other = asked(there, part)
        there.browser("Meena").post(f"/questions/{other}/taker")
        assert note(there, other, what="food", count=str(number + 1)) == 303
    with there.app.app_context():
        [month] = given_in(db.session.get_one(Group, there.school))
    [food] = month.sums
    assert (food.people, food.things) == (6, 22)
    for part in ("Rani", "Meena"):
        assert there.browser(part).get(f"/groups/{there.school}/aid").status_code == 404


def test_thirty_days_after_it_ended_nothing_that_was_said_is_there(there: Scene, taken: int) -> None:
    with there.changing():
        meena, question = there.person("Meena"), db.session.get_one(Question, taken)
        question.answer(meena, key="a-key-of-a-phone", text=WORDS)
        question.answered_at = now() - timedelta(days=29)
    with there.changing():
        tidy()
        assert db.session.get_one(Question, taken).text == WORDS
        db.session.execute(sa.update(Question).values(answered_at=now() - timedelta(days=31)))
        db.session.execute(sa.delete(Outbox).where(Outbox.kind == "tidy"))
        tidy()
    with there.app.app_context():
        assert db.session.get_one(Question, taken).text == ""
        assert db.session.scalars(sa.select(Answer.text)).one() == ""


def test_what_nobody_answered_is_forgotten_too_unless_the_two_still_talk(there: Scene, taken: int) -> None:
    gone, newer = asked(there), asked(there)
    with there.changing():
        SealedThread.begin(db.session.get_one(Question, taken))
        db.session.execute(sa.update(Step).where(Step.question_id != newer).values(created=now() - timedelta(days=31)))
        db.session.execute(
            sa.update(Outbox).where(Outbox.kind == "call-help").values(done_at=now() - timedelta(days=31))
        )
        tidy()
    with there.app.app_context():
        told = [(one.text, one.is_open, bool(one.steps)) for one in map(there_is, (taken, gone, newer))]
        assert told == [(WORDS, True, True), ("", False, False), (WORDS, True, True)]
        assert db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-help")).all() == []
    for address in ("/help", "/questions"):
        assert f's/{gone}"' not in page(there.browser("Rani"), address)
        assert f'"/help/{gone}"' not in page(there.browser("Rani"), address)
    assert f"/questions/{gone}" not in page(there.browser("Tara"), "/questions")


def test_who_was_rung_for_it_and_by_whose_help_is_known_for_thirty_days(there: Scene, taken: int) -> None:
    tara = there.people["Tara"]
    assert there.browser("Meena").post(f"/questions/{taken}/handover", data={"person": tara}).status_code == 303
    with there.changing():
        question = db.session.get_one(Question, taken)
        SealedThread.begin(question)
        question.answer(there.person("Tara"), key="a-key-of-a-phone", text=WORDS)
    again = asked(there)
    assert there.browser("Rani").post(f"/help/{again}/withdrawal").status_code == 303
    for later, kept in ((29, True), (31, False)):
        with there.changing():
            db.session.execute(sa.update(Outbox).values(done_at=now() - timedelta(days=later)))
            tidy()
            db.session.execute(sa.update(Outbox).where(Outbox.done_at.is_(None)).values(done_at=now()))
        with there.app.app_context():
            rows = db.session.scalars(sa.select(Outbox)).all()
            tells = {one.kind for one in rows if {"question_id", "thread_id", "person_id", "rung"} & set(one.args)}
            assert (tells >= {"call-help", "call-helper", "question-up", "call-answered", "empty-question"}) == kept
            assert kept or not tells


def there_is(number: int) -> Question:
    return db.session.get_one(Question, number)


def test_answered_she_takes_it_off_her_page_and_nobody_is_rung_anew(there: Scene, taken: int) -> None:
    with there.changing():
        there_is(taken).answer(there.person("Meena"), key="a-key-of-a-phone", text=WORDS)
    browser, where = there.browser("Rani"), f"/help/{taken}"
    assert f"{where}/withdrawal" in page(browser, where)
    assert f'"{where}"' in page(browser, "/help")
    browser.post(f"{where}/withdrawal")
    assert f'"{where}"' not in page(browser, "/help")
    rings = calls(there)
    browser.post(f"{where}/return")
    assert f'"{where}"' in page(browser, "/help")
    assert WORDS in page(browser, where)
    assert calls(there) == rings
    browser.post(f"{where}/withdrawal")
    with time_machine.travel(now() + TAKE_BACK), there.app.app_context():
        keep_all()
        assert there_is(taken).text == db.session.scalars(sa.select(Answer.text)).one() == ""


def calls(scene: Scene) -> int:
    with scene.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Outbox.id)).where(Outbox.kind == "call-help")) or 0


def test_who_is_not_sure_reads_nothing_of_it(there: Scene, taken: int) -> None:
    browser = there.browser("Meena")
    with there.changing():
        hers = sa.update(Session).where(Session.person_id == there.people["Meena"])
        db.session.execute(hers.values(without_roles=True))
    for where in (f"/questions/{taken}", f"/questions/{taken}/aid"):
        assert browser.get(where).status_code == 403
