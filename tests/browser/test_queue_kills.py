"""A few writes over a connection that loses much, by a browser that is killed; `make bench` does it with a thousand."""

import pytest

pytest.importorskip("playwright")

from bench import writes
from tests.browser.courtyard import executable

pytestmark = [
    pytest.mark.browser,
    pytest.mark.large,
    pytest.mark.skipif(executable() is None, reason="needs Chromium"),
]


def test_everything_arrives_once() -> None:
    found = writes.measure(40, 4)

    assert (found.delivered, found.twice) == (40, 0)
    assert found.lost_requests, "nothing was lost on the way"
    assert found.lost_answers
