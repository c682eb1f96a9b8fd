"""A risky link asks first, and nothing behind a link is ever fetched."""

import html
import re
import socketserver
import threading
from urllib.parse import urlencode

import pytest

from community.links.drawing import leaving
from tests.announcements.scene import Scene, page

LINK = re.compile(r'<a class="link"[^>]*href="([^"]*)"')


def links_on(text: str) -> list[str]:
    return [html.unescape(found) for found in LINK.findall(text)]


def test_a_risky_link_leads_to_a_page_that_names_its_host_and_says_why(stage: Scene):
    head = stage.newcomer("Reader", stage.school)
    number = stage.release("head", "https://аpple.com/x?a=1&b=2 https://example.com/")
    risky, plain = links_on(page(head, f"/announcements/{number}"))

    asked = page(head, risky)

    assert plain == "https://example.com/"
    assert 'dir="ltr"><bdi>xn--pple-43d.com</bdi><' in asked
    assert "This address looks like a well-known one, and is another." in asked
    assert 'href="https://xn--pple-43d.com/x?a=1&amp;b=2" rel="noopener noreferrer nofollow"' in asked
    assert stage.app.test_client().get(risky).status_code == 200, "who is not signed in may be warned, too"
    assert head.get(risky).headers["Cache-Control"] == "no-store"


def test_the_page_sets_apart_who_registered_the_host(stage: Scene):
    with stage.app.test_request_context():
        risky = leaving("https://paytm.com.verify.example.co.in/")

    shown = page(stage.browser("head"), risky)
    assert '<span class="soft small">paytm.com.verify.</span>example.co.in</bdi></h2>' in shown


@pytest.mark.parametrize(
    "query",
    [
        {}, {"to": "https://evil.example/"}, {"to": "https://evil.example/", "mark": "0" * 16}, {"mark": "ü" * 16},
        {"to": "javascript:alert(1)", "mark": "x"},
    ],
)  # fmt: skip
def test_nobody_can_borrow_the_page_for_an_address_of_her_own(stage: Scene, query: dict[str, str]):
    assert stage.browser("head").get("/leaving?" + urlencode(query)).status_code == 404


def test_the_mark_of_one_address_opens_no_other(stage: Scene):
    with stage.app.test_request_context():
        mark = leaving("https://bit.ly/a").partition("mark=")[2]
    head = stage.browser("head")

    assert head.get("/leaving?" + urlencode({"to": "https://bit.ly/a", "mark": mark})).status_code == 200
    assert head.get("/leaving?" + urlencode({"to": "https://bit.ly/b", "mark": mark})).status_code == 404


@pytest.fixture
def canary():
    """A server that counts who comes."""
    hits: list[str] = []

    class Hit(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            hits.append("hit")

    with socketserver.TCPServer(("127.0.0.1", 0), Hit) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], hits
        server.shutdown()


def test_no_preview_is_fetched(stage: Scene, canary: tuple[int, list[str]]):
    port, hits = canary
    address = f"http://127.0.0.1:{port}/x"
    head = stage.browser("head")

    text = f"{address} https://example.com/x"
    assert stage.announce(head, text).status_code == 303
    stage.release_all()
    number = stage.said(text)
    shown = page(head, "/") + page(head, f"/announcements/{number}")
    page(head, links_on(shown)[0])

    assert hits == []
    assert "https://example.com/x" in links_on(shown), "the one that asks nothing before, too"
    assert not re.search(r'(?:src|srcset|poster|data)="[^"]*(?:127\.0\.0\.1|example\.com)', shown)
    assert "prefetch" not in shown and "preconnect" not in shown
