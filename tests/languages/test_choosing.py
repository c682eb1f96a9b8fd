import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from community.languages import tongues
from community.languages.choosing import ALSO, choose
from community.languages.reviews import Review
from community.languages.tongues import LANGUAGES

pytestmark = [pytest.mark.usefixtures("three"), pytest.mark.sampled]
NOTHING = LanguageAccept([])
HOSTILE = [None, "", "HI", "hi ", "hi\x00", "../../etc/passwd", "te", "xx", "<script>", "ا" * 5_000]


def accepting(header: str) -> LanguageAccept:
    return parse_accept_header(header, LanguageAccept)


def test_the_first_candidate_on_offer_wins() -> None:
    assert choose(None, "te", "ur", "en", accept=accepting("hi")) == "ur"


@pytest.mark.parametrize("code", HOSTILE)
def test_what_is_not_on_offer_is_passed_over(code: str | None) -> None:
    assert choose(code, accept=NOTHING) == "hi"
    assert choose(code, "en", accept=NOTHING) == "en"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ur-PK,en;q=0.8", "ur"),
        ("ur_IN", "ur"),
        ("te-IN,ta;q=0.9,en-GB;q=0.5", "en"),
        ("hi-Latn-IN", "hi"),
        ("en;q=0.3,ur;q=0.7", "ur"),
        ("en;q=0", "hi"),
        ("de-DE", "hi"),
        ("*", "hi"),
        ("", "hi"),
        (";;;,,q=1", "hi"),
    ],
)
def test_the_browser_is_asked_next(header: str, code: str) -> None:
    assert choose(None, accept=accepting(header)) == code


@given(st.text(max_size=60))
def test_any_header_and_any_code_give_a_language_on_offer(text: str) -> None:
    assert choose(text, accept=accepting(text)) in ("hi", "ur", "en")


def test_the_pseudo_language_can_be_chosen_where_it_is_on(pseudo_app: Flask) -> None:
    with pseudo_app.app_context():
        assert choose("xx", accept=NOTHING) == "xx"
        assert choose(None, accept=accepting("*")) == "hi"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("tail", ["", "-IN", "_IN", "-Deva", "-Arab-PK", "-Mtei-IN", "-Latn", "-x-any"])
def test_each_of_the_twenty_four_is_understood_in_any_script_and_land(
    monkeypatch: pytest.MonkeyPatch, code: str, tail: str
) -> None:
    monkeypatch.setattr(tongues, "_review", lambda _code: Review(complete=True))

    assert choose(None, accept=accepting(f"{code}{tail},en;q=0.8")) == code
    assert choose(None, accept=accepting(f"xx-XX,{code.upper()}{tail};q=0.9,en;q=0.8")) == code


@pytest.mark.parametrize(
    ("header", "code"),
    [("gom-IN", "kok"), ("npi", "ne"), ("ory-IN", "or"), ("dgo", "doi"), ("bho-IN,en;q=0.9", "hi"), ("pnb-PK", "ur")],
)
def test_other_names_and_neighbours_are_understood(monkeypatch: pytest.MonkeyPatch, header: str, code: str) -> None:
    monkeypatch.setattr(tongues, "_review", lambda _code: Review(complete=True))

    assert choose(None, accept=accepting(header)) == code


def test_other_names_are_of_ours_and_none_is_one_of_ours() -> None:
    assert set(ALSO.values()) <= set(LANGUAGES) and not set(ALSO) & set(LANGUAGES)
