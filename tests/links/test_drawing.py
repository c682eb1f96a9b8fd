"""What people write, as a page shows it: their words, their lines, links that say where they lead, and no markup."""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from community.links.drawing import carried, said
from community.links.finding import links_in
from tests.announcements.test_words import NAUGHTY
from tests.conftest import ALL
from tests.house.naughty import NASTY

pytestmark = pytest.mark.sqlite_only
PIECES = st.sampled_from(
    [
        "https://a.example/",
        "https://bit.ly/x",
        "https://аpple.com",
        "http://",
        "<b>",
        "&",
        '"',
        "'",
        "।",
        " ",
        "\n",
        "\\",
        "@",
        "</a>",
    ]
) | st.text(max_size=4)
MAY = {"a": {"class", "dir", "href", "rel", "target"}, "b": set(), "br": set(), "bdi": {"dir"}}
MAY |= {"span": {"class"}, "svg": {"class", "aria-hidden"}, "use": {"href"}}


class Tags(HTMLParser):
    """The tags of a piece of a page, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page(house: Flask) -> Iterator[None]:
    """A request: risky links have words and an address of ours."""
    with house.test_request_context("/"):
        yield


def is_clean(markup: str) -> bool:
    """Only our own tags and attributes, and addresses of the web or of our own page."""
    for tag, attributes in Tags(markup).tags:
        assert tag in MAY and attributes.keys() <= MAY[tag], (tag, attributes)
        leads = attributes.get("href", "/s/")
        assert leads.lower().startswith(("http://", "https://", "/leaving?", "/s/")), leads
    return True


def links(text: str) -> list[tuple[str, str]]:
    """(where it leads, what is shown) of each link."""
    found = re.findall(r'<a class="link"[^>]*href="([^"]*)"[^>]*>(.*?)</a>', said(text))
    return [(html.unescape(href), html.unescape(re.sub("</?b>", "", shown))) for href, shown in found]


@pytest.mark.parametrize("text", (*NAUGHTY, *(one for one in NASTY if len(one) < 500 or ALL)))
def test_no_markup_comes_out_of_words(page: None, text: str):
    assert is_clean(said(text))
    assert is_clean(carried(text))


@settings(max_examples=150 if ALL else 30, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_but_ours_is_markup_and_no_word_is_lost(page: None, text: str):
    assert is_clean(said(text))
    if not any(link.risks or not link.says_its_host for link in links_in(text)):
        assert Tags(said(text)).text == html.unescape(html.escape(text))


@settings(max_examples=100 if ALL else 25, deadline=None)
@given(st.sampled_from(["http://", "https://", "HTTPS://"]), st.text(max_size=30))
def test_whatever_an_address_holds_no_page_breaks(page: None, scheme: str, rest: str):
    assert is_clean(said(scheme + rest)) and is_clean(carried(scheme + rest))


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


def test_what_somebody_registered_is_set_apart_from_what_stands_around_it():
    assert "https://paytm-like.a.<b>example.com</b>/paytm.com" in said("https://paytm-like.a.example.com/paytm.com")
    assert "<b>someone.github.io</b>" in said("https://x.someone.github.io/")


def test_an_address_keeps_its_direction_in_a_line_of_urdu():
    assert '<a class="link" dir="ltr"' in said("یہ https://example.com/ ہے")


@pytest.mark.parametrize("address", ["https://аpple.com/x", "https://аpple.com/xn--pple-43d.com"])
def test_a_host_that_only_looks_like_another_stands_in_its_plain_letters_and_asks_first(page: None, address: str):
    ((leads, shown),) = links(address)

    asked = parse_qs(urlsplit(leads).query)
    assert urlsplit(leads).path == "/leaving"
    assert asked["to"][0].startswith("https://xn--pple-43d.com/")
    assert shown == f"xn--pple-43d.com · {address}"


def test_a_name_in_devanagari_stands_in_its_plain_letters_and_is_a_link_like_any_other():
    assert links("https://उदाहरण.भारत/")[0][1].startswith("xn--p1b6ci4b4b3a.xn--h2brj9c · ")
    assert links("https://उदाहरण.भारत/")[0][0] == "https://xn--p1b6ci4b4b3a.xn--h2brj9c/"


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
    for address in ("https://faß.example/", "https://pay\u200dpal-x.example/", "https://EXAMPLE.com/"):
        for leads, shown in links(address):
            assert shown == address or shown.split(" · ")[0] in leads


def test_without_a_signal_a_risky_address_leads_nowhere(page: None):
    assert "href" not in carried("https://bit.ly/x") and "bit.ly/x" in re.sub("</?b>", "", carried("https://bit.ly/x"))
    assert 'href="https://example.com"' in carried("https://example.com")
