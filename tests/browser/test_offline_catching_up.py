"""A stale phone that catches up shows exactly what a fresh phone shows: after anything, in any order.

Caught up by the list, without any page being opened; and on the page that lay open, in place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

pytest.importorskip("playwright")

from playwright.sync_api import Error

from tests.browser.comings import BEFORE, HAPPENINGS, Comings
from tests.browser.happenings import DOOR, fresh
from tests.browser.server import serving
from tests.browser.village import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser]
SEQUENCES = 40 if os.environ.get("AANGAN_LONG") else 8
WRITTEN = """(body) => { body = body.cloneNode(true);
  for (const form of body.querySelectorAll("form[data-heard]")) form.hidden = false;
  for (const part of body.querySelectorAll("[data-listen], [data-hear]")) part.hidden = true;
  for (const one of body.querySelectorAll("*")) {
    const all = [...one.attributes].map(({ name, value }) => [name, value]).sort();
    for (const [name] of all) one.removeAttribute(name);
    for (const [name, value] of all) one.setAttribute(name, value);
  }
  return body.innerHTML.replace(/>\\s+/g, ">").replace(/\\s+</g, "<"); }"""
SHOWN = f"() => ({WRITTEN})(document.body)"
# How many are new behind a door is looked at when its page is opened: else each announcement would bring all boards anew.
COUNT = re.compile(r'<span class="count">(?:<span class="hide">.*?</span>)?[^<]*</span>')
DRAWN = f"""(text) => ({WRITTEN})(new DOMParser().parseFromString(text, "text/html").body)"""


@dataclass
class World:
    reader: Reader
    elsewhere: Comings


@pytest.fixture(scope="module")
def world(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("catching-up")
    with serving(folder) as server:
        elsewhere = Comings(server, folder / "instance" / "aangan.db")
        reader = Reader(chromium, server, "parent")
        # It looks only: what a page says by itself would be another happening.
        reader.hand.context.route("**/reading", lambda route: route.fulfill(status=204))
        reader.hand.context.route("**/deliveries", lambda route: route.fulfill(status=204))
        yield World(reader, elsewhere)
        reader.hand.close()


def go_round(world: World) -> None:
    """She has looked into every group that she can see, also into those that she only looks after, and at what is hers."""
    reader = world.reader
    rooms = DOOR.findall(fresh(reader.phone, "/groups"))
    inside = [door for room in rooms for door in DOOR.findall(fresh(reader.phone, f"/groups/{room}"))]
    for address in ["/me", "/children", *(f"/groups/{room}" for room in dict.fromkeys([*rooms, *inside])), "/"]:
        if address == "/" or address not in reader.kept():
            reader.hand.open(address)
    reader.catch_up()


def is_as_fresh(world: World) -> None:
    """What the list names is caught up with unopened, what it does not name when it is opened; and the page that lay open."""
    reader = world.reader
    reader.catch_up()
    reader.look()
    shows(world, "/")
    named = reader.phone.get("/offline/list").text
    assert '"/":' in named
    kept = reader.kept()
    for address in (one for one in kept if f'"{one}":' in named):
        different(*(COUNT.sub("", text) for text in (reader.text_of(address), fresh(reader.phone, address))), address)
    for address in (one for one in kept if f'"{one}":' not in named):
        reader.hand.open(address)
        shows(world, address)
    reader.hand.open("/")


def different(found: str, fresh: str, address: str) -> None:
    """Fails with what is different, and only that."""
    lines = (re.sub(r"(?=<)", "\n", text).split("\n") for text in (found, fresh))
    assert not [line for line in unified_diff(*lines, n=1, lineterm="")], address


def shows(world: World, address: str) -> None:
    reader, screen = world.reader, world.reader.hand.screen

    def shown() -> list[str]:
        with suppress(Error):  # it is being loaded anew
            return [screen.evaluate(SHOWN), screen.evaluate(DRAWN, reader.phone.get(address).text)]
        return ["", "anew"]

    if not reader.hand.soon(lambda: len(set(shown())) == 1):
        different(*shown(), address)


@pytest.mark.parametrize("name", HAPPENINGS)
def test_whatever_happens_is_caught_up_with(world: World, name: str) -> None:
    world.elsewhere.begin_again()
    for one in BEFORE.get(name, ()):
        assert any(world.elsewhere.happens(one, turn) for turn in range(6)), one
    go_round(world)
    assert any(world.elsewhere.happens(name, turn) for turn in range(6)), "it never could"
    is_as_fresh(world)


@settings(
    max_examples=SEQUENCES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    derandomize=True, database=None,
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 5)), min_size=1, max_size=7))
def test_a_stale_phone_that_catches_up_shows_what_a_fresh_phone_shows(
    world: World, happened: list[tuple[str, int]]
) -> None:
    world.elsewhere.begin_again()
    go_round(world)
    for name, turn in happened:
        world.elsewhere.happens(name, turn)
    is_as_fresh(world)
