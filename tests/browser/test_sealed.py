"""Two real browsers talk alone; then everything that the server has on its disk is searched for what they said."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

import sqlalchemy as sa

from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Person
from community.questions.models import Question, Step
from tests.browser.hand import Hand
from tests.browser.phone import unlike_any
from tests.browser.server import ROOT, Server, serving
from tests.conftest import POSTGRES
from tests.house.postgres import another_database
from tests.sealed.searching import found

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

HUNGRY = "मुझे आज रात खाना चाहिए, किसी से न कहें "
COMING = "میں ایک گھنٹے میں آتی ہوں "
PUBLIC = "कल सुबह 7 बजे पानी आएगा"  # announced in the demo: what the search must find


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sealed")


@pytest.fixture(scope="module")
def url(folder: Path) -> str:
    """The server's database: a file of its folder, or one of PostgreSQL's where the run has that."""
    return database("aangan_sealed", folder / "instance")


def database(name: str, instance: Path) -> str:
    return another_database(POSTGRES, name) if POSTGRES else f"sqlite:///{instance / 'aangan.db'}"


@pytest.fixture(scope="module")
def server(folder: Path, url: str) -> Iterator[Server]:
    with serving(folder, DATABASE_URL=url) as started:
        yield started


@pytest.fixture(scope="module")
def question(server: Server, url: str) -> int:
    """Asked by a member of grade 3, taken by its teacher."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        grade = connection.execute(sa.select(Group.id, Group.community_id).where(Group.name == "कक्षा 3")).one()
        member, teacher = (
            connection.scalar(sa.select(Person.id).where(Person.name == name)) for name in ("कमला", "सुनीता देवी")
        )
        row = {
            "community_id": grade.community_id, "group_id": grade.id, "desk_id": grade.id, "person_id": member,
            "key": "a-key-of-a-phone", "language": "hi", "taken_by": teacher, "taken_at": datetime.now(UTC),
        }  # fmt: skip
        made = connection.scalar(sa.insert(Question).values(**row).returning(Question.id))
        step = {"community_id": grade.community_id, "question_id": made, "what": "taken", "person_id": teacher}
        connection.execute(sa.insert(Step).values(**step, created=datetime.now(UTC)))
    engine.dispose()
    assert made
    return made


@pytest.fixture
def hands(chromium: Browser, server: Server) -> Iterator[list[Hand]]:
    """The asker's browser, the helper's, and another phone of the helper's."""
    parts = ("member", "teacher", "teacher")
    opened = [Hand(chromium, server, server.signed_in(part).cookie) for part in parts]
    yield opened
    for one in opened:
        one.close()


def says(hand: Hand, words: str) -> None:
    hand.screen.locator("[data-write] textarea").fill(words)
    hand.screen.locator("[data-write] button").tap()
    assert hand.soon(lambda: hand.screen.locator("[data-write] textarea").input_value() == "")


def reads(hand: Hand, words: str) -> bool:
    """Whether the words come, without a tap: what lies open looks again by itself."""
    return hand.soon(lambda: words.strip() in hand.screen.locator("[data-sealed]").inner_text())


def pictures(hand: Hand) -> list[str]:
    assert hand.soon(lambda: hand.screen.locator("[data-pictures] [data-picture]").count() == 12)
    names = hand.screen.locator("[data-pictures] [data-picture]")
    return [str(names.nth(place).get_attribute("data-picture")) for place in range(12)]


