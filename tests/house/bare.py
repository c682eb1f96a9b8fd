"""The words of a page that `_()` missed: in the pseudo-language every message comes in ⟦brackets⟧.

What stands outside of them must be somebody's own: a name, a group, what was said; or no word at all.
"""

import re
from html.parser import HTMLParser
from typing import Any

import sqlalchemy as sa
from flask import Flask

from community.announcements.models import Translation
from community.announcements.unlisted import Unlisted
from community.database import db
from community.groups.models import Category, Group
from community.people.models import Child, Person

WORD = re.compile(r"[^\W\d_]")
ADDRESS = re.compile(r"\S+/(?:(?:j|m|office)/\w+|code)")
OWN_TAGS = ("bdi", "time", "script", "style", "textarea")
EMPTY = ("meta", "link", "input", "img", "br", "source", "hr", "path", "use")
SPOKEN = ("title", "aria-label", "aria-description", "alt", "placeholder", "label")


class Words(HTMLParser):
    """Gathers in `bare` every word that a reader meets outside of brackets."""

    def __init__(self, own: set[str]) -> None:
        super().__init__()
        self.own = own
        self.open: list[tuple[str, bool]] = []  # each element, and whether its words are somebody's own
        self.depth = 0
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        is_own = tag in OWN_TAGS or (has["lang"] != "xx" if "lang" in has else self._is_own)
        if not is_own:
            self._attributes(tag, has)
        if tag not in EMPTY:
            self.open.append((tag, is_own))

    def handle_endtag(self, tag: str) -> None:
        while tag in [name for name, _is_own in self.open] and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        outside = ADDRESS.sub("", self._outside(data))
        if not self._is_own and WORD.search(outside) and data.strip() not in self.own:
            self.bare.append(f"<{self.open[-1][0] if self.open else ''}> {data.strip()[:80]!r}")

    @property
    def _is_own(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def _attributes(self, tag: str, has: dict[str, str]) -> None:
        spoken = {name: has.get(name, "") for name in SPOKEN}
        if tag == "input" and has.get("type") in ("submit", "button", "reset"):
            spoken["value"] = has.get("value", "")
        if tag == "meta" and has.get("property", has.get("name", "")) in ("og:title", "og:description", "description"):
            spoken["content"] = has.get("content", "")
        for name, value in spoken.items():
            self._attribute(tag, name, value)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        before, self.depth = self.depth, 0
        if WORD.search(self._outside(value)) and value.strip() not in self.own:
            self.bare.append(f"<{tag} {name}> {value[:80]!r}")
        self.depth = before

    def _outside(self, text: str) -> str:
        """What stands outside of all brackets; they may have been opened in an earlier element."""
        kept = []
        for letter in text:
            if letter == "⟦":
                self.depth += 1
            elif letter == "⟧":
                self.depth -= 1
            elif not self.depth:
                kept.append(letter)
        return "".join(kept)


def bare_words(text: str, own: set[str]) -> list[str]:
    reader = Words(own)
    reader.feed(text)
    reader.close()
    return reader.bare + ([] if reader.depth == 0 else ["a bracket that is never closed"])


def somebodys_own(app: Flask) -> set[str]:
    """Every name and text that people wrote."""
    columns: tuple[Any, ...] = (
        Group.name, Group.level, Category.name, Person.name, Child.nickname, Translation.text, Unlisted.reason,
    )  # fmt: skip
    with app.app_context():
        found = [value for column in columns for value in db.session.scalars(sa.select(column)) if value]
    return {value.strip() for value in found}
