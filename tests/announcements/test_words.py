"""What people write, as a page shows it: their words, their lines, links that lead where they say, and no markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.form import Form, clean
from community.links.drawing import said

from .scene import Scene, page

NAUGHTY = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "&lt;b&gt;", "{{ 7*7 }}",
    "{% raw %}", "javascript:alert(1)", "<a href='javascript:alert(1)'>x</a>", 'http://"onmouseover="alert(1)',
    "https://example.com/'onclick='alert(1)", "https://example.com/<script>", "https://a.example/\u202egpj.exe",
    "]]>", "<!--", "'; DROP TABLE announcement; --", "Ω≈ç√∫", "田中さんに", "😍👨\u200d👩\u200d👧", "ﷺ", "Z̮̞̠͙͔ͅa̷", "%00",
    "NaN", "-1", "\\u0000",
]  # fmt: skip
BARE = re.compile(
    r'</?b>|<br>|</a>|<a class="link" dir="ltr" href="[^"]*" rel="noopener noreferrer nofollow" target="_blank">'
)


def test_lines_stay_lines():
    assert said("एक\nदो\n\nतीन") == "एक<br>दो<br><br>तीन"
    assert said("https://a.example/\nb").endswith("</a><br>b")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("एक\r\nदो\rतीन", "एक\nदो\nतीन"),
        ("a\0b\x07c", "abc"),
        ("\u202egpj.exe", "gpj.exe"),
        ("क्\u200dष", "क्\u200dष"),
        ("می\u200cخواہم", "می\u200cخواہم"),
        ("\u06dd١", "\u06dd١"),
        ("e\u0301", "é"),
        (" \u200d\u200b\ufeff\u00a0 ", ""),
        ("\u200d", ""),
    ],
)
def test_words_are_cleaned_and_scripts_are_left_whole(typed: str, kept: str):
    assert clean(typed) == kept


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str):
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("typed", "number"), [("7", 7), ("७", 7), ("۱۲", 12), ("", None), ("²", None), ("-1", None), ("9" * 16, None)]
)
def test_a_number_is_one_in_any_script(typed: str, number: int | None):
    assert Form({"n": typed}).number("n") == number


@pytest.mark.patient
def test_naughty_words_go_through_the_composer_and_come_out_as_words(stage: Scene):
    head = stage.browser("head")
    for number, text in enumerate(NAUGHTY):
        assert stage.announce(head, text, key=f"naughty-{number}").status_code == 303, text

    stage.release_all()

    for path in ("/", f"/groups/{stage.school}", f"/announcements/{stage.said(NAUGHTY[0])}"):
        sheets = re.findall(r'<p class="[^"]*" lang="hi" dir="auto">(.*?)</p>', page(head, path), re.S)
        assert sheets
        assert not [sheet for sheet in sheets if re.search(r"[<>]", BARE.sub("", sheet))]
