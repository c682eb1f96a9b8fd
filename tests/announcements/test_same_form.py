"""A form that comes twice is one announcement; two forms are two; an old form with new words is asked about."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa
from flask.testing import FlaskClient

from community.announcements.models import Announcement
from community.database import db

from .scene import Scene, key_in, page


def waiting(stage: Scene) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Announcement.id)).where(Announcement.seq.is_(None))) or 0


def at_once(stage: Scene, browsers: list[FlaskClient], **form: str) -> set[tuple[int, str | None]]:
    """The same form from all of them in the same moment; the different answers."""
    gate = Barrier(len(browsers))

    def send(browser: FlaskClient) -> tuple[int, str | None]:
        gate.wait(timeout=20)
        answer = stage.announce(browser, **form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(len(browsers)) as threads:
        return set(threads.map(send, browsers))


def test_four_threads_with_one_form_give_one_announcement_and_one_answer(stage: Scene):
    browsers = [stage.browser("head") for _thread in range(4)]

    answers = at_once(stage, browsers, key="the-key-of-one-form", group=stage.grades[4])

    assert answers == {(303, f"/groups/{stage.grades[4]}#waiting")}
    assert waiting(stage) == 1


def test_four_threads_with_four_keys_give_four(stage: Scene):
    gate, browsers = Barrier(4), [stage.browser("head") for _thread in range(4)]

    def send(number: int) -> int:
        gate.wait(timeout=20)
        key = f"key-number-{number}"
        return stage.announce(browsers[number], f"बात {number}", key=key, group=stage.grades[4]).status_code

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(send, range(4))) == [303] * 4
    assert waiting(stage) == 4


def test_two_forms_from_one_page_with_two_keys_are_two(stage: Scene):
    head = stage.browser("head")

    for key in ("first-of-the-page", "second-of-the-page"):
        assert stage.announce(head, "कल छुट्टी है", key=key).status_code == 303

    assert waiting(stage) == 2


def test_the_key_in_the_composer_serves_where_there_is_no_javascript(stage: Scene):
    head = stage.browser("head")
    key = key_in(page(head, f"/groups/{stage.school}/announcements/new"))

    for _tap in range(2):
        assert stage.announce(head, "कल छुट्टी है", key=key).status_code == 303

    assert waiting(stage) == 1


def test_each_composer_has_a_key_of_its_own_and_is_not_stored(stage: Scene):
    head = stage.browser("head")
    answers = [head.get(f"/groups/{stage.school}/announcements/new") for _time in range(2)]

    assert key_in(answers[0].text) != key_in(answers[1].text)
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_one_persons_key_is_not_anothers(stage: Scene):
    for part in ("head", "teacher"):
        assert stage.announce(stage.browser(part), "कल छुट्टी है", group=stage.grades[3]).status_code == 303

    assert waiting(stage) == 2


def test_the_same_key_with_other_words_comes_back_filled_and_with_a_fresh_key(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है", key="an-old-form-of-mine")

    answer = stage.announce(head, "परसों छुट्टी है", key="an-old-form-of-mine", kind="activity")

    assert answer.status_code == 422
    assert "परसों छुट्टी है</textarea>" in answer.text
    assert 'value="activity" checked' in answer.text
    assert waiting(stage) == 1
    assert stage.announce(head, "परसों छुट्टी है", key=key_in(answer.text), kind="activity").status_code == 303
    assert waiting(stage) == 2


def test_the_same_key_for_another_audience_or_another_time_is_another_form(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है")

    assert stage.announce(head, "कल छुट्टी है", group=stage.grades[1]).status_code == 422
    assert stage.announce(head, "कल छुट्टी है", kind="activity").status_code == 422


def test_a_refused_form_keeps_whom_it_was_for(stage: Scene):
    head = stage.browser("head")
    number = re.search(r'id="category-([1-9]\d*)"', page(head, f"/groups/{stage.school}/announcements/new"))
    assert number

    answer = stage.announce(head, "", category=number[1], pin="1", expiry="30", kind="activity")

    assert answer.status_code == 422
    for kept in (f"category-{number[1]}", "expiry-30", "kind-activity", "pin"):
        assert re.search(rf'id="{kept}"[^>]* checked', answer.text), kept
    assert not re.search(r'id="category-0"[^>]* checked', answer.text)


def test_a_form_that_comes_after_its_words_were_changed_is_still_the_same(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है")
    head.post(f"/announcements/{stage.said('कल छुट्टी है')}", data={"text": "परसों छुट्टी है"})

    assert stage.announce(head, "कल छुट्टी है").status_code == 303
    assert waiting(stage) == 1


def test_a_key_that_is_none_costs_no_announcement(stage: Scene):
    head = stage.browser("head")

    for key in ("", "short", "nul\0nul\0nul", "k" * 65, "कुंजी-कुंजी-कुंजी", "a key with spaces"):
        assert stage.announce(head, f"बात {key!a}", key=key).status_code == 303

    assert waiting(stage) == 6


def test_words_of_the_greatest_length_pass_and_one_more_comes_back_whole(stage: Scene):
    head = stage.browser("head")

    assert stage.announce(head, "अ" * 2000, key="a-long-form").status_code == 303
    answer = stage.announce(head, "अ" * 2001, key="a-longer-form")

    assert answer.status_code == 422
    assert "अ" * 2001 in answer.text
