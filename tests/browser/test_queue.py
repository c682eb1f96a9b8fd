"""What is written without a signal: it waits on the phone, is seen there, and goes out once, as who wrote it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from community.talk.composing import HOURLY
from tests.browser.day import photo
from tests.browser.hand import AHEAD, Hand
from tests.browser.lossy import Lossy, lossy
from tests.browser.pressing import first_group, press
from tests.browser.server import Server, serving
from tests.browser.writing import Writer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("queue")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder) as started:
        yield started


@pytest.fixture
def line(server: Server) -> Iterator[Lossy]:
    with lossy(server.url) as between:
        yield between


@pytest.fixture
def writer(chromium: Browser, server: Server, line: Lossy) -> Iterator[Writer]:
    """The head, who may announce, with her group's page open and everything on the phone."""
    phone = server.signed_in("head")
    found = Writer(chromium, server, line, phone.cookie, first_group(phone))
    yield found
    found.hand.close()


def said(folder: Path, words: str) -> list[int | None]:
    """The photos of the announcements with these words, as the server has them."""
    question = "SELECT a.photo_id FROM announcement a JOIN translation t ON t.announcement_id = a.id WHERE t.text = ?"
    with sqlite3.connect(folder / "instance" / "aangan.db", timeout=15) as connection:
        found = [row[0] for row in connection.execute(question, [words])]
    connection.close()
    return found


def test_words_and_photo_wait_are_seen_and_go_out_once(writer: Writer, folder: Path) -> None:
    writer.signal(False)
    writer.announce("एक", photo())
    assert writer.hand.path == "/offline/waiting"
    writer.until(["waits"])
    card = writer.cards.first
    assert "एक" in card.inner_text()
    assert card.locator('use[href$="#clock"]').count(), "a clock"
    assert card.locator('use[href$="#photo"]').count()
    assert not said(folder, "एक")
    writer.signal(True)
    writer.until(["sent"])
    found = said(folder, "एक")
    assert len(found) == 1
    assert found[0], "with its photo"


def test_it_is_shown_on_the_pages_where_it_was_written(writer: Writer) -> None:
    writer.line.status = 503
    writer.announce("दो")
    writer.until(["waits"])
    for path in (f"/groups/{writer.group}", "/"):
        writer.hand.open(path)
        writer.until(["waits"])
        assert "दो" in writer.cards.first.inner_text()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_stumbles_is_asked_again_with_the_same_key(writer: Writer, folder: Path, status: int) -> None:
    words = f"फिर {status}"
    writer.line.status = status
    writer.announce(words)
    writer.until(["waits"])
    writer.line.status = 0
    writer.again()
    writer.until(["sent"])
    assert len(said(folder, words)) == 1


def test_an_answer_that_was_lost_makes_no_second_announcement(writer: Writer, folder: Path) -> None:
    writer.line.loses_answers, writer.line.cuts = True, (0,)  # half a redirect would say already that it was done
    writer.announce("जवाब खो गया")
    writer.until(["waits"])
    assert len(said(folder, "जवाब खो गया")) == 1
    writer.line.loses_answers = False
    writer.again()
    writer.until(["sent"])
    assert len(said(folder, "जवाब खो गया")) == 1


def test_a_refusal_that_was_cut_in_the_middle_is_asked_for_again(writer: Writer) -> None:
    writer.line.loses_answers, writer.line.cuts = True, (0.9,)  # its Content-Length promises more
    writer.announce("आधा जवाब", at="2001-01-01T08:00")
    writer.until(["waits"])
    writer.line.loses_answers = False
    writer.again()
    writer.until(["refused"])
    assert len(writer.cards.first.locator("[data-reason]").inner_text()) > 10


def message(writer: Writer, words: str) -> str:
    """In the group's talk: where it is answered."""
    phone, place = writer.server.signed_in("head"), f"/groups/{writer.group}/talk"
    page = press(phone, f"{place}/new", r"/groups/\d+/talk", text=words).text
    found = re.findall(rf"{place}/new\?to=\d+", page)
    return found[-1]


def test_the_form_of_a_reply_is_nobody_elses(writer: Writer) -> None:
    """Without a signal new words would hang under a message, and another's words would stand in what the phone has kept."""
    reply, place = message(writer, "किसे जवाब?"), f"/groups/{writer.group}/talk/new"
    screen = writer.hand.screen
    writer.hand.open(place)
    writer.eventually(lambda: place in writer.worker.evaluate(AHEAD))
    writer.hand.open(reply)
    assert screen.locator("input[name=to]").count() == 1
    writer.signal(False)
    writer.hand.open(place)
    assert screen.locator("form.compose").count() == 1
    assert screen.locator("input[name=to]").count() == 0
    writer.hand.open(reply)
    assert screen.locator("form.compose").count() == 0, "what answers nobody is not sent as a reply"


