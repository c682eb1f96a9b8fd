"""The missing voice: who leads asks, a volunteer says it, it is let out or sent back, and taken back."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from community.announcements.models import LONGEST, Announcement, Translation
from community.announcements.words import words_in
from community.audit.models import AuditEntry
from community.database import db
from community.groups.bans import Ban
from community.groups.models import Group
from community.translating.helper import Helper
from community.translating.models import TranslationRequest, make_stale
from tests.announcements.scene import Scene, page

pytestmark = pytest.mark.sampled

SAID, HERS = "कल छुट्टी है", "کل چھٹی ہے"


@pytest.fixture
def number(stage: Scene) -> int:
    return stage.release("head", SAID)


def ask(stage: Scene, number: int, part: str = "urdu parent", language: str = "ur") -> int:
    """She says that she helps, the head asks her; the request's number."""
    stage.browser(part).post("/me/helping", data={"language": language})
    asked = stage.browser("head").post(
        f"/announcements/{number}/languages/{language}/requests", data={"person": stage.people[part]}
    )
    assert asked.status_code == 303
    return requests(stage, number)[-1].id


def requests(stage: Scene, number: int) -> list[TranslationRequest]:
    with stage.app.app_context():
        wanted = sa.select(TranslationRequest).where(TranslationRequest.announcement_id == number)
        return list(db.session.scalars(wanted.order_by(TranslationRequest.id)))


def say(stage: Scene, request: int, text: str = HERS, part: str = "urdu parent") -> int:
    return stage.browser(part).post(f"/translations/{request}", data={"text": text}).status_code


def judge(stage: Scene, request: int, verdict: str, **form: str) -> int:
    return stage.browser("head").post(f"/translations/{request}/{verdict}", data=form).status_code


def words(stage: Scene, number: int, language: str = "ur") -> Translation | None:
    return words_in(stage.state(number), language)


def test_from_the_question_to_the_words_that_people_read(stage: Scene, number: int):
    assert HERS not in page(stage.browser("urdu parent"), "/")
    request = ask(stage, number)
    hers = page(stage.browser("urdu parent"), "/")
    assert f'href="/translations/{request}"' in hers
    form = page(stage.browser("urdu parent"), f"/translations/{request}")
    assert f'lang="hi" dir="auto">{SAID}' in form
    assert say(stage, request) == 303
    assert words(stage, number) is None, "not before somebody has looked at it"
    assert f'href="/announcements/{number}/languages/ur"' in page(stage.browser("head"), "/")
    assert HERS in page(stage.browser("head"), f"/announcements/{number}/languages/ur")
    assert judge(stage, request, "approval") == 303
    assert f'lang="ur" dir="auto">{HERS}' in page(stage.browser("urdu parent"), "/")
    there = words(stage, number)
    assert there
    assert (there.origin, there.author_id, there.approved_by) == (
        "person", stage.people["urdu parent"], stage.people["head"],
    )  # fmt: skip
    assert f"/translations/{request}" not in page(stage.browser("urdu parent"), "/")


def test_the_card_says_where_it_is_not_in_my_language(stage: Scene, number: int):
    for place in ("/", f"/announcements/{number}"):
        assert "Not in English yet" in page(stage.browser("english reader"), place)
        assert "English" not in page(stage.browser("parent"), place)


def test_a_machines_words_are_marked_and_the_original_is_a_tap_away(stage: Scene, number: int):
    with stage.changing():
        db.session.add(
            Translation(
                announcement_id=number, language="en", text="Holiday", author_id=stage.people["head"], origin="machine"
            )
        )
    assert "Said by a machine" in page(stage.browser("english reader"), "/")
    whole = page(stage.browser("english reader"), f"/announcements/{number}")
    assert "Said by a machine" in whole
    assert SAID in whole.partition("<details")[2].partition("</details>")[0]