def test_two_read_each_other_and_nobody_else(hands: list[Hand], url: str, question: int, folder: Path) -> None:
    hers, helper, another = hands
    said, answered, later = HUNGRY + unlike_any(), COMING + unlike_any(), "later " + unlike_any()
    place = f"/questions/{question}/sealed"
    hers.open(place)
    assert hers.sees("[data-needs]") == 0
    hers.press("/sealed")
    for hand in (helper, hers):
        hand.open(place)
    assert hers.soon(lambda: hers.sees("[data-write]") == 1)
    assert hers.screen.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    says(hers, said)
    assert reads(hers, said) and reads(helper, said)
    says(helper, answered)
    assert reads(hers, answered)
    assert pictures(hers) == pictures(helper)

    another.open(place)
    assert another.soon(lambda: another.sees(".note.mirch") == 1), "it says that it has no key to what was said before"
    assert not {said, answered} & set(another.screen.locator("[data-plain]").all_inner_texts())
    says(hers, later)
    assert reads(another, later) and reads(helper, later)
    for hand in hands:
        hand.open(place)
    assert reads(hers, said) and reads(another, later), "the key is on the phone"
    assert nothing_is_kept(hers, said)

    restored = backed_up_and_restored(folder, url)
    places = (folder, restored)
    figure = sum(found(words, *places) for words in (said, answered, later))
    assert found(PUBLIC, folder / "instance") and found(PUBLIC, restored), "the search finds what is there"
    print(f"\nplain text of encrypted threads found in database, logs, backups: {figure}")
    assert figure == 0


def nothing_is_kept(hand: Hand, words: str) -> bool:
    """Neither in what the worker keeps nor in what the page could."""
    kept = """async () => {
      const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const one of await cache.keys()) all.push(one.url, await (await cache.match(one)).text());
      }
      return all.join();
    }"""
    every = str(hand.screen.evaluate(kept))
    return words not in every and "/sealed" not in every


def backed_up_and_restored(folder: Path, url: str) -> Path:
    """`make backup` of the running server, and `make restore` into an empty place; where it lies then."""
    instance, empty = folder / "instance", folder.parent / f"{folder.name}-restored"
    back = database("aangan_sealed_back", empty)
    run("-m", "community.backups", "make", INSTANCE=str(instance), DATABASE_URL=url)
    [key] = instance.glob("*backup*.key")
    restore = ("-m", "community.backups", "restore", str(instance / "backups"), str(key))
    run(*restore, INSTANCE=str(empty), DATABASE_URL=back)
    if POSTGRES:
        for one, place in ((url, instance), (back, empty)):
            plain = sa.make_url(one).set(drivername="postgresql").render_as_string(hide_password=False)
            subprocess.run(["pg_dump", "-f", str(place / "dump.sql"), plain], check=True)
    return empty


def run(*arguments: str, **settings: str) -> None:
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ | settings, check=True, capture_output=True)


def comes_in(*hands: Hand, place: str) -> None:
    """They open the talk, and whoever is first begins it."""
    for hand in hands:
        hand.open(place)
        if hand.sees('form[action$="/sealed"]'):
            hand.press("/sealed")
    assert hands[-1].soon(lambda: hands[-1].sees("[data-write]") == 1)


KEYS = """() => new Promise((done) => {
  const asked = indexedDB.open("aangan-sealed", 1);
  asked.onsuccess = () => { const all = asked.result.transaction("keys").objectStore("keys").getAllKeys(); all.onsuccess = () => { asked.result.close(); done(all.result.length); }; };
})"""


def test_a_page_that_says_nothing_of_the_thread_costs_no_key(chromium: Browser, server: Server, question: int) -> None:
    """Her phone got PINs and was locked past this page: what it asks for leads to the doors."""
    phone = server.signed_in("teacher")
    hand, place = Hand(chromium, server, phone.cookie), f"/questions/{question}/sealed"
    hand.open(place)
    if hand.sees('form[action$="/sealed"]'):
        hand.press("/sealed")
    hand.screen.wait_for_selector('[data-sealed]:not([data-own=""])')
    assert hand.screen.evaluate(KEYS) == 1
    hand.context.set_offline(True)
    assert phone.post("/me/pin", {"pin": "274915", "again": "274915"}).status == 200
    assert phone.post("/phone/hide", {}).status == 200
    assert phone.get(place).path.startswith("/phone"), "the server sends her on"
    hand.context.add_cookies([{"name": one.name, "value": one.value or "", "url": server.url} for one in phone.jar])
    hand.context.set_offline(False)
    hand.screen.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    assert hand.soon(lambda: hand.path.startswith("/phone"))
    assert hand.screen.evaluate(KEYS) == 1
    hand.close()


