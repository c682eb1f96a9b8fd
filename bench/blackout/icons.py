"""Which of four pictures is it? The app's own actions, each with its word and three other actions' pictures."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.blackout.journeys import scene
from tests.browser.courtyard import chromium
from tests.browser.hand import Hand
from tests.browser.server import serving

if TYPE_CHECKING:
    pass

PAGES = ("/", "/groups", "/me", "/groups/{group}", "/groups/{group}/announcements/new", "/groups/{group}/settings")
CHOICES = 4
BARE = """(rows) => {
  document.documentElement.dir = "ltr";
  Object.assign(document.body, { innerHTML: rows }).style.background = "#fff";
}"""
ROW = "display:flex;gap:40px;align-items:center;padding:8px;color:#1c1b4b"
# Each action of a page: the first picture that it shows, drawn out, and its word.
ACTIONS = """() => [...document.querySelectorAll("a, button")].flatMap((one) => {
  const shown = one.querySelector("svg.i");
  const words = (one.querySelector(".grow, span") ?? one).innerText.trim().split("\\n")[0].replace(/\\s+/g, " ");
  if (!shown || !words || /\\p{N}/u.test(words) || one.matches(".door, .face")) return [];
  const copy = shown.cloneNode(true);
  const used = copy.querySelector("use")?.getAttribute("href");
  const key = used ?? copy.innerHTML;
  return [[key, copy.outerHTML, words]];
})"""


@dataclass(frozen=True)
class Question:
    """A word, and four pictures of which one is meant."""

    word: str
    pictures: list[str]
    right: int


def ask(folder: Path, language: str, seed: int) -> None:
    """Write a row of pictures for each word (`icons.png`), the words (`words.txt`), what is right (`answers.json`)."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(folder, READABLE="0") as server, chromium() as browser:
        place = scene(server, browser, language)
        hand = Hand(browser, server, server.signed_in("teacher").cookie)
        hand.open("/language")
        hand.screen.locator(f"button[value={language}]").tap()
        hand.screen.wait_for_load_state("load")
        found = _collected(hand, place.group)
        questions = _questions(found, random.Random(seed))
        _draw(hand, questions, folder / "icons.png")
    words = "\n".join(f"{number}. {one.word}" for number, one in enumerate(questions, 1))
    (folder / "words.txt").write_text(words + "\n")
    (folder / "answers.json").write_text(json.dumps([one.right for one in questions]))


def _collected(hand: Hand, group: int) -> dict[str, tuple[str, str]]:
    """Picture and word of each action, by the name of its symbol; the first page that has it counts."""
    found: dict[str, tuple[str, str]] = {}
    for path in PAGES:
        hand.open(path.format(group=group))
        for key, drawn, words in hand.screen.evaluate(ACTIONS):
            found.setdefault(key, (drawn, words))
    return found


def _questions(found: dict[str, tuple[str, str]], dice: random.Random) -> list[Question]:
    keys = list(found)
    questions = []
    for key in keys:
        others = dice.sample([other for other in keys if other != key], CHOICES - 1)
        shown = dice.sample([key, *others], CHOICES)
        questions.append(Question(found[key][1], [found[one][0] for one in shown], shown.index(key) + 1))
    return questions


def _draw(hand: Hand, questions: list[Question], path: Path) -> None:
    """On a page of the app, so that the sprite and the stylesheet are there."""
    rows = "".join(
        f'<p style="{ROW}"><b style="width:40px">{number}</b>'
        + "".join(f'<span style="zoom:1.6">{picture}</span>' for picture in one.pictures)
        + "</p>"
        for number, one in enumerate(questions, 1)
    )
    hand.screen.evaluate(BARE, rows)
    hand.screen.screenshot(path=path, full_page=True)


def score(folder: Path, given: list[int]) -> dict[str, int]:
    """How many of the answers, in the order of the words, are right."""
    right = json.loads((folder / "answers.json").read_text())
    return {"asked": len(right), "right": sum(one == other for one, other in zip(right, given, strict=True))}
