"""Killed in the middle of a fan-out, and not one phone is forgotten: what `make bench` does at length, small."""

import os
import random

import pytest

from community.notifications.ranges import MOST
from tests.house.postgres import another_database

pytest.importorskip("certifi")

from bench.kills import Harm, by_celery, embedded

KILLS, PHONES = 3, 4800


def harmless(harm: Harm) -> None:
    assert harm.kills == KILLS
    assert harm.lost == 0
    assert harm.repeats <= KILLS * MOST, "a kill costs at most the batch in hand"


@pytest.mark.large
def test_the_one_process_is_killed_again_and_again() -> None:
    harmless(embedded(random.Random(), phones=PHONES, kills=KILLS))


@pytest.mark.redis
def test_workers_and_relay_are_killed_and_the_broker_is_wiped() -> None:
    url = os.environ.get("AANGAN_TEST_DATABASE", "")
    database = another_database(url, "aangan_kills") if url else ""
    harmless(by_celery(random.Random(), database, phones=PHONES, kills=KILLS))
