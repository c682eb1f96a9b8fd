"""What a form is answered with can be heard: the page that she sees, and not the one at its address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine

from community.database import now
from community.languages import gettext as _
from community.languages import speaking
from community.speech.reading import parts_of
from tests.speech.test_listen import rows

if TYPE_CHECKING:
    from tests.conftest import Stage

WRONG = "No door opens with these digits. Look again, or ask for a new code."


def in_(stage: Stage, code: str, english: str) -> str:
    with stage.app.test_request_context("/"), speaking(code):
        return _(english)


def test_every_word_of_a_refused_announcement_is_heard(stage: Stage) -> None:
    head = stage.browser("head")
    head.set_cookie("language", "hi")
    path = f"/groups/{stage.school}/announcements"
    answer = head.post(path, data={"text": "", "at": "2020-01-01T08:00"})
    assert answer.status_code == 422
    heard = rows(head, path)
    silent = [part.words for part in parts_of(answer.text, "hi") if not heard.get(part.words, ("",))[0]]
    assert [words for words in silent if any(map(str.isalnum, words))] == []
    assert in_(stage, "hi", "Say something, or write it here.") in heard


def test_what_was_typed_is_not_kept(stage: Stage) -> None:
    head = stage.browser("head")
    head.post(f"/groups/{stage.school}/announcements", data={"text": "PLANTED" * 1000})
    kept = list(Path(stage.app.config["INSTANCE"]).glob("speech/pages/*/*.refused"))
    assert kept
    assert not [path for path in kept if b"PLANTED" in path.read_bytes()]


def test_whoever_is_not_signed_in_hears_why_no_door_opened(stage: Stage) -> None:
    browser = stage.app.test_client()
    browser.set_cookie("language", "hi")
    assert browser.post("/code", data={"code": "1234"}).status_code == 410
    assert rows(browser, "/code")[in_(stage, "hi", WRONG)][0]


def test_without_a_voice_it_is_heard_in_the_language_that_speaks(stage: Stage) -> None:
    browser = stage.app.test_client()
    browser.set_cookie("language", "ks")
    browser.post("/code", data={"code": "1234"})
    clip, _voice, spoken = rows(browser, "/code", "ks")[in_(stage, "ks", WRONG)]
    assert (bool(clip), spoken) == (True, "ur")


def test_it_is_nobody_elses_and_not_for_long(stage: Stage) -> None:
    head, path = stage.browser("head"), f"/groups/{stage.school}/announcements"
    head.post(path, data={"text": ""})
    wrong = in_(stage, "hi", "Say something, or write it here.")
    assert wrong in rows(head, path)
    assert wrong not in rows(head, "/me")
    assert wrong not in rows(stage.browser("head"), path)
    with time_machine.travel(now().timestamp() + 700):
        assert wrong not in rows(head, path)


def test_refusals_from_many_addresses_take_few_places_and_nobody_hears_anothers(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("community.speech.refused.PLACES", 3)
    said = in_(stage, "hi", WRONG)
    for number in range(40):
        browser = stage.app.test_client()
        browser.environ_base = {**browser.environ_base, "REMOTE_ADDR": f"203.0.113.{number}"}
        browser.set_cookie("language", "hi")
        browser.post("/code", data={"code": "1234"})
        assert said in rows(browser, "/code"), "the last one hears it"
    kept = list(Path(stage.app.config["INSTANCE"]).glob("speech/pages/*/*.refused"))
    assert len(kept) <= 3

    other = stage.app.test_client()
    other.environ_base = {**other.environ_base, "REMOTE_ADDR": "198.51.100.7"}
    other.set_cookie("language", "hi")
    assert said not in rows(other, "/code")
