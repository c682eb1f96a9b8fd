"""What people write, as a page shows it: their words, their lines, links that lead where they say, and no markup."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.announcements.words import said
from community.form import Form, clean
from tests.conftest import ALL

from .scene import Scene, page

NAUGHTY = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "&lt;b&gt;", "{{ 7*7 }}",
    "{% raw %}", "javascript:alert(1)", "<a href='javascript:alert(1)'>x</a>", 'http://"onmouseover="alert(1)',
    "https://example.com/'onclick='alert(1)", "https://example.com/<script>", "https://a.example/\u202egpj.exe",
    "]]>", "<!--", "'; DROP TABLE announcement; --", "Ω≈ç√∫", "田中さんに", "😍👨\u200d👩\u200d👧", "ﷺ", "Z̮̞̠͙͔ͅa̷", "%00",
    "NaN", "-1", "\\u0000",
]  # fmt: skip
LINKS = re.compile(r'<a class="link" href="([^"]*)" rel="noopener noreferrer nofollow" target="_blank">(.*?)</a>')
BARE = re.compile(r"<br>|" + LINKS.pattern)


PIECES = st.sampled_from(["https://a.example/", "http://", "<b>", "&", '"', "'", "।", " ", "\n", "\\", "@"]) | st.text(
    max_size=4
)


def links(text: str) -> list[tuple[str, str]]:
    """(where it leads, what is shown) of each link."""
    return [(html.unescape(href), html.unescape(shown)) for href, shown in LINKS.findall(said(text))]


@pytest.mark.parametrize("text", NAUGHTY)
def test_no_markup_comes_out_of_words(text: str):
    assert not re.search(r"[<>]", BARE.sub("", said(text)))


@settings(max_examples=150 if ALL else 30, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_but_links_and_lines_is_markup_and_no_word_is_lost(text: str):
    shown = said(text)

    assert not re.search(r"[<>]", BARE.sub("", shown))
    assert all(href.lower().startswith(("http://", "https://")) for href, _shown in links(text))
    if "://" not in text:
        assert html.unescape(shown.replace("<br>", "\n")) == text


@settings(max_examples=100 if ALL else 25, deadline=None)
@given(st.sampled_from(["http://", "https://", "HTTPS://"]), st.text(max_size=30))
def test_whatever_an_address_holds_no_page_breaks(scheme: str, rest: str):
    assert not re.search(r"[<>]", BARE.sub("", said(scheme + rest)))


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.com/x", "file:///etc/passwd", "//example.com", "tel:1"],
)
def test_only_web_addresses_are_links(text: str):
    assert links(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Look at https://example.com/a?b=1&c=2.", "https://example.com/a?b=1&c=2"),
        ("(https://example.com/a)", "https://example.com/a"),
        ("देखो https://example.com/a।", "https://example.com/a"),
        ("देखो https://example.com/a।अब", "https://example.com/a"),
        ("یہ دیکھیں https://example.com/a۔", "https://example.com/a"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://example.com/कक्षा", "https://example.com/कक्षा"),
    ],
)
def test_an_address_is_a_link_without_the_sentence_around_it(text: str, address: str):
    assert links(text) == [(address, address)]


def test_a_phone_may_begin_an_address_with_a_capital():
    assert links("Https://example.com/A") == [("https://example.com/A", "Https://example.com/A")]


@pytest.mark.parametrize("address", ["https://аpple.com/x", "https://аpple.com/xn--pple-43d.com"])
def test_a_host_that_only_looks_like_another_is_shown_in_its_plain_letters(address: str):
    ((leads, shown),) = links(address)

    assert leads.startswith("https://xn--pple-43d.com/")
    assert shown == f"xn--pple-43d.com · {address}"


@pytest.mark.parametrize(
    "text",
    [
        "https://bank.example@evil.example/", "https://bank.example:443@evil.example/", "https://bank.example%2f@evil.example",
        "https://%65vil.example/", "https://[::1]/", "http:///evil.example", "https://evil.example:x/", "https://.", "http://[",
        "https://" + "a" * 70 + ".example/",
    ],
)  # fmt: skip
def test_an_address_that_hides_its_host_stays_text(text: str):
    assert links(text) == []
    assert html.unescape(said(text)) == text


def test_a_backslash_ends_an_address():
    assert links(r"https://evil.example\@bank.example/") == [("https://evil.example", "https://evil.example")]


def test_what_is_shown_and_where_it_leads_are_one_host():
    for address in ("https://faß.example/", "https://pay\u200dpal.example/", "https://EXAMPLE.com/"):
        for leads, shown in links(address):
            assert shown == address or shown.split(" · ")[0] in leads


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


def test_naughty_words_go_through_the_composer_and_come_out_as_words(stage: Scene):
    head = stage.browser("head")
    for number, text in enumerate(NAUGHTY):
        assert stage.announce(head, text, key=f"naughty-{number}").status_code == 303, text

    stage.release_all()

    for path in ("/", f"/groups/{stage.school}", f"/announcements/{stage.said(NAUGHTY[0])}"):
        sheets = re.findall(r'<p class="[^"]*" lang="hi" dir="auto">(.*?)</p>', page(head, path), re.S)
        assert sheets
        assert not [sheet for sheet in sheets if re.search(r"[<>]", BARE.sub("", sheet))]
