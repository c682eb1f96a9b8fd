"""Poor browsers: without a worker, without storage, in-app ones, old ones. Each reads and posts while there is a signal.

What a browser lacks is taken away before any script of a page runs; a full disk is a real one, by the browser's quota.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import randbytes
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from tests.browser.hand import AHEAD, Hand
from tests.browser.phone import unlike_any
from tests.browser.pressing import first_group
from tests.browser.server import Server
from tests.browser.writing import READY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
DENY = "() => { throw new DOMException('denied', 'SecurityError') }"
LACK = "for (const [owner, names] of [%s]) for (const name of names) delete owner[name];"
NO_WORKER = LACK % "[Navigator.prototype, ['serviceWorker']]"
NO_STORAGE = f"""for (const name of ["caches", "indexedDB", "localStorage", "sessionStorage"])
  Object.defineProperty(self, name, {{ configurable: true, get: {DENY} }});
Object.defineProperty(document, "cookie", {{ get: {DENY}, set: {DENY} }});"""
# What came after Chrome 86, and what the browsers inside apps leave out.
NEWER = LACK % (
    "[Crypto.prototype, ['randomUUID']], [String.prototype, ['at']], [Array.prototype, ['at', 'findLast']],"
    "[Object, ['hasOwn']], [Element.prototype, ['checkVisibility']], [AbortSignal, ['any', 'timeout']],"
    "[self, ['Notification', 'PushManager', 'speechSynthesis', 'structuredClone', 'scheduler', 'navigation']],"
    "[Navigator.prototype, ['share', 'clipboard', 'connection', 'storage', 'permissions', 'locks', 'serviceWorker']]"
)
WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 8.1.0; Redmi Go Build/OPM1; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/87.0.4280.141 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/300.0.0.0;]"
)
POOR = {
    "no worker": NO_WORKER,
    "a worker that is undefined": "Object.defineProperty(navigator, 'serviceWorker', { get: () => undefined });",
    "a worker that is refused": f"ServiceWorkerContainer.prototype.register = async {DENY};",
    "no storage": NO_STORAGE,
    "no storage, no worker": NO_STORAGE + NO_WORKER,
    "nothing newer": NEWER,
}

PUT = """async () => (await caches.open("x")).put("/x", new Response("x".repeat(1000))).then(() => "kept", ({ name }) => name)"""


@pytest.fixture
def hands(chromium: Browser, server: Server) -> Iterator[Callable[..., Hand]]:
    """A head of the school with a browser that this was done to."""
    made: list[Hand] = []

    def hand(lack: str = "", **wishes: object) -> Hand:
        made.append(Hand(chromium, server, server.signed_in("head").cookie, **wishes))  # type: ignore[arg-type]
        made[-1].context.add_init_script(lack)
        return made[-1]

    yield hand
    for one in made:
        one.close()


def reads_and_posts(hand: Hand) -> None:
    """By touch alone: the courtyard, a group, an announcement, and saying something there."""
    words, group = f"Said with little {unlike_any()}", first_group(hand.server.signed_in("head"))
    hand.open("/")
    assert hand.sees("article.card") >= 1
    hand.open(f"/groups/{group}/announcements/new")
    hand.write(words)
    hand.tap(".dock .btn")
    assert hand.card(words).count() == 1, "it is on the page that follows"
    hand.wait_for(f"/groups/{group}", words)
    hand.tap("article.card a.words")
    assert hand.path.startswith("/announcements/")
    assert hand.sees("article.card") == 1


@pytest.mark.parametrize("lack", POOR)
def test_whoever_lacks_it_reads_and_posts(hands: Callable[..., Hand], lack: str) -> None:
    hand = hands(POOR[lack])
    broken: list[str] = []
    hand.context.on("weberror", lambda error: broken.append(str(error.error)))
    reads_and_posts(hand)
    assert not broken


@pytest.mark.parametrize("agent", [WEBVIEW, "", "x"])
def test_a_browser_inside_an_app_or_without_a_name_reads_and_posts(hands: Callable[..., Hand], agent: str) -> None:
    reads_and_posts(hands(NEWER + NO_STORAGE, user_agent=agent))


def test_a_browser_that_can_not_read_our_script_is_as_one_without_scripts(hands: Callable[..., Hand]) -> None:
    """One before Chrome 85 stops at the first word of it that it does not know, or passes over all modules."""
    hand = hands()
    hand.context.route("**/s/app-*.js", lambda route: route.fulfill(body="?:", content_type="text/javascript"))
    reads_and_posts(hand)


def test_a_script_that_stops_in_the_middle_takes_nothing_along(hands: Callable[..., Hand]) -> None:
    reads_and_posts(hands(f"Object.defineProperty(navigator, 'serviceWorker', {{ get: {DENY} }});"))


def test_somebody_new_comes_in_without_worker_and_storage(hands: Callable[..., Hand], chromium: Browser) -> None:
    newcomer = Hand(chromium, hands().server, user_agent=WEBVIEW)
    newcomer.context.add_init_script(NEWER + NO_STORAGE)
    newcomer.open(newcomer.server.invitation)
    newcomer.tap("main .btn.big")
    assert newcomer.sees("#asked .row") == 1
    newcomer.close()


def has_room(hand: Hand, size: int) -> None:
    """So many bytes and no more does the browser give this origin from now on."""
    tools = hand.context.new_cdp_session(hand.screen)
    tools.send("Storage.overrideQuotaForOrigin", {"origin": hand.server.url, "quotaSize": size})


def test_a_phone_without_room_from_the_start_reads_and_posts(hands: Callable[..., Hand]) -> None:
    hand = hands()
    has_room(hand, 1)
    reads_and_posts(hand)
    assert hand.screen.evaluate(PUT) == "QuotaExceededError"


def test_a_phone_that_has_filled_up_reads_and_posts_and_says_so_without_a_signal(hands: Callable[..., Hand]) -> None:
    """It has room for the worker and its pages, and none for a photo; a few words Chromium lets pass."""
    hand = hands()
    has_room(hand, 400_000)
    hand.open(f"/groups/{first_group(hand.server.signed_in('head'))}")
    assert hand.screen.evaluate(READY), "the worker did not start"
    assert hand.soon(lambda: len(hand.context.service_workers[0].evaluate(AHEAD)) == 3), (
        "what is shown without a signal"
    )
    has_room(hand, 1)
    assert hand.screen.evaluate(PUT) == "QuotaExceededError"
    reads_and_posts(hand)
    hand.open(f"/groups/{first_group(hand.server.signed_in('head'))}/announcements/new")
    hand.write("Nowhere to keep this", randbytes(1_000_000))
    hand.context.set_offline(True)
    hand.screen.locator(".dock .btn").tap()
    hand.screen.wait_for_selector("[data-full]:not([hidden])")
    assert hand.screen.locator("textarea[name=text]").input_value() == "Nowhere to keep this"
