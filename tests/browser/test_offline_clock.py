"""A phone whose clock jumps, in Chromium: it may ask more often, and never shows less than is true."""

import pytest

pytest.importorskip("playwright")

from tests.browser.village import Reader

pytestmark = pytest.mark.browser
YEAR = 365 * 24 * 3600 * 1000  # milliseconds


def jump(reader: Reader, by: int) -> None:
    """The clock of her phone is this far from the truth."""
    reader.worker.evaluate("(by) => { self.true ??= Date.now; Date.now = () => self.true.call(Date) + by }", by)


@pytest.mark.parametrize("by", [YEAR, -YEAR], ids=["ahead", "behind"])
def test_what_was_announced_and_removed_is_seen_whatever_the_clock_says(reader: Reader, by: int) -> None:
    first = reader.said(f"Before the clock was {by}")
    reader.hand.open("/me")
    reader.brought()
    jump(reader, by)
    reader.hand.open(f"/announcements/{first}")
    reader.catch_up()
    second = reader.said(f"While it was {by}")
    reader.hand.open("/")
    reader.hand.screen.locator(f"#a{second}").wait_for()
    jump(reader, 0)
    third = reader.said(f"After it was {by}")
    reader.head.post(f"/announcements/{first}/removal", {})
    reader.hand.open("/")
    reader.hand.screen.locator(f"#a{third}").wait_for()
    reader.hand.screen.locator(f"#a{first}.gone").wait_for()
    reader.hand.open(f"/announcements/{first}")
    reader.until(lambda: f"Before the clock was {by}" not in reader.hand.screen.content())


@pytest.mark.parametrize("by", [YEAR, -YEAR], ids=["ahead", "behind"])
def test_a_push_that_came_while_the_clock_was_wrong_is_followed_at_the_next_open(reader: Reader, by: int) -> None:
    reader.hand.open("/me")
    reader.brought()
    jump(reader, by)
    said = reader.said(f"Pushed while it was {by}")
    reader.worker.evaluate("() => bringLater()")
    jump(reader, 0)
    reader.hand.open("/me")
    reader.brought()
    assert f"/announcements/{said}" in reader.kept()
