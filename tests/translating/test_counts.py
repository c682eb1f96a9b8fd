"""How many read in which language, and that nobody few can be worked out from it."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from community.notifications.discretion import FEW
from community.translating.counts import tell


def test_many_are_a_number_and_few_are_few():
    told = tell({"hi": 700, "mr": 234, "ur": 3})
    assert {language: one.word for language, one in told.items()} == {"hi": "number", "mr": "number", "ur": "few"}
    assert told["mr"].low == 230


def test_where_the_rest_gives_it_away_nothing_is_said():
    assert {one.word for one in tell({"hi": 4, "ur": 4, "en": 4}).values()} == {"some"}
    assert {one.word for one in tell({"hi": 2, "ur": 1}).values()} == {"some"}


def test_all_of_them_are_all():
    assert tell({"hi": 40})["hi"].word == "everyone"


@settings(deadline=None)
@given(st.lists(st.integers(1, 13), min_size=1, max_size=3))
def test_every_few_could_be_more_than_one_number(counts: list[int]):
    """Whoever knows the whole, and how things are said, still has a choice for each who are few."""
    whole, said = sum(counts), tell({str(place): count for place, count in enumerate(counts)})
    shown = [(one.low, one.high, one.whole) for one in said.values()]
    worlds = [
        world
        for world in product(range(1, whole + 1), repeat=len(counts))
        if sum(world) == whole
        and [(one.low, one.high, one.whole) for one in tell({str(p): c for p, c in enumerate(world)}).values()] == shown
    ]
    assert tuple(counts) in worlds
    for place, count in enumerate(counts):
        if count < FEW and whole > len(counts) > 1:
            assert len({world[place] for world in worlds}) > 1
