"""What the pages promise to people who read little (docs/people.md), on every page of the day and of each of the cast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from flask import g

from community.announcements.models import Announcement
from community.database import db
from community.page import role_word
from tests.browser.outline import Outline, route
from tests.browser.pages import NOBODY, Page, told
from tests.journeys.conftest import Tour

pytestmark = pytest.mark.any_collation

MEMBERS = (NOBODY, "newcomer", "guest", "parent", "urdu parent", "member", "english reader")
EMPTY = ("meta", "link", "input", "img", "br", "source", "hr", "path", "use")
DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b|\b\d{4}-\d\d(?:-\d\d)?\b")
WORDS = 8  # of a prompt
ADDRESS = re.compile(r"\S+://\S+")
# What a member does, by the form's address or the page's, and in how many taps from the courtyard.
CORE = {
    "/announcements/#": 1,  # hear one announcement
    "/groups/#": 1,  # go into a group
    "!/announcements/#/acknowledgement": 1,  # say "understood", or that it was done
    "!/reading": 1,  # "I have heard all this"
    "/groups": 1,
    "/groups/#/involvement": 2,  # quieten a group
    "/language": 2,
    "/children": 2,
}
# Who founds a group names it; what a member is asked, she may leave empty.
FOUNDS = (
    "/communities/new/#", "/communities", "/groups/#/settings", "/groups/#/groups/new", "/groups/#/groups",
    "/groups/#/templates",
)  # fmt: skip


class Element:
    """One element with what stands in it."""

    def __init__(self, tag: str, has: dict[str, str], parent: Element | None) -> None:
        self.tag, self.has, self.parent = tag, has, parent
        self.inside: list[Element] = []
        self.text = ""

    def all(self, *tags: str, kind: str = "") -> Iterator[Element]:
        for element in self.inside:
            if (not tags or element.tag in tags) and (not kind or kind in element.kinds):
                yield element
            yield from element.all(*tags, kind=kind)

    @property
    def kinds(self) -> list[str]:
        return self.has.get("class", "").split()

    @property
    def words(self) -> str:
        """All text in it, but what is no word of the page."""
        own = "" if self.tag in ("script", "style", "svg") else self.text
        return " ".join(filter(None, [own.strip(), *(element.words for element in self.inside)]))

    @property
    def has_picture(self) -> bool:
        return any(True for _ in self.all("svg", "img"))

    def __str__(self) -> str:
        return f"<{self.tag}.{'.'.join(self.kinds)}> {self.words[:60]!r}"


class Tree(HTMLParser):
    """A page as elements; `Tree.of(text)` is its root."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {}, None)

    @classmethod
    def of(cls, text: str) -> Element:
        made = cls()
        made.feed(text)
        made.close()
        return made.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.inside.append(made)
        if tag not in EMPTY:
            self.here = made

    def handle_endtag(self, tag: str) -> None:
        at: Element | None = self.here
        while at and at.tag != tag:
            at = at.parent
        if at and at.parent:
            self.here = at.parent

    def handle_data(self, data: str) -> None:
        self.here.text += data


