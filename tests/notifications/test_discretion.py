"""No few people can be told apart by taking the numbers of a page from each other."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.notifications.discretion import FEW, OTHERS, STEPS, Counts, Told, said, tell
from community.notifications.reach import REASONS, SENT
from tests.conftest import ALL

# The kinds of people there are: what happened to them, and why they were not reached.
REACHED = [
    (*flags, answer)
    for flags in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))
    for answer in ("", "heard", "understood", "explain")
    if flags[1] or answer
]
MISSED = list(REASONS)
KINDS = [*REACHED, *MISSED]
World = tuple[int, ...]  # how many there are of each kind


def counts(world: World) -> Counts:
    found = dict.fromkeys(STEPS, 0)
    for kind, number in zip(REACHED, world, strict=False):
        for step, is_so in zip(STEPS, kind[:3], strict=False):
            found[step] += is_so * number
        for step in {"heard", kind[3]} if kind[3] else set():
            found[step] += number
    reasons = dict(zip(MISSED, world[len(REACHED) :], strict=True))
    found["accepted"] += sum(reasons[name] for name in SENT)
    return Counts(sum(world), found, reasons)


def groups(world: World) -> dict[str, int]:
    """Groups of people that somebody might work out."""
    of = counts(world)
    steps, missed = of.steps, sum(of.reasons.values())
    found = {**steps, **of.reasons, "missed": missed, "reached": of.whole - missed}
    found |= {f"not {name}": of.whole - steps[name] for name in STEPS}
    found["sent only"] = steps["accepted"] - steps["shown"]
    found["seen only"] = steps["shown"] - steps["opened"]
    found["heard only"] = steps["heard"] - steps["understood"] - steps["explain"]
    found["reached otherwise"] = found["reached"] - steps["shown"]
    found["reached unheard"] = found["reached"] - steps["heard"]
    return found


def told(world: World) -> Told:
    return tell(counts(world), SENT)


def near(world: World) -> Iterator[World]:
    """Worlds with as many people in which one, two or three of them are of another kind."""
    steps = list(itertools.permutations(range(len(KINDS)), 2))
    for start, end in steps:
        for number in (1, 2, 3):
            if world[start] >= number:
                moved = list(world)
                moved[start] -= number
                moved[end] += number
                yield tuple(moved)


def looks_like(page: Told, world: World) -> bool:
    """Whether the page's numbers are true of this world, too."""
    of = counts(world)
    named = {name: one for name, one in page.reasons.items() if name != OTHERS}
    rest = sum(number for name, number in of.reasons.items() if name not in named)
    others = page.reasons.get(OTHERS)
    pairs = [(of.steps[name], one) for name, one in page.steps.items()]
    pairs += [(of.reasons[name], one) for name, one in named.items()] + [(rest, others)] * bool(others)
    return all(one.low <= number <= one.high for number, one in pairs) and (page.hides or bool(others) or not rest)


def unsure(world: World, doubtful: set[str]) -> set[str]:
    """Which of these groups are of another size in another world of which the page's numbers are true."""
    true, page, left = groups(world), told(world), set(doubtful)
    for one in (world, *near(world)):
        for other in near(one) if left else ():
            found = groups(other)
            if any(found[name] != true[name] for name in left) and looks_like(page, other):
                left -= {name for name in left if found[name] != true[name]}
    return doubtful - left


def worlds() -> st.SearchStrategy[World]:
    """Few kinds of people at a time, and numbers at which something small may be left over."""
    number = st.sampled_from([1, 1, 2, 3, 4, 5, 5, 9, 10, 10, 14, 15, 20])
    some = st.dictionaries(st.integers(0, len(KINDS) - 1), number, min_size=1, max_size=6)
    every = some.map(lambda found: tuple(found.get(kind, 0) for kind in range(len(KINDS))))
    return every.filter(lambda world: sum(world) >= FEW)


@settings(max_examples=150 if ALL else 10, deadline=None)
@given(worlds())
def test_few_people_are_never_told_apart(world: World) -> None:
    few = {name for name, size in groups(world).items() if 0 < size < FEW}
    assert unsure(world, few) == few, told(world)


@given(st.integers(FEW, 200).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_what_is_said_is_true_and_never_narrow(pair: tuple[int, int]) -> None:
    count, whole = pair
    one = said(count, whole)
    assert one.low <= count <= one.high
    assert all(said(other, whole) == one for other in range(one.low, one.high + 1))
    assert count in (0, whole) or one.high - one.low >= 3


@pytest.mark.parametrize(
    ("count", "whole", "word"),
    [
        (0, 40, "nobody"), (1, 40, "few"), (4, 40, "few"), (5, 40, "number"), (35, 40, "number"),
        (36, 40, "all but few"), (39, 40, "all but few"), (40, 40, "everyone"), (3, 7, "some"), (0, 7, "nobody"),
        (4, 9, "few"), (5, 9, "number"), (12, 13, "number"), (10, 14, "all but few"), (9, 14, "number"),
    ],
)  # fmt: skip
def test_how_it_is_said(count: int, whole: int, word: str) -> None:
    assert said(count, whole).word == word


def test_a_large_number_is_said_to_fives() -> None:
    assert [said(count, 1248).low for count in (5, 9, 10, 742, 744, 745)] == [5, 5, 10, 740, 740, 745]


def test_of_less_than_five_nothing_is_said() -> None:
    world = tuple([1, 0, 3] + [0] * (len(KINDS) - 3))
    assert told(world).is_silent
    assert told(world).whole == 0


def test_two_few_are_one_row() -> None:
    reasons = dict.fromkeys(REASONS, 0) | {"never": 40, "muted": 2, "failed": 3}
    page = tell(Counts(100, dict.fromkeys(STEPS, 0) | {"accepted": 55, "shown": 55}, reasons), SENT)
    assert {name: one.low for name, one in page.reasons.items()} == {"never": 40, "others": 5}


def test_what_could_be_worked_out_is_joined() -> None:
    """5 + 5 + 1 of the eleven whom the phones of twenty leave: the one would stand there by subtraction."""
    reasons = dict.fromkeys(REASONS, 0) | {"never": 5, "ended": 5, "muted": 1}
    page = tell(Counts(31, dict.fromkeys(STEPS, 0) | {"accepted": 20, "shown": 20}, reasons), SENT)
    assert all(one.word != "few" for one in page.reasons.values())
