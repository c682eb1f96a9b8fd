"""A voice from the microphone of one phone to the ear of another, also without a signal; and what it takes on the wire."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright")

from bench.wire import Exchange, Wire, wire
from tests.browser import courtyard as place
from tests.browser.hand import Hand
from tests.browser.lossy import lossy
from tests.browser.pressing import first_group
from tests.browser.server import Server, serving
from tests.browser.speaking import spoken
from tests.browser.village import Reader
from tests.browser.writing import Writer
from tests.media.speech import recorded, speech, wav

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Request

pytestmark = pytest.mark.browser
MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SECONDS = 4
SOUNDS = """() => { const [play, , time] = document.querySelector(".voice").children;
  return time.textContent > "0:00" && time.textContent < "1:00" && document.querySelectorAll("[data-rate]").length === 4 }"""


LOUD = "() => document.querySelector('[data-level] rect').getAttribute('width') > 5"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One whose microphone hears somebody speak."""
    if place.executable() is None:
        pytest.skip("needs Chromium")
    from playwright.sync_api import sync_playwright

    heard = tmp_path_factory.mktemp("microphone") / "speech.wav"
    heard.write_bytes(wav(speech(20)))
    flags = [*place.FLAGS, *MICROPHONE, f"--use-file-for-fake-audio-capture={heard}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place.executable(), args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voice")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder) as started:
        yield started


@pytest.fixture
def line(server: Server) -> Iterator[Wire]:
    port = urlsplit(server.url).port
    assert port
    with wire("127.0.0.1", port) as counted:
        yield counted


def composer(browser: Browser, server: Server) -> Hand:
    """The head's phone, with the composer open."""
    phone = server.signed_in("head")
    hand = Hand(browser, server, phone.cookie)
    hand.open(f"/groups/{first_group(phone)}/announcements/new")
    return hand


def record(hand: Hand, seconds: float = SECONDS) -> None:
    hand.screen.locator("label.rec[for=voice]").tap()
    hand.screen.locator("[data-do=stop]").wait_for(state="visible")
    assert hand.soon(lambda: bool(hand.sees("[data-level]")) and bool(hand.screen.evaluate(LOUD))), "the meter moves"
    hand.screen.wait_for_timeout(seconds * 1000)
    hand.screen.locator("[data-do=stop]").tap()
    hand.screen.locator("[data-do=hear]").wait_for(state="visible")


def lengths(folder: Path) -> list[int]:
    """How long the voices are that the server has, in milliseconds, the newest last."""
    with sqlite3.connect(folder / "instance" / "aangan.db", timeout=15) as connection:
        question = "SELECT milliseconds FROM voice JOIN translation ON voice_id = voice.id ORDER BY translation.id"
        found = [row[0] for row in connection.execute(question)]
    connection.close()
    return found


def test_recorded_listened_to_sent_and_heard_also_without_a_signal(
    chromium: Browser, server: Server, folder: Path
) -> None:
    hand = composer(chromium, server)
    record(hand)
    hand.screen.locator("[data-do=hear]").tap()
    hand.screen.locator("[data-do=hear][aria-pressed=true]").wait_for()
    hand.tap(".dock .btn")
    assert abs(lengths(folder)[-1] - SECONDS * 1000) < 1500

    reader = Reader(chromium, server, "parent")
    assert reader.hand.soon(lambda: bool(reader.hand.open("/") and reader.hand.sees(".voice")))
    assert reader.hand.sees("[data-rate]") == 0, "nothing sounds before a tap"
    reader.hand.screen.locator(".voice").first.tap()
    assert reader.hand.soon(lambda: bool(reader.hand.screen.evaluate(SOUNDS)))
    reader.hand.screen.locator("[data-rate='1.5']").tap()
    assert reader.hand.sees("[data-rate='1.5'][aria-pressed=true]") == 1
    assert reader.hand.sees("[data-rate][aria-pressed=true]") == 1

    reader.hand.context.set_offline(True)
    reader.hand.screen.reload()
    reader.hand.screen.locator(".voice").first.tap()
    assert reader.hand.soon(lambda: bool(reader.hand.screen.evaluate(SOUNDS)))
    reader.hand.close()
    hand.close()


