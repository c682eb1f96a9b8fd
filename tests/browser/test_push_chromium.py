"""The worker in Chromium, as pushes find it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.pressing import first_group
from tests.browser.pushed import SHEET, WORDS, Pushed, payload
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
FOLLOWED = "async () => { const { person, due } = await here(); return !due && (await bookOf(person)).at > 0 }"


@pytest.fixture(scope="module")
def awake(chromium: Browser, server: Server) -> Iterator[Pushed]:
    made = Pushed(chromium, server)
    yield made
    made.hand.close()


@pytest.fixture
def pushed(awake: Pushed) -> Iterator[Pushed]:
    yield awake
    awake.clear()


def test_a_push_is_shown_as_it_says(pushed: Pushed) -> None:
    pushed.push(payload())

    data = {"path": "/announcements/12", "token": "token-12"}
    expected = {"title": "कक्षा 3", "body": "कल छुट्टी है।", "lang": "hi", "dir": "ltr", "tag": "a12", "data": data}
    assert pushed.shown() == [expected]


@pytest.mark.parametrize("data", ["", "{", "null", "[1]", '{"notification": {"title": 7}}', "💥"])
def test_something_is_shown_for_anything_at_all(pushed: Pushed, data: str) -> None:
    pushed.push(data)

    [shown] = pushed.shown()
    assert (shown["title"], shown["lang"], shown["tag"]) == ("आँगन", "hi", "aangan")
    assert shown["body"]
    assert shown["data"] == {"path": "/", "token": ""}


@pytest.mark.parametrize(
    "navigate", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/.//evil.example/"]
)
def test_no_push_leads_elsewhere(pushed: Pushed, navigate: str) -> None:
    pushed.push(payload(navigate=navigate))

    assert [shown["data"]["path"] for shown in pushed.shown()] == ["/"]


def test_announcements_stand_beside_each_other_and_a_repeat_replaces(pushed: Pushed) -> None:
    for number in (1, 2, 3):
        pushed.push(payload(number))
    assert sorted(shown["tag"] for shown in pushed.shown(3)) == ["a1", "a2", "a3"]
    pushed.push(payload(2, body="और एक बार"))

    found = {shown["tag"]: shown["body"] for shown in pushed.shown(3)}
    assert len(found) == 3
    assert found["a2"] == "और एक बार"


def test_a_tap_without_a_signal_opens_what_the_push_has_brought(pushed: Pushed) -> None:
    pushed.subscribe()
    pushed.push(payload(77))
    pushed.kept("/announcements/", 1)
    pushed.hand.context.set_offline(True)
    answer = pushed.hand.open("/announcements/77")

    assert answer.from_service_worker
    screen = pushed.hand.screen
    card = screen.locator("article.card")
    assert card.locator(".say").inner_text() == WORDS
    assert card.locator("b bdi").inner_text() == "कमला <script>"
    assert card.locator(".face path").count() > 0, "her face is drawn"
    assert card.locator("a.link").get_attribute("href") == "https://example.org/a"
    assert screen.locator("p.photo").is_visible()
    assert screen.locator(".acts").is_hidden(), "nothing that needs a signal"
    assert screen.evaluate("() => getComputedStyle(document.querySelector('article.card')).borderRadius") == "20px"
    assert "default-src 'none'" in (answer.header_value("content-security-policy") or "")
    pushed.hand.open("/announcements/78")
    assert pushed.hand.sees("svg.scene") == 1, "what no push has brought is not there"


def test_only_so_many_are_kept(pushed: Pushed) -> None:
    pushed.subscribe()
    for number in range(1, 34):
        pushed.worker.evaluate("(one) => keep(one, {})", {"sheet": SHEET, "number": number})

    found = {int(url.rpartition("/")[2]) for url in pushed.kept("/announcements/", 30)}
    assert found == set(range(4, 34))


def test_what_was_shown_is_told_with_the_next_page_and_not_before(pushed: Pushed) -> None:
    pushed.push(payload(5))
    pushed.push(payload(6))
    pushed.kept("/deliveries?shown=", 2)
    pushed.worker.evaluate("() => note('opened', 'token-5')")
    pushed.hand.screen.wait_for_timeout(1000)
    assert len(pushed.kept("/deliveries?", 3)) == 3
    pushed.hand.context.set_offline(True)
    pushed.hand.open("/")
    pushed.kept("/deliveries?", 3)
    pushed.hand.context.set_offline(False)
    pushed.hand.open("/")
    pushed.kept("/deliveries?", 0)


WRITTEN_ON = (
    "/groups/7/talk/new", "/groups/7/help/1", "/questions/5/sealed", "/questions/5/answers", "/help/5/answer",
    "/announcements/5/replies", "/rumours/5", "/rumours/5/answer",
)  # fmt: skip


def test_a_tap_uses_the_open_window_but_not_one_in_which_somebody_writes(pushed: Pushed) -> None:
    screen = pushed.hand.screen
    pushed.hand.open("/me")
    with screen.expect_navigation():
        pushed.worker.evaluate("() => { tapped({ path: '/groups', token: '' }) }")
    assert pushed.hand.path == "/groups"
    pushed.hand.open("/me/looks")
    tried = pushed.worker.evaluate(
        "() => tapped({ path: '/groups', token: '' }).then(() => 'went', (error) => error.name)"
    )
    assert (tried, pushed.hand.path) == ("InvalidAccessError", "/me/looks"), "it asks for a window of its own"
    free = pushed.worker.evaluate(
        "(paths) => paths.filter((path) => !WRITING.test(path))", [*WRITTEN_ON, "/questions/5"]
    )
    assert free == ["/questions/5"]


def test_an_open_page_is_asked_for_again_when_somebody_looks(pushed: Pushed) -> None:
    screen = pushed.hand.screen
    group = first_group(pushed.server.signed_in("parent"))
    for path, renews in (("/", True), (f"/groups/{group}", True), ("/me/looks", False)):
        pushed.hand.open(path)
        assert pushed.hand.soon(lambda: pushed.worker.evaluate(FOLLOWED)), "the list was never looked at"
        before = pushed.taken(path)
        pushed.push(payload(9))
        screen.wait_for_timeout(500)
        assert pushed.taken(path) == before, "not under her eyes"
        screen.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')) }")
        screen.wait_for_timeout(1000)
        assert (pushed.taken(path) != before) == renews, path


def test_whoever_leaves_the_phone_takes_her_news_along(chromium: Browser, server: Server) -> None:
    pushed = Pushed(chromium, server)
    pushed.subscribe()
    pushed.push(payload(8))
    pushed.kept("/announcements/", 1)
    pushed.hand.open("/me")
    pushed.hand.press("/me/sign-out")
    pushed.kept("/announcements/", 0)
    pushed.hand.close()
