"""What a push carries, and that it always fits."""

import json
from types import SimpleNamespace as Whole

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from community.database import now
from community.notifications import payload

GROUP = Whole(name="कक्षा ३", language="hi", zone="Asia/Kolkata", sensitive=False)
LONG = "यह बहुत लंबी बात है " * 100


def announcement(text: str, language: str = "hi", *others: tuple[str, str]) -> Whole:
    everything = [(language, text), *others]
    words = [Whole(language=code, text=said, origin="person", stale_at=None) for code, said in everything]
    author = Whole(name="म" * 60, picture="fish", colour="mor")
    return Whole(
        id=2**62, audience=Whole(group=GROUP), author=author, author_role="admin", translations=words, original=words[0], photo_id=None,
        released_at=now(), removed_at=None, corrected_at=None, is_urgent=False,
    )  # fmt: skip


def opened(packed: bytes) -> dict:
    whole = json.loads(packed)
    assert whole["web_push"] == 8030
    return whole["notification"]


@pytest.fixture
def spoken(app: Flask):
    with app.app_context():
        yield


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize("language", ["hi", "ur", "en"])
def test_it_speaks_the_readers_language_where_there_are_words_in_it(language: str) -> None:
    said = announcement("नमस्ते", "hi", ("ur", "سلام"))
    shown = opened(payload.template(said, language, is_neutral=False))
    words, heard, direction = ("سلام", "ur", "rtl") if language == "ur" else ("नमस्ते", "hi", "ltr")
    assert (shown["body"], shown["lang"], shown["dir"]) == (words, heard, direction)
    assert shown["data"]["sheet"]["words"] == words
    assert shown["title"] == GROUP.name
    assert shown["navigate"] == f"/announcements/{said.id}"
    assert shown["tag"] == f"a{said.id}"


@pytest.mark.usefixtures("spoken")
def test_the_longest_words_in_the_widest_script_fit() -> None:
    packed = payload.template(announcement(LONG[:2000]), "hi", is_neutral=False)
    assert len(packed) <= payload.MOST
    assert len(packed) > payload.MOST * 0.8, "it carries as much as fits"
    assert opened(packed)["data"]["sheet"]["words"].endswith("…")


@given(text=st.text(min_size=1, max_size=2000))
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_fits_and_stays_json(text: str) -> None:
    from community.notifications.payload import BODY, MOST, _cut, _packed, _shorten

    shown = {"body": _cut(text, BODY), "data": {"sheet": {"words": text}}}
    for _turn in range(200):
        if len(_packed(shown)) <= MOST:
            break
        _shorten(shown["data"]["sheet"])
    assert len(_packed(shown)) <= MOST


@pytest.mark.usefixtures("spoken")
def test_each_phone_has_its_own_token_and_one_without_reports_has_none() -> None:
    packed = payload.template(announcement("नमस्ते"), "hi", is_neutral=False)
    assert opened(payload.addressed(packed, "A" * 16))["data"]["delivery"] == "A" * 16
    assert opened(payload.addressed(packed, None))["data"]["delivery"] == ""
    assert len(payload.addressed(packed, "A" * 16)) == len(packed)


@pytest.mark.usefixtures("spoken")
def test_words_that_look_like_the_token_change_nothing() -> None:
    packed = payload.template(announcement(payload.TOKEN), "hi", is_neutral=False)
    shown = opened(payload.addressed(packed, "A" * 16))
    assert shown["data"]["delivery"] == "A" * 16
    assert shown["body"] == payload.TOKEN


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(("language", "direction"), [("hi", "ltr"), ("ur", "rtl"), ("en", "ltr")])
def test_a_neutral_push_says_nothing(language: str, direction: str) -> None:
    shown = opened(payload.template(announcement("राज़"), language, is_neutral=True))
    assert (shown["lang"], shown["dir"], shown["navigate"]) == (language, direction, "/")
    assert set(shown["data"]) == {"delivery"}
    assert "राज़" not in str(shown)
    assert GROUP.name not in str(shown)
