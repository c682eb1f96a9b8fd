"""Photos by the saver level, and the price of data, in Chromium: what came is counted on the wire."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from PIL import Image

from bench.wire import Exchange, Wire, wire
from tests.browser.hand import PATIENCE, Hand
from tests.browser.server import Server, serving
from tests.browser.village import ADDRESS, ROOT, Reader
from tests.media.samples import written

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
# For the head of an answer the browser says 300 bytes; here it is one of HTTP/1.1, with a policy for pages, without one for photos.
MISSED, TOO_MUCH = 500, 100  # bytes for each answer
COUNTED = """async () => { const now = new Date();
  return (await jotted(PRICE, SPENT))[now.getFullYear() * 12 + now.getMonth()] ?? {} }"""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Wire]]:
    with serving(tmp_path_factory.mktemp("saver")) as started:
        port = urlsplit(started.url).port
        assert port
        with wire("127.0.0.1", port) as counted:
            yield replace(started, url=counted.url), counted


@pytest.fixture
def reader(chromium: Browser, line: tuple[Server, Wire]) -> Iterator[Reader]:
    made = Reader(chromium, line[0], "parent")
    yield made
    made.hand.close()


def shown(reader: Reader, words: str) -> int:
    """The head of the school shows a photo to everybody; the announcement's number, once it is out."""
    group = ROOT.search(reader.head.get("/groups").text)
    assert group
    fields = {"text": words, "kind": "news", "key": uuid4().hex}
    reader.head.post(f"/groups/{group[1]}/announcements", fields, noise())
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for article in reader.head.get(f"/groups/{group[1]}").text.split("<article")[1:]:
            if words in article and "pending" not in article and (found := ADDRESS.search(article)):
                return int(found[1])
        time.sleep(0.3)
    raise AssertionError("it never went out")


def noise() -> bytes:
    """A photo that no encoding makes small, and another one each time."""
    return written(Image.effect_noise((480, 360), 90).convert("RGB"), "JPEG")


def settle(line: Wire) -> list[Exchange]:
    """What passed, once nothing passes any more."""
    while line.quiet_for() < 1:
        time.sleep(0.1)
    return line.take()


def photos(passed: list[Exchange]) -> list[Exchange]:
    return [one for one in passed if one.path.startswith("/photos/")]


def choose(hand: Hand, level: str) -> None:
    hand.open("/me/saver")
    hand.tap(f'button[value="{level}"]')
    assert hand.sees(f'button[value="{level}"][aria-pressed=true]')


def counted(reader: Reader) -> dict[str, int]:
    found: dict[str, int] = reader.worker.evaluate(COUNTED)
    return found


@pytest.mark.parametrize("level", ["no-photos", "words"])
def test_no_photo_comes_by_itself_and_a_tap_brings_exactly_one(
    reader: Reader, line: tuple[Server, Wire], level: str
) -> None:
    choose(reader.hand, level)
    number = shown(reader, f"With a photo, {level}")
    settle(line[1])
    reader.forget_freshness()
    reader.hand.wait_for("/", f"With a photo, {level}")
    reader.brought()
    reader.hand.open(f"/announcements/{number}")
    assert photos(settle(line[1])) == []

    price = reader.hand.screen.locator("article [data-photo] .tag").inner_text()
    before = counted(reader).get("photos", 0)
    reader.hand.screen.locator("article [data-photo]").tap()
    assert reader.hand.soon(lambda: bool(reader.hand.sees("article img.shot")))
    assert reader.hand.soon(
        lambda: reader.hand.screen.evaluate("() => document.querySelector('img.shot').naturalWidth > 0")
    )
    [came] = photos(settle(line[1]))
    assert came.path.endswith("/480.avif")
    assert int(price.split()[0]) * 1000 >= came.size - 300
    assert reader.hand.soon(lambda: counted(reader).get("photos", 0) > before)

    reader.hand.context.set_offline(True)
    reader.hand.screen.reload()
    reader.hand.screen.locator("article [data-photo]").tap()
    assert reader.hand.soon(
        lambda: reader.hand.screen.evaluate("() => document.querySelector('img.shot')?.naturalWidth > 0")
    )


def test_without_a_signal_the_price_stands_there_again(reader: Reader) -> None:
    choose(reader.hand, "no-photos")
    number = shown(reader, "Not here yet")
    reader.hand.wait_for("/", "Not here yet")
    reader.hand.open(f"/announcements/{number}")
    assert reader.hand.soon(lambda: f"/announcements/{number}" in reader.kept())
    reader.hand.context.set_offline(True)
    reader.hand.screen.locator("article [data-photo]").tap()
    assert reader.hand.soon(lambda: reader.hand.sees("article [data-photo]") == 1)
    assert reader.hand.sees("article img.shot") == 0


