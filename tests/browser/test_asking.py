"""Questions by voice that are asked without a signal wait on the phone, and are asked once each, in their order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from tests.browser.lossy import lossy
from tests.browser.pressing import first_group
from tests.browser.server import Server, serving
from tests.browser.writing import Writer
from tests.media.speech import recorded, speech

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MANY = 100
SHELVED = """(many) => new Promise((done) => {
  const opening = indexedDB.open("aangan-queue");
  opening.onsuccess = () => {
    const { result: base } = opening;
    base.transaction("writes").objectStore("writes").count().onsuccess = ({ target }) => done(target.result === many, base.close());
  };
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asking")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder, ASKED_A_DAY="1000", OPEN_QUESTIONS="1000") as started:
        yield started


def asked(folder: Path) -> list[tuple[str, bool]]:
    """What was asked and whether a voice came with it, in the order in which the server has it."""
    with sqlite3.connect(folder / "instance" / "aangan.db", timeout=15) as connection:
        found = connection.execute("SELECT text, voice_id FROM question ORDER BY id").fetchall()
    connection.close()
    return [(text, bool(voice)) for text, voice in found]


def test_a_hundred_recordings_without_a_signal_are_asked_once_and_in_order(
    chromium: Browser, server: Server, folder: Path
) -> None:
    phone = server.signed_in("head")
    clip = {"name": "voice.webm", "mimeType": "audio/webm", "buffer": recorded(speech(2), "webm", "libopus")}
    with lossy(server.url) as between:
        writer = Writer(chromium, server, between, phone.cookie, first_group(phone))
        form = f"/groups/{writer.group}/questions/new"
        writer.hand.open(form)
        page = writer.hand.screen.content()
        writer.signal(False)
        for number in range(MANY):
            writer.hand.screen.locator("input[name=voice]").set_input_files(clip)  # type: ignore[arg-type]
            writer.hand.screen.locator("#text").fill(f"Question {number}")
            writer.hand.tap(".dock .btn")
            assert writer.hand.path == "/offline/waiting"
            writer.hand.screen.go_back()
            writer.hand.screen.locator("#text").wait_for()
        assert page
        writer.eventually(lambda: bool(writer.hand.screen.evaluate(SHELVED, MANY)))
        assert asked(folder) == []
        writer.signal(True)
        writer.again()
        for _minute in range(10):
            if len(asked(folder)) >= MANY:
                break
            writer.hand.screen.wait_for_timeout(6000)
        assert asked(folder) == [(f"Question {number}", True) for number in range(MANY)]
        print(f"asked by voice in aeroplane mode, delivered: {len(asked(folder))} of {MANY}, once, in order")
        writer.hand.close()