def test_a_reply_that_was_refused_stays_a_reply(writer: Writer) -> None:
    reply = message(writer, "फिर से किसे?")
    screen = writer.hand.screen
    writer.hand.open(reply)
    to = screen.locator("input[name=to]").input_value()
    writer.signal(False)
    screen.locator("input[name=photo]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"no"}
    )
    screen.locator("#text").fill("इसे")
    writer.hand.tap(".dock .btn")
    writer.signal(True)
    writer.until(["refused"])
    writer.hand.tap("[data-editor]")
    screen.wait_for_selector("input[name=draft]", state="attached")
    assert screen.locator("#text").input_value() == "इसे"
    assert screen.locator("input[name=to]").input_value() == to


def test_who_wrote_too_much_is_told_how_long_and_nothing_waits_for_a_signal(writer: Writer) -> None:
    phone, place = writer.server.signed_in("head"), f"/groups/{writer.group}/talk"
    screen = writer.hand.screen
    writer.hand.open(f"{place}/new")
    writer.signal(False)
    screen.locator("#text").fill("सबके बाद")
    writer.hand.tap(".dock .btn")
    writer.until(["waits"])
    for _time in range(HOURLY):  # some of it may have been said before
        said = phone.post(place, {"key": token_hex(16), "text": "बहुत"})
    assert said.status in (200, 429)
    writer.signal(True)
    writer.again()
    writer.until(["refused"])
    assert re.search(r"\d", writer.cards.first.locator("[data-reason]").inner_text()), "how long"
    writer.do("discard")
    writer.until(["discarded"])
    writer.hand.open(f"{place}/new")
    screen.locator("#text").fill("अभी")
    writer.hand.tap(".dock .btn")
    assert writer.hand.path == place
    assert screen.locator("#text").input_value() == "अभी", "the page with her words, and not that of what waits"
    assert re.search(r"\d", screen.locator(".wrong").first.inner_text())


def test_background_sync_sends_it_with_no_page_open(writer: Writer, folder: Path) -> None:
    writer.signal(False)
    writer.announce("पीछे से")
    writer.until(["waits"])
    writer.hand.screen.goto("about:blank")
    writer.signal(True)
    writer.sync()
    writer.eventually(lambda: len(said(folder, "पीछे से")) == 1)


def test_in_the_order_of_writing(writer: Writer, folder: Path) -> None:
    writer.signal(False)
    for number in range(3):
        writer.announce(f"क्रम {number}")
    writer.until(["waits"] * 3)
    writer.signal(True)
    writer.until(["sent"] * 3)
    with sqlite3.connect(folder / "instance" / "aangan.db", timeout=15) as connection:
        found = connection.execute("SELECT text FROM translation WHERE text LIKE 'क्रम %' ORDER BY id").fetchall()
    connection.close()
    assert found == [(f"क्रम {number}",) for number in range(3)]


def test_two_tabs_write_without_a_signal_and_both_go_out_once(writer: Writer, folder: Path) -> None:
    other = Hand.beside(writer.hand)
    writer.hand.open(f"/groups/{writer.group}/announcements/new")
    other.open(f"/groups/{writer.group}/announcements/new")
    writer.signal(False)
    for hand, words in ((writer.hand, "पहली खिड़की"), (other, "दूसरी खिड़की")):
        hand.write(words)
        hand.tap(".dock .btn")
    writer.signal(True)
    other.screen.evaluate("() => { dispatchEvent(new Event('online')) }")
    writer.again()
    writer.eventually(lambda: len(said(folder, "पहली खिड़की")) == len(said(folder, "दूसरी खिड़की")) == 1)
    writer.until(["sent", "sent"])
    writer.again()
    writer.hand.screen.wait_for_timeout(1000)
    assert len(said(folder, "पहली खिड़की")) == len(said(folder, "दूसरी खिड़की")) == 1


def test_a_refusal_makes_it_a_draft_with_its_reason_that_can_be_sent_anew(writer: Writer, folder: Path) -> None:
    writer.signal(False)
    writer.announce("कल का समय", photo(), at="2001-01-01T08:00")
    writer.signal(True)
    writer.until(["refused"])
    card = writer.cards.first
    assert len(card.locator("[data-reason]").inner_text()) > 10, "why, in words that can be heard"
    writer.hand.tap("[data-editor]")
    screen = writer.hand.screen
    screen.wait_for_selector("input[name=draft]", state="attached")
    assert screen.locator("textarea[name=text]").input_value() == "कल का समय"
    assert screen.locator("#photo").evaluate("(field) => field.files.length") == 1
    screen.locator("#at").evaluate("(field) => { field.value = '' }")
    writer.hand.tap(".dock .btn")
    assert writer.hand.path == f"/groups/{writer.group}"
    assert len(said(folder, "कल का समय")) == 1
    writer.until([])


