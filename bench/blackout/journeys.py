"""Five journeys: where each begins, how one sees that it was completed, and the fewest taps that do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.hand import Hand
from tests.browser.pressing import done, first_group
from tests.browser.server import Server
from tests.browser.test_ready import SEND, fill

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = {"hi": "हिन्दी", "ur": "اردو", "bn": "বাংলা", "en": "English"}
# What was played is written down, with the words of the part that was marked just then or of the link that was tapped.
WATCH = """globalThis.said = [];
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const marked = [...document.querySelectorAll("[style*=outline]")];
  said.push(marked.map((one) => one.textContent.trim().replace(/\\s+/g, " ")).join("|"));
  return play.call(this);
}"""


@dataclass(frozen=True)
class Journey:
    """`task` is told in English with the names as they stand there; `fewest` counts taps without a wrong one."""

    task: str
    part: str
    start: Callable[[Server], str]
    completed: Callable[[Page, Scene], bool]
    fewest: int


@dataclass(frozen=True)
class Scene:
    """Where it happens: the group that is looked for, the announcement that is new, the language that is wanted."""

    group: int
    announcement: int
    words: str
    wanted: str


def home(_server: Server) -> str:
    return "/"


def _joined(page: Page, _scene: Scene) -> bool:
    return page.evaluate("() => document.documentElement.dataset.person") not in ("", None)


def _heard(page: Page, scene: Scene) -> bool:
    said = page.evaluate("() => said")
    return any(scene.words[:20] in one for one in said)


def _found(page: Page, scene: Scene) -> bool:
    return bool(re.search(rf"/groups/{scene.group}(\?|#|$)", page.url))


def _acknowledged(page: Page, scene: Scene) -> bool:
    form = f'form[action="/announcements/{scene.announcement}/acknowledgement"] button[aria-pressed=true]'
    return page.locator(form).count() > 0


def _switched(page: Page, scene: Scene) -> bool:
    return page.locator("html").get_attribute("lang") == scene.wanted


JOURNEYS = {
    "join": Journey(
        "Somebody whom you trust gave you this link. Come into the courtyard.", "",
        lambda server: server.invitation, _joined, 1,
    ),
    "hear": Journey(
        "Something new was announced. Let the phone say aloud what it is.", "urdu parent", home, _heard, 1,
    ),
    "find": Journey(
        "Open the group {group}.", "urdu parent", home, _found, 1,
    ),
    "acknowledge": Journey(
        "Tell the school that you have understood its newest announcement.", "urdu parent", home, _acknowledged, 1,
    ),
    "language": Journey(
        "You want everything in {wanted}. Change the language.", "urdu parent", home, _switched, 2,
    ),
}  # fmt: skip


def scene(server: Server, browser: Browser, language: str) -> Scene:
    """The parent's phone in this language, with one new announcement that a ready sentence says in every language."""
    parent = server.signed_in("urdu parent")
    done(parent.post("/language", {"language": language, "next": "/"}))
    number = _announced(server, browser)
    words = _say_of(parent.get(f"/announcements/{number}").text)
    return Scene(first_group(parent), number, words, "ur" if language == "hi" else "hi")


def _announced(server: Server, browser: Browser) -> int:
    """The number of what the teacher tapped together, once it has gone out."""
    teacher = Hand(browser, server, server.signed_in("teacher").cookie)
    said = fill(teacher, "चौपाल")
    teacher.tap(SEND)
    teacher.close()
    parent = Hand(browser, server, server.signed_in("urdu parent").cookie)
    address = parent.wait_for("/", "चौपाल").locator("a.words").get_attribute("href")
    parent.close()
    assert said and address
    return int(address.rsplit("/", 1)[1])


def _say_of(page: str) -> str:
    found = re.search(r'<p class="say"[^>]*>(.*?)</p>', page, re.S)
    assert found, "the announcement has no words"
    return re.sub(r"<[^>]+>", "", found[1]).strip()
