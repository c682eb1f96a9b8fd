"""The budgets of bytes and requests, through a real Chromium. No time is asserted anywhere."""

import logging

import pytest

pytest.importorskip("playwright")

from bench import bytes as weight

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(weight.chromium() is None, reason="needs Chromium"),
]


@pytest.fixture(scope="module")
def weights() -> weight.Weights:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return weight.measure()


def test_an_invitation_fits_into_the_first_ten_packets(weights: weight.Weights) -> None:
    assert weights.invitation.size <= 14_600, weights.invitation
    assert weights.invitation.requests <= 4, weights.invitation


def test_a_group_page_comes_whole_for_25_kilobytes(weights: weight.Weights) -> None:
    assert weights.cold.size <= 25_000, weights.cold


def test_coming_back_costs_5_kilobytes(weights: weight.Weights) -> None:
    assert weights.warm.size <= 5_000, weights.warm


def test_no_page_asks_another_host(weights: weight.Weights) -> None:
    assert weights.crawl.pages > 0
    assert not weights.crawl.strangers