def test_discarded_it_comes_back_with_undo_and_goes_with_the_words(
    chromium: Browser, server: Server, folder: Path
) -> None:
    hand, before = composer(chromium, server), len(lengths(folder))
    record(hand, 1.5)
    chosen = "() => document.querySelector('#voice').files.length"
    hand.screen.locator("[data-do=discard]").tap()
    assert hand.screen.evaluate(chosen) == 0
    assert hand.sees("label.rec[for=voice]") == 1
    hand.screen.locator("[data-do=undo]").tap()
    assert hand.screen.evaluate(chosen) == 1
    hand.write("Words beside a voice")
    hand.tap(".dock .btn")
    assert len(lengths(folder)) == before + 1
    hand.close()


def test_who_sends_while_she_speaks_sends_what_she_said(chromium: Browser, server: Server, folder: Path) -> None:
    hand, before = composer(chromium, server), len(lengths(folder))
    hand.screen.locator("label.rec[for=voice]").tap()
    hand.screen.locator("[data-do=stop]").wait_for(state="visible")
    hand.screen.wait_for_timeout(2500)
    hand.tap(".dock .btn")
    assert len(lengths(folder)) == before + 1
    hand.close()


def test_what_is_long_goes_ahead_in_parts(chromium: Browser, server: Server, folder: Path) -> None:
    hand, before = composer(chromium, server), len(lengths(folder))
    parts: list[str] = []

    def note(asked: Request) -> None:
        if asked.method == "PATCH":
            parts.append(asked.headers["upload-offset"])

    hand.screen.on("request", note)
    record(hand, 40)
    hand.tap(".dock .btn")
    assert parts == ["0", "32768"]
    assert len(lengths(folder)) == before + 1
    assert abs(lengths(folder)[-1] - 40_000) < 1500
    hand.close()


def test_an_announcement_with_a_voice_waits_for_a_signal_and_goes_out_once(
    chromium: Browser, server: Server, folder: Path
) -> None:
    phone, before = server.signed_in("head"), len(lengths(folder))
    with lossy(server.url) as between:
        writer = Writer(chromium, server, between, phone.cookie, first_group(phone))
        writer.hand.open(f"/groups/{writer.group}/announcements/new")
        writer.signal(False)
        clip = {"name": "voice.webm", "mimeType": "audio/webm", "buffer": recorded(speech(3), "webm", "libopus")}
        writer.hand.screen.locator("input[name=voice]").set_input_files(clip)  # type: ignore[arg-type]
        writer.hand.tap(".dock .btn")
        writer.until(["waits"])
        assert writer.cards.locator("[data-state=voice]").count() == 1
        assert len(lengths(folder)) == before
        writer.signal(True)
        writer.again()
        writer.until(["sent"])
        assert len(lengths(folder)) == before + 1
        writer.hand.close()


def test_twenty_seconds_take_32_kilobytes_on_the_wire_and_what_was_brought_takes_nothing(
    chromium: Browser, server: Server, line: Wire
) -> None:
    address = spoken(server, 20)
    reader = Reader(chromium, replace(server, url=line.url), "parent")
    reader.forget_freshness()
    reader.hand.open("/me")
    reader.until(lambda: address in reader.kept())
    reader.brought()
    [came] = [one for one in settled(line) if one.path == address]
    assert 15_000 < came.size <= 32_000, came

    reader.hand.context.set_offline(True)
    reader.hand.open("/")
    reader.hand.screen.locator(f".voice[href='{address}']").tap()
    assert reader.hand.soon(lambda: bool(reader.hand.screen.evaluate(SOUNDS)))
    assert [one for one in settled(line) if "/voices/" in one.path] == []
    reader.hand.close()


def settled(line: Wire) -> list[Exchange]:
    while line.quiet_for() < 1:
        time.sleep(0.1)
    return line.take()
