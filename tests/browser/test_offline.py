"""Pages from the phone, in Chromium: open at once, true in place, nobody sees another's."""

import pytest

from tests.browser.server import Server
from tests.browser.village import Reader

pytestmark = pytest.mark.browser


def test_a_page_seen_once_is_there_without_a_signal(reader: Reader) -> None:
    news = reader.cards()
    reader.hand.context.set_offline(True)
    answer = reader.hand.open("/")

    assert answer.from_service_worker
    assert reader.cards() == news
    assert news


def test_what_was_not_seen_is_brought_with_the_next_page(reader: Reader) -> None:
    reader.said("Brought along")
    reader.hand.open("/me")
    reader.brought()
    addresses = [address for address in reader.kept() if address.startswith("/announcements/")]
    reader.hand.context.set_offline(True)

    assert addresses
    assert {"/", "/groups", "/me"} <= set(reader.kept())
    for address in addresses:
        reader.hand.open(address)
        assert reader.hand.sees("article.card p.say") == 1, address


def test_a_new_announcement_appears_in_place_and_nothing_jumps(reader: Reader, server: Server) -> None:
    reader.hand.open("/me")
    reader.brought()
    screen = reader.hand.screen
    said = reader.said("This came in place")
    reader.hand.context.set_offline(True)
    reader.hand.open("/")
    card = screen.locator("article.card").nth(1)
    screen.evaluate("() => { document.querySelectorAll('article.card')[1].scrollIntoView(); self.before = true }")
    place = card.bounding_box()
    number = card.get_attribute("id")
    reader.hand.context.set_offline(False)
    reader.look()
    screen.locator(f"#a{said} .new").wait_for()

    assert screen.evaluate("() => self.before"), "the page itself stayed"
    after = screen.locator(f"#{number}").bounding_box()
    assert place and after
    assert abs(place["y"] - after["y"]) < 2


def test_it_freshens_by_itself_when_it_is_opened(reader: Reader) -> None:
    reader.hand.open("/me")
    reader.brought()
    said = reader.said("By itself")
    reader.forget_freshness()
    answer = reader.hand.open("/")

    assert answer.from_service_worker
    reader.hand.screen.locator(f"#a{said} .new").wait_for()


def test_a_removed_announcement_goes_from_the_open_page_and_from_the_phone(reader: Reader) -> None:
    said = reader.said("Soon gone")
    reader.hand.wait_for("/", "Soon gone")
    reader.hand.open(f"/announcements/{said}")
    reader.hand.open("/")
    reader.head.post(f"/announcements/{said}/removal", {})
    reader.look()
    reader.hand.screen.locator(f"#a{said}.gone").wait_for()
    assert "Soon gone" not in reader.hand.screen.content()
    reader.catch_up()
    reader.hand.context.set_offline(True)
    reader.hand.open(f"/announcements/{said}")

    assert "Soon gone" not in reader.hand.screen.content()


def test_what_is_typed_and_what_has_the_focus_stay(reader: Reader) -> None:
    reader.hand.open("/me")
    reader.brought()
    said = reader.said("While she types")
    reader.hand.context.set_offline(True)
    reader.hand.open("/")
    screen = reader.hand.screen
    screen.evaluate(
        """() => {
          const field = document.createElement("textarea");
          document.querySelector("article.card").append(field);
          field.focus();
        }"""
    )
    screen.keyboard.type("half a sen")
    reader.hand.context.set_offline(False)
    reader.look()
    screen.locator(f"#a{said}").wait_for()
    screen.keyboard.type("tence")

    assert screen.locator("textarea").input_value() == "half a sentence"


def test_signing_out_leaves_nothing(reader: Reader) -> None:
    reader.hand.open("/me")
    reader.brought()
    reader.hand.press("/me/sign-out")
    reader.hand.screen.wait_for_timeout(1000)

    assert reader.stores() == []


def test_signing_out_without_a_signal_leaves_nothing_and_ends_the_session_with_the_next_signal(
    reader: Reader, server: Server
) -> None:
    reader.hand.open("/me")
    reader.brought()
    reader.hand.context.set_offline(True)
    reader.hand.press("/me/sign-out")
    assert reader.hand.sees("svg.scene") == 1, "the page without a signal"
    reader.hand.open("/")
    assert reader.hand.sees("article.card") == 0
    assert not [name for name in reader.stores() if "pages" in name]
    reader.hand.context.set_offline(False)
    answer = reader.hand.open("/me")

    assert answer.status == 401
    assert reader.phone.get("/me").status == 401, "the session is over on the server too"


