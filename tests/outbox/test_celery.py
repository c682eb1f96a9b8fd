"""The Celery back end end to end: a real Redis, a real relay, real workers, on the database of this run."""

import signal
import time
from pathlib import Path

import pytest
from flask import Flask

from community.outbox.models import FIRST, LATER
from tests.outbox.noting import promise, settled, still_open
from tests.outbox.plant import Plant, Redis, wait_for

pytestmark = pytest.mark.redis


def done(app: Flask) -> bool:
    return still_open(app) == 0


def lines(seen: Path) -> list[str]:
    return seen.read_text().splitlines()


def numbered(count: int) -> list[str]:
    return [f"{number:03}" for number in range(count)]


def test_every_promise_is_kept_once(noting: Flask, works: Plant, seen: Path) -> None:
    promise(noting, *numbered(60))
    works.worker(2)
    works.relay()
    assert wait_for(lambda: done(noting)), works.said()
    assert settled(noting) == numbered(60)
    assert sorted(lines(seen)) == numbered(60)


def test_a_broker_that_is_wiped_twice_loses_nothing(noting: Flask, works: Plant, broker: Redis, seen: Path) -> None:
    promise(noting, *numbered(60), slow=0.05)
    works.worker(2)
    works.relay()
    for reached in (10, 30):
        assert wait_for(lambda reached=reached: len(settled(noting)) >= reached), works.said()
        broker.wipe()
    assert wait_for(lambda: done(noting)), works.said()
    assert settled(noting) == numbered(60)
    assert sorted(lines(seen)) == numbered(60), "what is in a worker's hand is not given to another"


def test_without_a_broker_promises_wait(noting: Flask, works: Plant, broker: Redis) -> None:
    broker.stop()
    promise(noting, *numbered(5))
    works.worker()
    works.relay()
    assert wait_for(lambda: "BrokerAway" in works.said()), works.said()
    assert still_open(noting) == 5
    broker.start()
    assert wait_for(lambda: done(noting)), works.said()
    broker.stop()
    promise(noting, "later")
    time.sleep(1)
    broker.start()
    assert wait_for(lambda: done(noting)), works.said()
    assert settled(noting) == [*numbered(5), "later"]


def test_what_a_killed_worker_had_in_hand_is_kept_by_the_next(noting: Flask, works: Plant, seen: Path) -> None:
    promise(noting, *numbered(6), slow=0.5)
    works.relay()
    first = works.worker()
    assert wait_for(lambda: len(lines(seen)) >= 2), works.said()
    works.kill(first)
    works.worker()
    assert wait_for(lambda: done(noting)), works.said()
    assert settled(noting) == numbered(6)
    assert len(lines(seen)) <= 7, "one was in hand"


def test_sigterm_lets_a_worker_end_what_it_holds(noting: Flask, works: Plant, seen: Path) -> None:
    promise(noting, *numbered(3), slow=1.5)
    relay, worker = works.relay(), works.worker()
    assert wait_for(lambda: len(lines(seen)) == 1), works.said()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert settled(noting) == lines(seen)[:1]
    relay.send_signal(signal.SIGTERM)
    assert relay.wait(30) == 0
    assert "Traceback" not in works.said()


def test_what_fails_is_tried_again_and_holds_nobody_up(noting: Flask, works: Plant, seen: Path) -> None:
    promise(noting, "bad", bad=True)
    promise(noting, *numbered(5))
    works.worker()
    works.relay()
    assert wait_for(lambda: still_open(noting) == 1), works.said()
    assert wait_for(lambda: lines(seen).count("bad") >= 2), "it was not tried again"
    assert settled(noting) == numbered(5)


def test_a_release_is_not_held_up_by_batches(noting: Flask, works: Plant) -> None:
    promise(noting, *numbered(4), rank=LATER, slow=3)
    works.worker()
    works.worker(1, "-Q", "first")
    works.relay()
    assert wait_for(lambda: still_open(noting) == 3), works.said()
    promise(noting, "release", rank=FIRST)
    assert wait_for(lambda: "release" in settled(noting), 10), works.said()
    assert still_open(noting) >= 1, "the batches are still under way"