def test_on_everything_a_new_announcement_opens_with_its_photo_for_nothing(
    reader: Reader, line: tuple[Server, Wire]
) -> None:
    number = shown(reader, "Brought with its photo")
    reader.hand.open("/me")
    reader.forget_freshness()
    reader.hand.open("/me")
    photo = re.search(r'"(/photos/[^"]+/480.avif)"', reader.head.get(f"/announcements/{number}").text)
    assert photo
    reader.until(lambda: photo[1] in reader.kept())
    reader.brought()
    assert [one.path for one in photos(settle(line[1]))].count(photo[1]) == 1

    reader.hand.open(f"/announcements/{number}")
    assert reader.hand.soon(
        lambda: reader.hand.screen.evaluate("() => document.querySelector('img.shot')?.naturalWidth > 0")
    )
    assert [one.path for one in settle(line[1]) if one.path.startswith(("/photos/", "/announcements/"))] == []
    reader.hand.open("/me")
    reader.hand.press("/me/sign-out")
    assert reader.hand.soon(lambda: not any(name.startswith("aangan-pages-") for name in reader.stores()))


def test_the_month_rises_by_what_the_wire_saw(reader: Reader, line: tuple[Server, Wire]) -> None:
    """Bytes for bytes, but for the heads; the worker's own script is not counted, and no answer to a report."""
    reader.hand.open("/me")
    reader.brought()
    shown(reader, "What does it cost?")
    settle(line[1])
    before = counted(reader)
    reader.forget_freshness()
    for path in ("/", "/groups", "/children", "/me/phones", "/me/quiet", "/"):
        reader.hand.open(path)
    reader.brought()
    passed = [one for one in settle(line[1]) if one.path not in ("/reading", "/sw.js", "/deliveries")]
    size = sum(one.size for one in passed)
    rise = {kind: value - before.get(kind, 0) for kind, value in counted(reader).items()}
    total = rise.pop("total")
    assert total == sum(rise.values())
    told = (rise, [(one.path, one.size) for one in passed])
    assert size - MISSED * len(passed) <= total <= size + TOO_MUCH * len(passed), told
    [came] = photos(passed)
    assert came.size > 20_000
    assert abs(rise["photos"] - came.size) <= TOO_MUCH, told


def test_the_page_shows_it_also_after_a_restart_and_without_a_signal(reader: Reader) -> None:
    reader.hand.open("/me")
    reader.brought()
    reader.hand.open("/offline/price")
    assert reader.hand.soon(lambda: bool(reader.hand.sees("[data-price]")))
    reader.hand.open("/offline/price")
    reader.restart()
    reader.hand.context.set_offline(True)
    reader.hand.open("/offline/price")
    assert reader.hand.soon(lambda: bool(reader.hand.sees("[data-price]")))
    assert not reader.hand.sees("[data-uncounted]")
    assert reader.hand.screen.locator("[data-kind=pages]").inner_text().split()[0] not in ("", "0")
    widths = reader.hand.screen.evaluate(
        "() => [...document.querySelectorAll('[data-price] rect')].map((bar) => bar.width.baseVal.value)"
    )
    assert sum(widths) == pytest.approx(100)


def test_what_is_written_counts_as_sent(reader: Reader) -> None:
    before = counted(reader).get("sent", 0)
    choose(reader.hand, "words")
    assert reader.hand.soon(lambda: counted(reader).get("sent", 0) >= before + len("level=words"))


@pytest.mark.parametrize("wild", ["", "null", "[1]", '"x"', '{"24000":5}', "{", '{"NaN":{"pages":"x"}}'])
def test_a_broken_count_begins_anew(reader: Reader, wild: str) -> None:
    reader.worker.evaluate(
        "async (wild) => { await (await caches.open(PRICE)).put(SPENT, new Response(wild)); await spend('sent', 5) }",
        wild,
    )
    assert counted(reader)["sent"] >= 5


def test_only_this_month_and_the_one_before_are_kept(reader: Reader) -> None:
    kept = reader.worker.evaluate(
        """async () => { const now = new Date(); const month = now.getFullYear() * 12 + now.getMonth();
          await jot(PRICE, SPENT, { [month - 2]: { pages: 1 }, [month - 1]: { pages: 2 }, [month]: { pages: 3 } });
          await spend('pages', 4);
          const found = await jotted(PRICE, SPENT);
          return [month - 2, month - 1, month].map((one) => found[one]?.pages ?? null) }"""
    )
    assert kept[:2] == [None, 2]
    assert kept[2] >= 7


def test_without_scripts_the_link_leads_to_the_photo(chromium: Browser, line: tuple[Server, Wire]) -> None:
    maker = Reader(chromium, line[0], "head")
    shown(maker, "Plain and simple")
    maker.hand.close()
    hand = Hand(chromium, line[0], line[0].signed_in("parent").cookie, scripts=False)
    choose(hand, "no-photos")
    hand.wait_for("/", "Plain and simple")
    assert hand.sees("img.shot") == 0
    hand.tap("article:has-text('Plain and simple') [data-photo]")
    assert hand.sees("img.shot") == 1
    hand.open("/offline/price")
    assert hand.sees("[data-uncounted]") == 1
    assert hand.sees("[data-price]") == 0
    hand.close()