def test_it_is_sent_back_with_a_reason_and_said_anew(stage: Scene, number: int):
    request = ask(stage, number, "english reader", "en")
    say(stage, request, "x", "english reader")
    assert judge(stage, request, "return", reason="missing") == 303
    browser = stage.browser("english reader")
    assert "Please say it once more in English" in page(browser, "/")
    again = page(browser, f"/translations/{request}")
    assert "Something is missing" in again
    assert ">x</textarea>" in again, "nothing that she wrote is lost"
    assert say(stage, request, "Holiday tomorrow", "english reader") == 303
    judge(stage, request, "approval")
    there = words(stage, number, "en")
    assert there
    assert there.text == "Holiday tomorrow"


def test_letting_out_is_taken_back(stage: Scene, number: int):
    request = ask(stage, number)
    say(stage, request)
    judge(stage, request, "approval")
    assert judge(stage, request, "undo") == 303
    assert words(stage, number) is None
    assert SAID in page(stage.browser("urdu parent"), "/")
    assert judge(stage, request, "undo") == 303, "a second tap"
    assert judge(stage, request, "approval") == 303
    assert words(stage, number)


def test_sending_back_is_taken_back(stage: Scene, number: int):
    request = ask(stage, number)
    say(stage, request)
    judge(stage, request, "return", reason="long")
    judge(stage, request, "undo")
    assert [one.is_sent for one in requests(stage, number)] == [True]


def test_she_can_not_now_and_can_after_all(stage: Scene, number: int):
    request, browser = ask(stage, number), stage.browser("urdu parent")
    browser.post(f"/translations/{request}/refusal")
    assert f"/translations/{request}" not in page(browser, "/")
    assert say(stage, request) == 409
    browser.post(f"/translations/{request}/refusal", data={"again": "1"})
    assert say(stage, request) == 303


def test_only_one_of_two_is_let_out(stage: Scene, number: int):
    stage.browser("member").post("/me/helping", data={"language": "ur"})
    first, second = ask(stage, number), ask(stage, number, "member")
    say(stage, first)
    say(stage, second, "کل تعطیل", "member")
    assert judge(stage, first, "approval") == 303
    assert judge(stage, second, "approval") == 409
    assert say(stage, second, "اور", "member") == 409


def test_only_who_said_that_she_helps_is_named(stage: Scene, number: int):
    browser, place = stage.browser("member"), f"/announcements/{number}/languages/ur"
    before = page(stage.browser("head"), place)
    assert f'value="{stage.people["member"]}"' not in before
    browser.post("/me/helping", data={"language": "ur"})
    assert f'value="{stage.people["member"]}"' in page(stage.browser("head"), place)
    browser.post("/me/helping", data={"stop": "ur"})
    assert page(stage.browser("head"), place) == before


def test_who_reads_in_it_is_asked_unnamed_and_named_once_she_answers(stage: Scene, number: int):
    head, place = stage.browser("head"), f"/announcements/{number}/languages/ur"
    hers, name = str(stage.people["urdu parent"]), called(stage, "urdu parent")
    assert name not in page(head, place), "nobody is told which language she reads in"
    assert head.post(place + "/requests", data={"person": hers}).status_code == 404
    assert head.post(place + "/requests", data={"readers": "1"}).status_code == 303
    (asked,) = requests(stage, number)
    assert name not in page(head, place)
    assert f"/translations/{asked.id}" in page(stage.browser("urdu parent"), "/")
    stage.browser("urdu parent").post(f"/translations/{asked.id}/refusal")
    assert name not in page(head, place), "nor that she can not now"
    stage.browser("urdu parent").post(f"/translations/{asked.id}/refusal", data={"again": "1"})
    assert say(stage, asked.id) == 303
    assert name in page(head, place)
    head.post(place + "/requests", data={"readers": "1"})
    assert len(requests(stage, number)) == 1, "a second tap asks nobody twice"


def called(stage: Scene, part: str) -> str:
    with stage.app.app_context():
        return str(stage.person(part).name)


