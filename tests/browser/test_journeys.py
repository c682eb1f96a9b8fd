"""What people do with it, from the first tap to the last, with JavaScript and without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.day import photo
from tests.browser.hand import Hand
from tests.browser.server import Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
DOOR = "nav.doors a.door[href^='/groups/']"
OPEN = "माताएँ"  # the demo's group that anyone may come into
SEND = "form.compose .dock button"
Hands = Callable[..., Hand]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo that these tests may change."""
    with serving(tmp_path_factory.mktemp("journeys"), READABLE="0") as started:
        yield started


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def hands(chromium: Browser, server: Server, scripts: bool) -> Iterator[Hands]:
    """A maker of people: `hands("teacher")` is signed in, `hands()` is somebody new."""
    made: list[Hand] = []

    def hand(part: str = "") -> Hand:
        cookie = server.signed_in(part).cookie if part else ""
        made.append(Hand(chromium, server, cookie, scripts=scripts))
        return made[-1]

    yield hand
    for one in made:
        one.close()


def let_in(hands: Hands) -> Hand:
    """Somebody new who opened the invitation, asked, and was let in by the teacher."""
    newcomer, teacher = hands(), hands("teacher")
    newcomer.open(newcomer.server.invitation)
    newcomer.tap("main .btn.big")
    assert newcomer.path == "/"
    assert newcomer.sees("#asked .row") == 1
    teacher.open()
    assert teacher.sees("section .row form[action$='/approval']") >= 1
    # The newest stands last: others may wait as well.
    with teacher.screen.expect_navigation():
        teacher.screen.locator("form[action$='/approval'] button").last.tap()
    newcomer.open()
    return newcomer


def test_a_newcomer_joins_reads_switches_and_has_heard(hands: Hands, scripts: bool) -> None:
    newcomer, words = let_in(hands), f"सबका स्वागत है {scripts}"
    assert newcomer.soon(lambda: newcomer.sees("#asked") == 0)
    assert newcomer.sees("article.card") >= 1, "what was said before she came is there to be read"
    _announce(hands("teacher"), words)
    newcomer.tap(DOOR)
    assert newcomer.taps == 1, "one tap from the courtyard to a group"
    grade = newcomer.path
    newcomer.tap(f"li.row:has-text('{OPEN}') form[action$='/membership'] button")
    other = newcomer.path
    assert other.startswith("/groups/") and other != grade
    newcomer.open()
    newcomer.tap("nav.nav a[href='/groups']")
    newcomer.tap(f"a.door[href='{other}']")
    assert (newcomer.taps, newcomer.path) == (2, other)
    assert newcomer.wait_for("/", words).locator(".new").count() == 1
    _hear(newcomer)
    newcomer.open()
    assert newcomer.soon(lambda: newcomer.card(words).count() == 1)
    assert newcomer.soon(lambda: newcomer.sees("article.card .new") == 0)


def _hear(hand: Hand) -> None:
    """Without JavaScript the button says that the page was heard; with it, looking for two seconds does."""
    button = hand.screen.locator("form[data-heard] button")
    if hand.scripts:
        hand.screen.locator("form[data-heard]").wait_for(state="hidden")
        hand.screen.wait_for_timeout(500)
    else:
        with hand.screen.expect_navigation():
            button.tap()


def test_the_teacher_lets_in_with_one_tap_on_the_first_card_and_takes_it_back(hands: Hands) -> None:
    newcomer, teacher = hands(), hands("teacher")
    newcomer.open(newcomer.server.invitation)
    newcomer.tap("main .btn.big")
    teacher.open()
    first = teacher.screen.locator("main > *").first
    assert first.locator("form[action$='/approval']").count() >= 1
    waiting = teacher.sees("form[action$='/approval']")
    teacher.press("/approval")
    assert teacher.taps == 1
    assert teacher.sees("form[action$='/approval']") == waiting - 1
    assert teacher.screen.locator("main > *").first.locator("form[action$='/undo']").count() == 1
    teacher.press("/undo")
    assert teacher.sees("form[action$='/approval']") == waiting


def test_an_announcement_is_taken_back_and_another_goes_out(hands: Hands, scripts: bool) -> None:
    teacher, parent = hands("teacher"), hands("urdu parent")
    wrong, right = f"ग़लत दिन {scripts}", f"सही दिन {scripts}"
    _announce(teacher, wrong, photo())
    waiting = teacher.card(wrong)
    assert waiting.count() == 1
    assert (
        waiting.locator("img").evaluate("async (image) => { await image.decode(); return image.naturalWidth }") == 480
    )
    with teacher.screen.expect_navigation():
        waiting.locator("form[action$='/withdrawal'] button").tap()
    assert teacher.card(wrong).count() == 0
    _announce(teacher, right, photo())
    parent.open()
    assert parent.card(right).count() == 0, "nobody hears it while it can be taken back"
    card = parent.wait_for("/", right)
    assert card.count() == 1
    assert card.locator(".new").count() == 1
    assert card.locator("img").count() == 1
    assert parent.card(wrong).count() == 0
    _hear(parent)
    parent.open()
    assert parent.soon(lambda: parent.card(right).locator(".new").count() == 0)


def _announce(hand: Hand, words: str, picture: bytes | None = None, kind: str = "news") -> None:
    """From the group that the person looks after, as one taps it."""
    hand.open()
    hand.tap(DOOR)
    hand.tap("a[href$='/announcements/new']")
    hand.write(words, picture, kind)
    hand.tap(SEND)


