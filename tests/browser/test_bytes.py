"""The budgets of bytes and requests, through a real Chromium. No time is asserted anywhere.

What a second visit may cost is the table of bench/visits.py: it brings home, groups and boards onto the phone.
"""

import logging

import pytest

pytest.importorskip("playwright")

from bench import bytes as weight
from bench import visits
from bench.front import caddy

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(weight.chromium() is None, reason="needs Chromium"),
]
WAYS = [visits.PLAIN, *(pytest.param(way, marks=pytest.mark.caddy) for way in visits.TLS if caddy())]


@pytest.fixture(scope="module")
def weights() -> weight.Weights:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return weight.measure()


@pytest.fixture(scope="module", params=WAYS)
def found(request: pytest.FixtureRequest) -> visits.Visits:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return visits.measure(request.param)


def test_an_invitation_fits_into_the_first_ten_packets(weights: weight.Weights) -> None:
    assert weights.invitation.size <= 14_600, weights.invitation
    assert weights.invitation.requests <= 4, weights.invitation


def test_a_group_page_comes_whole_for_25_kilobytes(weights: weight.Weights) -> None:
    assert weights.cold.size <= 25_000, weights.cold


def test_no_page_asks_another_host(weights: weight.Weights) -> None:
    assert weights.crawl.pages > 0
    assert not weights.crawl.strangers


def test_a_first_visit_is_25_kilobytes_with_everything(found: visits.Visits) -> None:
    assert found.first.size <= 25_000, found.first
    assert {one.path for one in found.first.exchanges} >= {"/", "/sw.js", "/manifest.webmanifest"}


def test_opened_again_it_costs_600_bytes_to_hear_that_nothing_is_new(found: visits.Visits) -> None:
    assert "/offline/list?kept" in [one.path for one in found.later.exchanges], "the list was due"
    assert found.again.size <= 600, (found.within, found.later)


def test_opened_again_its_words_need_nothing_from_the_wire(found: visits.Visits) -> None:
    assert found.unasked == 0


def test_one_new_announcement_costs_1500_bytes(found: visits.Visits) -> None:
    assert "/?kept" in [one.path for one in found.news.exchanges]
    assert found.news.size <= 1_500, found.news


def test_what_was_brought_opens_for_nothing(found: visits.Visits) -> None:
    assert [one.path for one in found.bringing.exchanges if one.path.startswith("/announcements/")], "it was brought"
    assert found.brought.size == 0, found.brought


def test_the_scripts_of_everybody_are_12_kilobytes() -> None:
    with visits.house() as (there, _):
        sent = visits.scripts(there)
    assert visits.of_everybody(sent) <= 12_000, sent