def test_a_language_from_nowhere_is_none(stage: Scene, number: int):
    head, member = stage.browser("head"), stage.browser("member")
    for wild in ("xx", "hi", "zz", "UR", "ur ", "%00", "a" * 300):
        assert head.get(f"/announcements/{number}/languages/{wild}").status_code == 404
        assert member.post("/me/helping", data={"language": wild}).status_code in (303 if wild == "hi" else 404,)


@pytest.mark.parametrize("text", ["", "  ", "\u202e", "x" * (LONGEST + 1)])
def test_what_can_not_be_taken_is_said_and_kept(stage: Scene, number: int, text: str):
    request = ask(stage, number, "english reader", "en")
    answer = stage.browser("english reader").post(f"/translations/{request}", data={"text": text})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    assert not requests(stage, number)[0].sent_at


def test_what_was_removed_asks_for_nothing(stage: Scene, number: int):
    request = ask(stage, number)
    stage.browser("head").post(f"/announcements/{number}/removal")
    assert f"/translations/{request}" not in page(stage.browser("urdu parent"), "/")
    assert say(stage, request) == 409
    assert stage.browser("head").get(f"/announcements/{number}/languages").status_code == 409


def test_who_was_put_out_is_asked_and_shown_nothing(stage: Scene, number: int):
    request = ask(stage, number)
    with stage.changing():
        Ban.put(db.session.get_one(Group, stage.school), stage.person("urdu parent"), stage.person("head"))
    browser = stage.browser("urdu parent")
    assert f"/translations/{request}" not in page(browser, "/")
    assert browser.get(f"/translations/{request}").status_code == 404
    assert say(stage, request) == 404


def test_asking_twice_is_asking_once(stage: Scene, number: int):
    assert ask(stage, number) == ask(stage, number)
    assert len(requests(stage, number)) == 1


def test_who_does_not_speak_it_and_who_is_elsewhere_can_not_be_asked(stage: Scene, number: int):
    stage.newcomer("stranger")
    head = stage.browser("head")
    for part in ("parent", "stranger"):
        data = {"person": stage.people[part]}
        assert head.post(f"/announcements/{number}/languages/en/requests", data=data).status_code == 404


def test_a_corrected_original_takes_its_translations_off(stage: Scene, number: int):
    request = ask(stage, number)
    say(stage, request)
    judge(stage, request, "approval")
    with stage.changing():
        make_stale(db.session.get_one(Announcement, number))
    assert SAID in page(stage.browser("urdu parent"), "/")
    assert SAID in page(stage.browser("urdu parent"), f"/announcements/{number}")
    place = f"/announcements/{number}/languages/ur"
    assert HERS in page(stage.browser("head"), place), "what was said before is offered"
    stage.browser("head").post(place + "/memory")
    assert HERS in page(stage.browser("urdu parent"), "/")


def test_each_step_is_in_the_audit_log_without_a_word_of_it(stage: Scene, number: int):
    request = ask(stage, number)
    say(stage, request)
    judge(stage, request, "return", reason="long")
    judge(stage, request, "undo")
    judge(stage, request, "approval")
    with stage.app.app_context():
        entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_id == number)).all()
        noted = [entry.action for entry in entries if "translat" in entry.action]
        told = str([entry.details for entry in entries])
    assert noted == ["asked to translate", "translation returned", "translation undone", "translation approved"]
    assert HERS not in told


def test_the_page_counts_people_and_names_no_few(stage: Scene, number: int):
    head = page(signed_with(stage, "en"), f"/announcements/{number}/languages")
    assert "Not yet" in head
    assert "few" in head
    assert ">1<" not in head


def signed_with(stage: Scene, language: str) -> FlaskClient:
    """The head, reading in this language."""
    browser = stage.browser("head")
    browser.post("/language", data={"language": language})
    return browser


def test_helping_is_kept_once(stage: Scene):
    for _tap in range(2):
        stage.browser("member").post("/me/helping", data={"language": "ur"})
    with stage.app.app_context():
        assert Helper.of(stage.person("member")) == {"ur"}
