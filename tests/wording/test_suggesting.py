"""Is a word wrong? Finding it, saying it better, and everything that is no better word."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now, writing
from community.languages import LANGUAGES
from community.people.models import Person
from community.wording.models import Suggestion, Voice
from community.wording.views import HOURLY
from community.wording.words import Word, words_of

pytestmark = pytest.mark.sampled

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage

HINDI = "/language/hi/words"


def word(stage: Stage, english: str, form: int = 0, code: str = "hi") -> Word:
    with stage.app.app_context():
        those = words_of(LANGUAGES[code]).values()
        return next(one for one in those if one.english[0] == english and one.form == form)


def said(stage: Stage) -> list[tuple[str, str, int]]:
    with stage.app.app_context():
        found = db.session.scalars(sa.select(Suggestion).order_by(Suggestion.id))
        return [(one.language, one.words, one.people) for one in found]


def suggest(browser: Browser, about: Word, words: str, code: str = "hi") -> int:
    return int(browser.post(f"/language/{code}/words/{about.key}", data={"words": words}).status_code)


def test_the_page_of_languages_asks_who_is_in_a_community(stage: Stage) -> None:
    member = stage.browser("member")
    assert f'href="{HINDI}?next=/me"' in member.get("/language?next=/me").text
    assert "/words" not in member.get("/language?lang=en").text, "English is what the others are made from"
    assert "/words" not in stage.app.test_client().get("/language").text


def test_who_is_in_no_community_has_nobody_to_tell(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        stranger = Person(picture="parrot", colour="mor", language="hi")
        db.session.add(stranger)
        db.session.commit()
        number = stranger.id
    browser = stage.signed_in(number)
    assert "/words" not in browser.get("/language").text
    assert browser.get(HINDI).status_code == 404


@pytest.mark.parametrize("code", ["en", "xx", "tlh", "..", "%00", "HI", "hi%20", "<b>"])
def test_a_language_from_nowhere_has_no_words(stage: Stage, code: str) -> None:
    assert stage.browser("member").get(f"/language/{code}/words").status_code == 404


def test_the_words_of_the_page_that_she_came_from_stand_first(stage: Stage) -> None:
    member, wanted = stage.browser("member"), word(stage, "Quiet hours")
    assert wanted.key not in member.get(HINDI).text
    assert wanted.key in member.get(f"{HINDI}?next=/me/quiet").text


def test_a_word_is_found_in_her_language_without_nukta_and_in_english(stage: Stage) -> None:
    member, wanted = stage.browser("member"), word(stage, "Quiet hours")
    for typed in (wanted.said, "QUIET HOUR"):
        assert wanted.key in member.get(HINDI, query_string={"q": typed}).text
    with stage.app.app_context():
        dotted = next(one for one in words_of(LANGUAGES["hi"]).values() if "\u093c" in one.said and len(one.said) < 30)
    assert dotted.key in member.get(HINDI, query_string={"q": dotted.said.replace("\u093c", "")}).text
    assert 'class="rows"' not in member.get(HINDI, query_string={"q": "qqqqq"}).text


@pytest.mark.patient
def test_each_word_is_on_one_page(stage: Stage) -> None:
    member, seen, page = stage.browser("member"), [], HINDI
    while page:
        text = member.get(page).text
        seen += re.findall(r"/language/hi/words/([0-9a-f]{16})\?", text)
        more = re.search(r'href="(/language/hi/words\?page=[^"]*)"', text)
        page = more[1].replace("&amp;", "&") if more else ""
    with stage.app.app_context():
        assert sorted(seen) == sorted(words_of(LANGUAGES["hi"]))


def test_it_is_sent_and_the_way_back_is_kept(stage: Stage) -> None:
    member, about = stage.browser("member"), word(stage, "Quiet hours")
    page = member.get(f"{HINDI}/{about.key}?next=/me/quiet").text
    assert about.said in page and "Quiet hours" in page
    answer = member.post(f"{HINDI}/{about.key}", data={"words": " शांति  का समय ", "next": "/me/quiet"})
    assert (answer.status_code, answer.location) == (303, f"{HINDI}?sent=&next=%2Fme%2Fquiet")
    assert 'class="note leaf"' in member.get(answer.location).text
    assert said(stage) == [("hi", "शांति का समय", 1)]
    elsewhere = member.post(f"{HINDI}/{about.key}", data={"words": "शांति का समय", "next": "//evil"})
    assert "evil" not in elsewhere.location


def test_the_same_word_from_two_is_one_with_a_count_and_nobody_counts_twice(stage: Stage) -> None:
    about = word(stage, "Quiet hours")
    for part in ("member", "parent", "member", "parent"):
        assert suggest(stage.browser(part), about, "शांति का समय") == 303
    assert suggest(stage.browser("member"), about, "चैन का समय") == 303
    assert said(stage) == [("hi", "शांति का समय", 2), ("hi", "चैन का समय", 1)]
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Voice)) == 3


@pytest.mark.parametrize(
    "words",
    ["", "   ", "\u200b\u200e", "अच्छा\u202e शब्द", "\u2066अच्छा\u2069", "अ" * 200, "<b>अच्छा</b>", "अच्छा & बुरा",
     "%(name)s अच्छा", "100%", "{0}", "अच्छा\ufeff"],
)  # fmt: skip
def test_what_is_no_word_for_the_app_is_refused_and_not_lost(stage: Stage, words: str) -> None:
    about = word(stage, "Quiet hours")
    answer = stage.browser("member").post(f"{HINDI}/{about.key}", data={"words": words})
    assert answer.status_code == 422
    assert 'id="wrong-words"' in answer.text
    assert said(stage) == []
    if "अच्छा" in words:
        assert "अच्छा" in answer.text


def test_what_stands_there_already_is_nothing_new(stage: Stage) -> None:
    about = word(stage, "Quiet hours")
    assert suggest(stage.browser("member"), about, f"  {about.said} ") == 422


def test_placeholders_stay(stage: Stage) -> None:
    member, about = stage.browser("member"), word(stage, "%(name)s invites you")
    for broken in ("बुलाता है", "%(nam)s बुलाता है", "%(name) बुलाता है", "%(name)s %(other)s बुलाता है", "%s बुलाता है"):
        answer = member.post(f"{HINDI}/{about.key}", data={"words": broken})
        assert answer.status_code == 422, broken
        assert "%(name)s" in re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.S)
    assert suggest(member, about, "आपको %(name)s ने बुलाया") == 303


def test_one_form_of_a_plural_may_leave_its_number_out(stage: Stage) -> None:
    one, many = (word(stage, "%(num)s person has come in.", form) for form in (0, 1))
    assert one.key != many.key
    assert suggest(stage.browser("member"), one, "एक आ गया।") == 303
    assert suggest(stage.browser("member"), many, "%(num)s आ गए।") == 303


def test_thirty_an_hour_and_what_was_written_stays(stage: Stage) -> None:
    member, about = stage.browser("member"), word(stage, "Quiet hours")
    assert [suggest(member, about, f"समय {number}") for number in range(HOURLY)] == [303] * HOURLY
    answer = member.post(f"{HINDI}/{about.key}", data={"words": "एक और समय"})
    assert answer.status_code == 429
    assert "एक और समय" in answer.text
    assert len(said(stage)) == HOURLY
    with time_machine.travel(now() + timedelta(hours=1)):
        assert suggest(member, about, "एक और समय") == 303


def test_a_word_that_is_gone_is_missing(stage: Stage) -> None:
    member = stage.browser("member")
    for key in ("0" * 16, "x", "%00"):
        assert member.get(f"{HINDI}/{key}").status_code == 404
        assert member.post(f"{HINDI}/{key}", data={"words": "शब्द"}).status_code == 404


def test_what_is_filled_in_stands_from_left_to_right(stage: Stage) -> None:
    """Among words from right to left, too: in the list, above the form, and where it is asked for."""
    urdu, gap = word(stage, "%(num)s new thing", code="ur"), '<bdi dir="ltr">%(num)s</bdi>'
    member = stage.browser("member")
    listed = member.get("/language/ur/words?q=new thing").text
    assert listed.count(gap) >= 2
    assert gap in member.get(f"/language/ur/words/{urdu.key}").text
    named = word(stage, "%(name)s invites you", code="ur")
    answer = member.post(f"/language/ur/words/{named.key}", data={"words": "بلاتے ہیں"})
    assert answer.status_code == 422
    assert "\u2066%(name)s\u2069" in answer.text
