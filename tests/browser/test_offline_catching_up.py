"""A stale phone that catches up shows exactly what a fresh phone shows: after anything, in any order.

Caught up by the list, without any page being opened; and on the page that lay open, in place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.browser.happenings import HAPPENINGS, Elsewhere, fresh
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
DRAWN = f"""(text) => ({WRITTEN})(new DOMParser().parseFromString(text, "text/html").body)"""


@dataclass
class World:
    reader: Reader
    elsewhere: Elsewhere


@pytest.fixture(scope="module")
def world(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("catching-up")
    with serving(folder) as server:
        elsewhere = Elsewhere(server, folder / "instance" / "aangan.db")
        reader = Reader(chromium, server, "parent")
        # It looks only: what a page says by itself would be another happening.
        reader.hand.context.route("**/reading", lambda route: route.fulfill(status=204))
        reader.hand.context.route("**/deliveries", lambda route: route.fulfill(status=204))
        yield World(reader, elsewhere)
        reader.hand.close()


@settings(
    max_examples=SEQUENCES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
    derandomize=True, database=None,
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 5)), min_size=1, max_size=7))
def test_a_stale_phone_that_catches_up_shows_what_a_fresh_phone_shows(
    world: World, happened: list[tuple[str, int]]
) -> None:
    reader, elsewhere = world.reader, world.elsewhere
    reader.hand.open("/")
    reader.catch_up()
    for name, turn in happened:
        getattr(elsewhere, name)(turn)
    reader.catch_up()

    # What the list does not name (a group that she only looks after) is looked at when it is opened.
    named = reader.phone.get("/offline/list").text
    assert '"/":' in named
    for address in (one for one in reader.kept() if f'"{one}":' in named):
        assert reader.text_of(address) == fresh(reader.phone, address), address
    reader.look()
    reader.hand.screen.wait_for_timeout(700)
    drawn = reader.hand.screen.evaluate(DRAWN, fresh(reader.phone, "/"))
    assert reader.hand.screen.evaluate(SHOWN) == drawn, "the page that lay open"