def test_a_parent_marks_it_done_for_each_of_two_children(hands: Hands, scripts: bool) -> None:
    head, parent = hands("head"), hands("parent")
    words = f"आज पाँच फूल गिनें {scripts}"
    _announce(head, words, kind="activity")
    card = parent.wait_for("/", words)
    buttons = card.locator("form[action$='/acknowledgement'] button")
    assert buttons.count() == 2
    for number in (0, 1):
        assert card.locator(".btn.done").count() == number
        with parent.screen.expect_navigation():
            card.locator("form[action$='/acknowledgement'] .btn:not(.done)").first.tap()
    assert card.locator(".btn.done").count() == 2
    with parent.screen.expect_navigation():
        card.locator(".btn.done").first.tap()
    assert card.locator(".btn.done").count() == 1


def test_a_double_tap_on_send_gives_one_announcement(hands: Hands, scripts: bool) -> None:
    teacher = hands("teacher")
    words = f"दो बार दबाया {scripts}"
    teacher.open()
    teacher.tap(DOOR)
    teacher.tap("a[href$='/announcements/new']")
    teacher.write(words)
    teacher.screen.locator(SEND).dblclick(delay=0)
    teacher.screen.wait_for_url("**/groups/*")
    time.sleep(1)
    teacher.tap("nav.nav a[href='/']")
    assert teacher.soon(lambda: teacher.card(words).count() == 1)


def test_two_posts_from_one_page_are_two(hands: Hands, scripts: bool) -> None:
    teacher = hands("teacher")
    first, second = f"पहली बात {scripts}", f"दूसरी बात {scripts}"
    _announce(teacher, first)
    teacher.screen.go_back()
    assert teacher.path.endswith("/announcements/new")
    teacher.write(second)
    teacher.tap(SEND)
    assert teacher.card(first).count() == 1
    assert teacher.card(second).count() == 1


def test_signing_out_ends_it_and_the_old_cookies_open_nothing(hands: Hands) -> None:
    member, thief = hands("member"), hands()
    member.open("/me")
    cookies = member.context.cookies()
    member.press("/me/sign-out")
    assert member.open("/me").status == 401
    thief.context.add_cookies(cookies)  # type: ignore[arg-type]
    assert thief.open("/me").status == 401
    assert thief.sees("svg.scene") == 1


def test_urdu_turns_the_page_round_and_stays(hands: Hands) -> None:
    newcomer = hands()
    newcomer.open()
    assert newcomer.screen.locator("html[lang=hi][dir=ltr]").count() == 1
    newcomer.tap("a[href^='/language']")
    newcomer.tap("button[value=ur]")
    for path in ("/", "/code", newcomer.server.invitation):
        newcomer.open(path)
        assert newcomer.screen.locator("html[lang=ur][dir=rtl]").count() == 1, path
    newcomer.tap("main .btn.big")
    assert newcomer.screen.locator("html[lang=ur][dir=rtl]").count() == 1, "also once she has come in"


def test_a_refused_form_comes_back_as_it_was(hands: Hands, scripts: bool) -> None:
    teacher = hands("teacher")
    teacher.open()
    teacher.tap(DOOR)
    teacher.tap("a[href$='/announcements/new']")
    teacher.write("", photo(), kind="activity")
    teacher.tap(SEND)
    assert teacher.sees("#wrong-text") == 1
    assert teacher.screen.locator("#kind-activity").is_checked()
    assert teacher.screen.locator("input[name=photo_key]").count() == 1, "the photo was kept"
    teacher.screen.locator("textarea[name=text]").fill(f"अब सही {scripts}")
    teacher.tap(SEND)
    assert teacher.card(f"अब सही {scripts}").locator("img").count() == 1


def test_it_can_be_installed_and_has_a_page_without_a_signal(chromium: Browser, server: Server) -> None:
    member = Hand(chromium, server, server.signed_in("member").cookie)
    member.open()
    member.screen.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    tools = member.context.new_cdp_session(member.screen)
    manifest = tools.send("Page.getAppManifest")
    assert manifest["url"].endswith("/manifest.webmanifest")
    assert manifest["errors"] == []
    problems = {one["errorId"] for one in tools.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert problems <= {"in-incognito"}, "a profile without a disk is all that may be in the way"
    member.context.set_offline(True)
    answer = member.open("/groups")
    assert answer.from_service_worker
    assert member.sees("svg.scene") == 1
    assert member.sees("main .btn.big") == 1
    assert member.screen.evaluate("() => getComputedStyle(document.querySelector('main .btn.big')).minHeight") == "72px"
    member.context.set_offline(False)
    member.tap("main .btn.big")
    assert member.sees("nav.nav") == 1
    member.close()


def composing(hands: Hands) -> Hand:
    head = hands("head")
    head.open("/groups")
    head.tap("main a.door")
    head.open(f"{head.path}/announcements/new")
    return head


def test_the_button_says_how_many_hear_it_and_no_wrong_number(hands: Hands, scripts: bool) -> None:
    head = composing(hands)
    choices = head.screen.locator("label.audience")
    for number in range(choices.count()):
        choices.nth(number).tap()
        count = choices.nth(number).locator(".num").inner_text()
        assert (count in head.screen.locator(SEND).inner_text()) == scripts


def test_a_file_field_shows_only_what_was_chosen(hands: Hands, scripts: bool) -> None:
    head = composing(hands)
    field = head.screen.locator("#photo")
    assert ("vh" in (field.get_attribute("class") or "")) == scripts
    field.set_input_files({"name": "well.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    assert field.bounding_box()["width"] > 200  # type: ignore[index]