def test_erasing_without_a_signal_forgets_nothing(hands: list[Hand], question: int) -> None:
    hers, place = hands[0], f"/questions/{question}/sealed"
    hers.open(place)
    if hers.sees('form[action$="/sealed"]'):
        hers.press("/sealed")
    assert hers.soon(lambda: hers.screen.evaluate(KEYS) == 1)
    hers.screen.locator("details:has([data-erase]) summary").tap()
    hers.context.set_offline(True)
    with hers.screen.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        hers.screen.locator("[data-erase] button").tap(no_wait_after=True)
    hers.context.set_offline(False)
    hers.open(place)
    assert hers.sees("[data-sealed]") == 1
    assert hers.screen.evaluate(KEYS) == 1


def test_erased_by_one_it_is_gone_for_both_and_so_is_the_key(hands: list[Hand], question: int) -> None:
    hers, helper, _another = hands
    place = f"/questions/{question}/sealed"
    comes_in(hers, helper, place=place)
    keys = KEYS
    assert hers.screen.evaluate(keys) == 1
    hers.screen.locator("details:has([data-erase]) summary").tap()
    hers.press("/sealed/erasure")
    assert hers.sees("[data-sealed]") == 0
    assert hers.soon(lambda: hers.screen.evaluate(keys) == 0)
    assert helper.soon(lambda: helper.sees("[data-sealed]") == 0), "who looks sees it go"
    assert helper.soon(lambda: helper.screen.evaluate(keys) == 0)


def test_without_javascript_it_says_what_it_needs(chromium: Browser, server: Server, question: int) -> None:
    hand = Hand(chromium, server, server.signed_in("member").cookie, scripts=False)
    hand.open(f"/questions/{question}/sealed")
    assert hand.sees("[data-needs]") == 2
    assert hand.sees("[data-ready]") == hand.sees("[data-write]") == 0
    hand.close()


def hand_over(url: str, question: int) -> None:
    """To a mother who answers in the grade, too."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        asked = connection.execute(sa.select(Question.__table__).where(Question.id == question)).one()
        other = connection.scalar(sa.select(Person.id).where(Person.name == "شبانہ"))
        here = (Membership.person_id == other, Membership.group_id == asked.group_id)
        connection.execute(sa.update(Membership).where(*here).values(role="responder"))
        connection.execute(sa.update(Question).where(Question.id == question).values(taken_by=other))
        step = {"question_id": question, "what": "handed over", "person_id": asked.taken_by, "to_id": other}
        connection.execute(sa.insert(Step).values(**step, community_id=asked.community_id, created=datetime.now(UTC)))
    engine.dispose()


def test_words_for_one_who_helped_wait_for_another_tap_before_they_go_to_the_next(
    chromium: Browser, server: Server, hands: list[Hand], url: str, question: int
) -> None:
    """Her page is from before it was handed over: it does not look again until she has sent."""
    hers, helper, _another = hands
    place, words, sent = f"/questions/{question}/sealed", "for her alone " + unlike_any(), []
    comes_in(hers, helper, place=place)
    assert hers.soon(lambda: hers.sees("[data-write]") == 1)
    hers.context.route("**/sealed", lambda route: route.continue_() if sent else route.abort())
    hers.context.route("**/sealed/words", lambda route: (sent.append(words), route.continue_()))

    hand_over(url, question)
    after = Hand(chromium, server, server.signed_in("urdu parent").cookie)
    comes_in(after, place=place)
    hers.screen.locator("[data-write] textarea").fill(words)
    hers.screen.locator("[data-write] button").tap()
    assert hers.soon(lambda: hers.sees("[data-failed]") == 1)
    assert hers.sees("[data-sealed] li.note.mirch") == 1, "somebody else helps from here on"
    assert hers.screen.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert hers.screen.locator("[data-write] textarea").input_value() == words.strip()
    after.open(place)
    assert after.sees("[data-number]") == 0, "nothing went"
    hers.screen.locator("[data-write] button").tap()
    assert reads(after, words)
    after.close()