def test_another_person_on_the_phone_sees_nothing_of_the_first(reader: Reader, server: Server) -> None:
    reader.hand.open("/me")
    reader.brought()
    hers = reader.cards_at("/")
    reader.hand.open(server.doors["teacher"])
    reader.hand.tap("main form button")
    reader.hand.context.set_offline(True)
    reader.hand.open("/")
    others = reader.cards()
    reader.hand.open("/me")
    assert reader.hand.sees("form[action$='/me/sign-out']") == 0, (
        "her own page is not brought yet, and nobody else's shown"
    )

    assert others != hers
    assert len([name for name in reader.stores() if "pages" in name]) == 2


@pytest.mark.parametrize(
    "poison", ["", "<h1>half", "<!doctype html><html data-person='0123456789abcdef' data-kept></html>", "null"]
)
def test_a_broken_entry_is_not_shown(reader: Reader, poison: str) -> None:
    reader.poison("/", poison)
    answer = reader.hand.open("/")
    assert answer.status == 200
    assert reader.cards()
    reader.hand.screen.wait_for_timeout(700)
    reader.poison("/", poison)
    reader.hand.context.set_offline(True)
    reader.hand.open("/")

    assert reader.hand.sees("article.card") == 0
    assert reader.hand.sees("svg.scene") == 1


@pytest.mark.parametrize("poison", ["null", "{", '{"pages": 7, "person": {}}'])
def test_broken_notes_cost_a_visit_to_the_server_and_nothing_else(reader: Reader, poison: str) -> None:
    reader.poison("/offline/book", poison)
    reader.poison_phone(poison)
    reader.restart()
    assert reader.hand.open("/").status == 200
    assert reader.cards()
    reader.hand.context.set_offline(True)
    reader.hand.open("/")

    assert reader.cards()


def test_a_full_disk_is_no_trouble(reader: Reader) -> None:
    reader.fill_disk()
    for path in ("/groups", "/me", "/"):
        assert reader.hand.open(path).status == 200
    assert reader.cards()


def test_a_page_is_not_asked_for_twice_within_a_minute(reader: Reader) -> None:
    said = reader.said("Brought")
    reader.hand.open("/me")
    reader.brought()
    address = f"/announcements/{said}"
    reader.hand.screen.wait_for_timeout(1000)
    asked = reader.asked()
    reader.hand.open(address)
    reader.hand.screen.wait_for_timeout(1000)

    assert [one for one in asked if one.endswith(address)] == [], "it was brought a moment ago"


def test_a_place_that_she_lost_is_gone_from_the_phone(reader: Reader) -> None:
    group = next(address for address in reader.kept_after_list() if address.startswith("/groups/"))
    reader.hand.open(group)
    reader.hand.press("/end")
    reader.hand.context.set_offline(True)
    reader.forget_freshness()
    reader.hand.context.set_offline(False)
    reader.hand.open("/me")
    reader.brought()

    assert reader.text_of(group) == "" or "leave" not in reader.text_of(group)


def test_whoever_comes_back_finds_what_was_hers(reader: Reader, server: Server) -> None:
    """Another came in without her having signed out: nothing of hers is in sight, and nothing is lost."""
    reader.hand.open("/me")
    reader.brought()
    hers, mark = reader.cards_at("/"), reader.mark
    reader.hand.open(server.doors["teacher"])
    reader.hand.tap("main form button")
    reader.until(lambda: reader.mark not in ("", mark) and "/" in reader.kept())
    reader.hand.open(server.doors["parent"])
    reader.hand.tap("main form button")
    reader.until(lambda: reader.mark == mark)
    reader.hand.context.set_offline(True)
    for address in ("/", "/groups", "/me"):
        assert reader.hand.open(address).from_service_worker
    assert reader.cards_at("/") == hers


def test_half_a_page_on_the_disk_is_not_shown_and_is_made_whole(reader: Reader) -> None:
    whole = reader.text_of("/")
    reader.poison("/", whole[: len(whole) // 2])
    reader.hand.context.set_offline(True)
    reader.hand.open("/")
    assert reader.hand.sees("article.card") == 0
    reader.hand.context.set_offline(False)
    reader.hand.open("/")
    assert reader.cards()
    reader.until(lambda: reader.text_of("/").endswith("</html>"))


def test_a_disk_that_is_really_full_is_said_and_everything_reads_on(reader: Reader) -> None:
    reader.quota(1)
    said = reader.said("On a full phone")
    reader.forget_freshness()
    reader.hand.open("/")
    reader.hand.screen.locator("[data-cramped]:not([hidden])").wait_for()
    reader.hand.screen.locator(f"#a{said}").wait_for()
