"""Two releases at one address: the second one's files come to a real Chromium as differences to the first one's."""

import logging

import pytest

pytest.importorskip("playwright")

from bench import update
from bench.bytes import chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
]


@pytest.fixture(scope="module")
def brought() -> update.Update:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return update.measure()


@pytest.mark.parametrize("name", ["/s/app-", "/s/aangan-", "/s/worker-", "/groups/"])
def test_what_is_new_comes_as_a_difference_to_what_the_phone_has(brought: update.Update, name: str) -> None:
    found = [one for one in brought.update.exchanges if one.path.startswith(name)]
    assert [one.coding for one in found] == ["dcz"]
    assert found[0].size <= 1_000, brought.update


def test_the_app_is_brought_up_to_date_for_two_and_a_half_kilobytes(brought: update.Update) -> None:
    """The files: what the page says is counted with the page."""
    assert update.files(brought.update) <= 2_500, brought.update


def test_a_phone_that_is_up_to_date_asks_and_is_told_so(brought: update.Update) -> None:
    assert brought.before.size <= 600, brought.before
    assert brought.after.size <= 600, brought.after
    asked = {one.path for one in brought.after.exchanges}
    assert asked <= {one.path for one in brought.before.exchanges}, "nothing of the release is left to be brought"