def test_a_refusal_that_came_to_its_page_is_no_draft_besides(writer: Writer) -> None:
    writer.announce("आज ही मना", at="2001-01-01T08:00")
    assert writer.hand.path == f"/groups/{writer.group}/announcements"
    assert writer.hand.screen.locator("textarea[name=text]").input_value() == "आज ही मना"
    writer.hand.screen.wait_for_timeout(1500)
    writer.hand.open("/")
    writer.until([])


def test_a_refusal_that_came_to_nobody_is_kept(writer: Writer) -> None:
    writer.line.waits = 2
    screen = writer.hand.screen
    writer.hand.open(f"/groups/{writer.group}/announcements/new")
    writer.hand.write("पन्ना बंद")
    screen.locator("#at").evaluate("(field) => { field.value = '2001-01-01T08:00' }")
    screen.locator(".dock .btn").tap(no_wait_after=True)
    screen.wait_for_timeout(500)
    screen.goto("about:blank")
    writer.line.waits = 0
    screen.wait_for_timeout(4000)
    writer.hand.open("/")
    writer.until(["refused"])


def test_nothing_is_discarded_without_an_undo(writer: Writer) -> None:
    writer.signal(False)
    writer.announce("छोड़ दूँ?")
    writer.until(["waits"])
    writer.do("discard")
    writer.until(["discarded"])
    writer.do("restore")
    writer.until(["waits"])
    writer.do("discard")
    writer.until(["discarded"])
    writer.hand.screen.reload()
    writer.until([])


def test_what_she_wrote_never_goes_out_as_somebody_else(writer: Writer, folder: Path) -> None:
    writer.signal(False)
    writer.announce("मेरी बात")
    writer.until(["waits"])
    writer.become("teacher")
    writer.signal(True)
    writer.hand.open("/")
    writer.again()
    writer.hand.screen.wait_for_timeout(1500)
    assert not said(folder, "मेरी बात")
    assert writer.states() == [], "nor does anybody else see it"
    writer.become("head")
    writer.hand.open("/")
    writer.until(["sent"])
    assert len(said(folder, "मेरी बात")) == 1


def test_whoever_signs_out_sees_first_what_has_not_left(writer: Writer) -> None:
    writer.line.status = 503
    writer.announce("अभी नहीं गया")
    writer.until(["waits"])
    writer.hand.open("/me")
    writer.until(["waits"])
    writer.hand.press("/me/sign-out")
    assert writer.hand.path == "/offline/waiting"
    assert writer.hand.sees("[data-leaving]") == 1
    assert not writer.hand.sees("[data-leave]")
    writer.line.status = 0
    writer.do("discard")
    writer.until(["discarded"])
    writer.hand.tap("[data-leave] button")
    writer.hand.screen.wait_for_selector('a[href="/code"]')
    assert writer.hand.open("/me").status == 401
    assert writer.shelf() == [], "what was discarded does not outlive her"


def test_what_another_wrote_outlives_the_last_who_signs_out(writer: Writer, folder: Path) -> None:
    writer.signal(False)
    writer.announce("मेरा इंतज़ार")
    writer.until(["waits"])
    writer.become("teacher")
    writer.line.status = 503
    writer.signal(True)
    writer.hand.open("/me")
    writer.hand.screen.wait_for_function("(head) => document.documentElement.dataset.person !== head", arg=writer.mark)
    writer.line.status = 0
    writer.hand.press("/me/sign-out")
    assert writer.shelf() == ["मेरा इंतज़ार"]
    assert not said(folder, "मेरा इंतज़ार")
    writer.become("head")
    writer.hand.open("/")
    writer.eventually(lambda: len(said(folder, "मेरा इंतज़ार")) == 1)


def test_where_there_is_no_room_the_words_stay_in_the_form(writer: Writer) -> None:
    writer.full()
    writer.signal(False)
    writer.hand.open(f"/groups/{writer.group}/announcements/new")
    writer.hand.write("जगह नहीं")
    writer.hand.screen.locator(".dock .btn").tap()
    writer.hand.screen.wait_for_selector("[data-full]:not([hidden])")
    assert writer.hand.screen.locator("textarea[name=text]").input_value() == "जगह नहीं"
    writer.signal(True)
    writer.hand.tap(".dock .btn")
    assert writer.hand.path == f"/groups/{writer.group}"


def test_an_answer_waits_too(writer: Writer) -> None:
    writer.become("parent")
    writer.hand.open("/")
    writer.signal(False)
    writer.hand.press("/acknowledgement")
    writer.until(["waits"])
    writer.signal(True)
    writer.until(["sent"])
    assert writer.hand.open("/").ok