def faults_of(
    tour: Tour, check: object, parts: tuple[str, ...] | None = None, language: str = "en"
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for page in tour.walk.pages:
        if parts is None or page.part in parts:
            for fault in check(page, _tree(tour, page, language)):  # type: ignore[operator]
                found.setdefault(fault, []).append(str(page))
    return found


def _tree(tour: Tour, page: Page, language: str) -> Element:
    """Each page is opened and taken apart once for all rules."""
    if (page, language) not in tour.trees:
        tour.trees[page, language] = Tree.of(page.open(tour.day.phones, language).text)
    root: Element = tour.trees[page, language]
    return root


def test_every_action_has_a_picture_and_a_word(tour: Tour) -> None:
    """Rule 1, without its voice."""

    def check(_page: Page, root: Element) -> Iterator[str]:
        for element in root.all("button", "a", "summary"):
            if not re.search(r"\w", element.words) and not element.has.get("aria-label"):
                yield f"no word: {element}"
            is_key = element.parent and "data-keys" in element.parent.has and re.fullmatch(r"\d", element.words)
            if is_key:  # a digit is its own picture
                continue
            is_plain_link = element.tag == "a" and not set(element.kinds) & {"btn", "icon", "door", "row", "tile"}
            if not is_plain_link and not element.has_picture and "face" not in str([e.kinds for e in element.all()]):
                yield f"no picture: {element}"

    assert not (faults := faults_of(tour, check)), told(faults)


def test_nothing_sounds_by_itself(tour: Tour) -> None:
    """Rule 2: no page begins to speak; a sound is fetched by a tap."""

    def check(_page: Page, root: Element) -> Iterator[str]:
        for element in root.all("audio", "video"):
            if "autoplay" in element.has or element.has.get("preload") != "none":
                yield f"by itself: {element.has}"

    assert not (faults := faults_of(tour, check)), told(faults)


def test_what_a_button_says_is_eight_words_at_most(tour: Tour) -> None:
    """Rule 16: what is said of a control is over before she has forgotten how it began."""

    def check(page: Page, root: Element) -> Iterator[str]:
        own = page.route.startswith("/announcements") or "translations" in page.route
        for element in (*root.all("button"), *root.all("a", kind="btn"), *root.all("a", kind="icon")):
            if not own and len(element.words.split()) > WORDS:
                yield f"too long: {element}"

    assert not (faults := faults_of(tour, check)), told(faults)


def test_core_tasks_are_two_taps_from_the_courtyard(tour: Tour) -> None:
    """Rule 3: counted along links; the tap on a form's button is one, too."""
    taps = _taps(tour, "parent")
    assert {what: taps.get(what) for what, most in CORE.items() if taps.get(what, 99) > most} == {}


def _taps(tour: Tour, part: str, deep: int = 2) -> dict[str, int]:
    """How many taps from `/` to each kind of page, and (after a !) to each thing that can be done."""
    found: dict[str, int] = {}
    here, seen = ["/"], {"/"}
    for taps in range(1, deep + 1):
        ahead: list[str] = []
        for path in here:
            outline = Outline.of(tour.day.phones[part].get(path).text)
            for form in outline.posts:
                found.setdefault("!" + route(form.action), taps)
            for way in outline.ways:
                found.setdefault(route(way).partition("?")[0], taps)
                if way not in seen and not way.startswith(("/s/", "/photos/", "/manifest")):
                    seen.add(way)
                    ahead.append(way)
        here = ahead
    return found


def test_one_bar_of_places_and_no_tabs(tour: Tour) -> None:
    """Rules 4 and 5. What waits on the phone has each kind's buttons, of which a script shows one kind's."""

    def check(page: Page, root: Element) -> Iterator[str]:
        bars = list(root.all("nav", kind="nav"))
        if len(bars) > 1 or any(
            "role" in element.has and element.has["role"].startswith("tab") for element in root.all()
        ):
            yield "more than one bar, or tabs"
        if any(len(list(bar.all("a"))) > 4 for bar in bars):
            yield "more than four places"
        for card in root.all("article", kind="card") if page.route != "/offline/waiting" else ():
            if len(list(card.all("button"))) + len(list(card.all("a", kind="btn"))) > 3:
                yield f"more than three actions: {card}"

    assert not (faults := faults_of(tour, check)), told(faults)


def test_nobody_has_to_type_on_the_way_of_a_member(tour: Tour) -> None:
    """Rule 8: a number is typed where a number is asked for, a name is never asked for."""

    def check(page: Page, root: Element) -> Iterator[str]:
        for field in root.all("input", "textarea"):
            typed = field.tag == "textarea" or field.has.get("type", "text") in (
                "text",
                "search",
                "tel",
                "email",
                "password",
            )
            if (
                typed
                and "required" in field.has
                and page.route.removeprefix("!") not in FOUNDS
                and field.has.get("inputmode") != "numeric"
            ):
                yield f"required: {field.has.get('name')}"

    assert not (faults := faults_of(tour, check, MEMBERS)), told(faults)


def test_everybody_and_every_group_has_a_picture(tour: Tour) -> None:
    """Rule 9: drawn, or a photo."""

    def check(_page: Page, root: Element) -> Iterator[str]:
        for element in root.all():
            is_swatch = element.parent is not None and element.parent.tag == "summary"
            if {"face", "door"} & set(element.kinds) and not element.has_picture and not is_swatch:
                yield f"no picture: {element}"

    assert not (faults := faults_of(tour, check)), told(faults)


def test_a_card_says_who_speaks_and_as_what(tour: Tour) -> None:
    """Rule 24: the face, and the picture and the word of her role."""
    with tour.app.test_request_context("/?lang=en"):
        g.language = "en"
        found = db.session.execute(sa.select(Announcement.id, Announcement.author_role))
        roles = {row.id: row.author_role for row in found}
        words = {role: role_word(role) for role in set(roles.values())}
    seen = set()

    def check(_page: Page, root: Element) -> Iterator[str]:
        for card in root.all("article", kind="card"):
            if set(card.kinds) & {"gone", "pending"} or not re.fullmatch(r"a\d+", card.has.get("id", "")):
                continue
            who, role = next(card.all(kind="who")), roles[int(card.has["id"].removeprefix("a"))]
            face = next(who.all(kind="face"), None)
            pictures = [one for one in who.all("svg") if one.parent is not face]
            seen.add(role)
            if face is None or words[role] not in who.words or (words[role] and not pictures):
                yield f"{role}: {who}"

    assert not (faults := faults_of(tour, check)), told(faults)
    assert "admin" in seen


def test_no_date_is_a_row_of_numbers(tour: Tour) -> None:
    """Rule 20."""

    def check(_page: Page, root: Element) -> Iterator[str]:
        for element in root.all():
            said = ADDRESS.sub("", element.text)
            if element.tag not in ("script", "style", "textarea") and (found := DATE.search(said)):
                yield f"{found[0]} in {element}"

    assert not (faults := faults_of(tour, check)), told(faults)


def _opens_a_room(field: Element) -> bool:
    is_hers = field.parent is not None and "data-pin" in field.parent.has
    return is_hers and (field.has.get("inputmode"), field.has.get("maxlength")) == ("numeric", "6")


def test_nobody_is_asked_for_a_password_or_an_address(tour: Tour) -> None:
    """Rule 21; who runs the server has a key, and on a phone that several share six digits open each one's room."""

    def check(page: Page, root: Element) -> Iterator[str]:
        kinds = {field.has.get("type", "text") for field in root.all("input") if not _opens_a_room(field)}
        if kinds & {"email", "password"} and not page.path.startswith("/operator"):
            yield "a password or an address"

    assert not (faults := faults_of(tour, check)), told(faults)
