"""Every route × every role × anything: no 500, nothing unescaped. Longer: make fuzz (half an hour)."""

import os

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.house.checker import ALL, Checker
from tests.house.crawl import Crawl
from tests.house.fuzz import Clock, Range, Shot

pytestmark = pytest.mark.any_collation
SECONDS = float(os.environ.get("AANGAN_FUZZ") or 0)  # as long as that; without it, always the same shots
SHOTS = 1500 if ALL else 150  # some 25 seconds, and two


def test_anything_to_any_address_as_anybody(checker: Checker, crawled: Crawl) -> None:
    range_, clock, fired = Range(checker, crawled), Clock(SECONDS), 0

    def volley(number: int, shots: int) -> None:
        @seed(number)
        @settings(max_examples=shots, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(shot=range_.shots())
        def fire(shot: Shot) -> None:
            nonlocal fired
            fired += 1
            range_.fire(shot)

        fire()
        checker.village.tidy()

    volley(1, SHOTS)
    number = 1
    while not clock.is_over:
        number += 1
        volley(number, 400)
    print(f"fuzz: {fired} requests, {len(range_.hit)} routes × roles, {len(set(checker.faults))} faults")
    assert fired >= SHOTS / 2
    checker.done()
