"""A screen as somebody sees it who can read nothing: every line of words is a black bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# A bar over each line of each text, fields and their words too; drawn over the page and taken away again.
BARS = """() => {
  const cover = document.createElement("div");
  cover.id = "blackout";
  cover.style.cssText = "position:fixed;inset:0;pointer-events:none;z-index:2147483647";
  const bar = ({ x, y, width, height }) => {
    if (!width || !height) return;
    const one = document.createElement("div");
    one.style.cssText = `position:fixed;background:#000;left:${x}px;top:${y}px;width:${width}px;height:${height}px`;
    cover.append(one);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const style = node.parentElement && getComputedStyle(node.parentElement);
    if (!node.data.trim() || !style || style.visibility === "hidden") continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) bar(line);
  }
  const fields = "input:not([type=radio],[type=checkbox],[type=hidden]),textarea,select";
  for (const field of document.querySelectorAll(fields)) bar(field.getBoundingClientRect());
  document.body.append(cover);
}"""
# The part that is heard where somebody taps while it listens, as static/late/speech.js finds it.
HEARD = "h1,h2,h3,legend,p,a,button,summary,label,.grow"
PART = """([x, y, heard]) => {
  let found = null;
  let one = document.elementFromPoint(x, y);
  for (; one?.matches; one = one.parentElement) if (one.matches(heard)) found = one;
  return found && (found.getAttribute("aria-label") || found.textContent).split(/\\s+/).join(" ").trim();
}"""
WHOLE = """(heard) => [...document
  .querySelectorAll(`header :is(${heard}), main :is(${heard}), nav.nav a, .dock button`)]
  .filter((one) => !one.parentElement.closest(heard) && one.getClientRects().length)
  .map((one) => (one.getAttribute("aria-label") || one.textContent).split(/\\s+/).join(" ").trim()).filter(Boolean)"""


def shoot(page: Page, path: Path) -> None:
    """The part of the page that is in sight, words blacked out."""
    page.evaluate(BARS)
    page.screenshot(path=path)
    page.evaluate("() => document.getElementById('blackout').remove()")


def heard_at(page: Page, across: int, down: int) -> str | None:
    """What a tap there says while the page listens."""
    said: str | None = page.evaluate(PART, [across, down, HEARD])
    return said


def heard_in_all(page: Page) -> list[str]:
    """What the page says when all of it is read, one thing after another."""
    said: list[str] = page.evaluate(WHOLE, HEARD)
    return said
