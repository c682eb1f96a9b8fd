"""A service's pace, with a clock that the test moves."""

import pytest

from community.notifications.pace import FIRST, MOST, TROUBLES, Pace


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(100, clock)


def test_tokens_come_with_time_and_do_not_pile_up(pace: Pace, clock: Clock) -> None:
    assert pace.take(1000) == 25
    assert pace.take(1) == 0
    clock.seconds += 0.1
    assert pace.take(1000) == 10
    clock.seconds += 3600
    assert pace.take(1000) == 25


def test_nothing_is_taken_where_nothing_is_wanted(pace: Pace) -> None:
    assert (pace.take(0), pace.take(-3), pace.take(1000)) == (0, 0, 25)


def test_a_slow_rate_lets_one_through(clock: Clock) -> None:
    slow = Pace(1, clock)
    assert (slow.take(5), slow.take(5)) == (1, 0)
    clock.seconds += 1
    assert slow.take(5) == 1


def test_the_window_grows_with_answers(pace: Pace) -> None:
    assert pace.window == FIRST
    for _ in range(2 * MOST):
        pace.answered()
    assert pace.window == MOST


def test_troubles_in_a_row_make_a_pause_and_the_next_one_a_longer(pace: Pace, clock: Clock) -> None:
    for _ in range(TROUBLES - 1):
        pace.failed()
    assert pace.rests() == 0
    pauses = []
    for _ in range(8):
        pace.failed()
        pauses.append(pace.rests())
        clock.seconds += pace.rests()
        assert (pace.rests(), pace.window) == (0, 1)
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]


def test_what_was_under_way_when_the_pause_began_does_not_lengthen_it(pace: Pace) -> None:
    for _ in range(TROUBLES + 30):
        pace.failed()
    assert pace.rests() == 30


def test_an_answer_between_makes_no_row(pace: Pace) -> None:
    for _ in range(10 * TROUBLES):
        pace.failed()
        pace.answered()
    assert pace.rests() == 0


def test_an_asked_pause_is_kept_and_never_shortened(pace: Pace, clock: Clock) -> None:
    pace.asked(120)
    pace.asked(5)
    assert pace.rests() == 120
    clock.seconds += 120
    assert pace.rests() == 0
    pace.asked(1e9)
    assert pace.rests() == 24 * 3600
