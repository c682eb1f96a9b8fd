"""Questions by voice that are asked without a signal wait on the phone, and are asked once each, in their order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from tests.browser.hand import Hand
from tests.browser.lossy import lossy
from tests.browser.pressing import first_group, press
from tests.browser.server import Server, serving
from tests.browser.writing import Writer
from tests.media.speech import recorded, speech

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MANY = 100
KEPT = "(path) => Promise.all(['/offline/waiting', path].map((one) => caches.match(one, { ignoreVary: true }))).then((all) => all.every(Boolean))"
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


def test_what_is_typed_stands_in_no_address(chromium: Browser, server: Server) -> None:
    """What she has not sent yet, and perhaps never will: addresses are written down on the way."""
    teacher, mother = server.signed_in("teacher"), server.signed_in("urdu parent")
    grade = f"/groups/{first_group(teacher)}"
    asked = press(mother, f"{grade}/questions/new", r"/groups/\d+/questions", text="बस कब आएगी?", to="group").path
    press(teacher, asked, r"/questions/\d+/taker")
    press(teacher, f"{asked}/answers/new", r"/questions/\d+/answers", text="सुबह छह बजे।")
    said = {"question": "स्कूल की बस किस समय चलती है?", "answer": "छह बजे, चौक से।"}
    press(teacher, f"{asked}/good", r"/questions/\d+/good", **said)
    hand = Hand(chromium, server, mother.cookie)
    hand.open(f"{grade}/questions/new")
    addresses: list[str] = []
    hand.context.on("request", lambda request: addresses.append(request.url))
    hand.screen.locator("#text").tap()
    hand.screen.wait_for_selector("#text:not([data-late])")
    with hand.screen.expect_response(lambda answer: "/answers" in answer.url) as found:
        hand.screen.locator("#text").press_sequentially("bass kab zzgrmpf")
    assert found.value.ok
    assert hand.soon(lambda: hand.screen.locator("[data-offers] details").count() == 1)
    assert not [one for one in addresses if "bass" in one or "q=" in one]
    assert "zzgrmpf" not in server.log.read_text()
    hand.close()


def test_a_hundred_recordings_without_a_signal_are_asked_once_and_in_order(
    chromium: Browser, server: Server, folder: Path
) -> None:
    phone, before = server.signed_in("head"), asked(folder)
    clip = {"name": "voice.webm", "mimeType": "audio/webm", "buffer": recorded(speech(2), "webm", "libopus")}
    with lossy(server.url) as between:
        writer = Writer(chromium, server, between, phone.cookie, first_group(phone))
        form = f"/groups/{writer.group}/questions/new"
        writer.hand.open(form)
        writer.eventually(lambda: bool(writer.hand.screen.evaluate(KEPT, form)))
        writer.signal(False)
        for number in range(MANY):
            writer.hand.open(form)
            writer.hand.screen.locator("input[name=voice]").set_input_files(clip)  # type: ignore[arg-type]
            writer.hand.screen.locator("#text").fill(f"Question {number}")
            writer.hand.tap(".dock .btn")
            assert writer.hand.path == "/offline/waiting"
        writer.eventually(lambda: bool(writer.hand.screen.evaluate(SHELVED, MANY)))
        assert asked(folder) == before
        writer.signal(True)
        writer.again()
        for _minute in range(10):
            if len(asked(folder)) >= len(before) + MANY:
                break
            writer.hand.screen.wait_for_timeout(6000)
        delivered = asked(folder)[len(before) :]
        assert delivered == [(f"Question {number}", True) for number in range(MANY)]
        print(f"asked by voice in aeroplane mode, delivered: {len(delivered)} of {MANY}, once, in order")
        writer.hand.close()
