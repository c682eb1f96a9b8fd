"""What stands beside each other says nothing of few people, also to who knows how it was made and the sum of it."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.groups.shielding import FEW, shielded

COUNTS = st.lists(st.integers(0, 8) | st.integers(0, 10**6), max_size=12)


@given(COUNTS)
def test_under_five_is_never_said_and_what_is_said_is_true(counts: list[int]) -> None:
    for count, shown in zip(counts, shielded(counts), strict=True):
        assert shown == count or shown is None
        assert shown is None or count not in range(1, FEW)
        assert count or shown == 0, "that nobody is there points at nobody"


@given(COUNTS)
def test_what_is_left_out_is_never_one_alone_nor_few_together(counts: list[int]) -> None:
    hidden = [count for count, shown in zip(counts, shielded(counts), strict=True) if shown is None]
    assert not hidden or sum(counts) < FEW or (len(hidden) > 1 and sum(hidden) >= FEW)


@given(COUNTS)
def test_nothing_is_left_out_where_nothing_is_small(counts: list[int]) -> None:
    assert (None in shielded(counts)) == any(0 < count < FEW for count in counts)


@pytest.mark.parametrize("places", [2, 3, 4])
def test_every_count_that_is_left_out_could_be_another_one(places: int) -> None:
    """All small worlds at once: those that look the same and have the same sum differ in each place left out."""
    worlds = defaultdict(list)
    for counts in (one for one in product(range(17), repeat=places) if sum(one) < 17):
        worlds[tuple(shielded(counts)), sum(counts)].append(counts)
    for (shown, total), alike in worlds.items():
        if total >= FEW:
            for place in (place for place, count in enumerate(shown) if count is None):
                assert len({counts[place] for counts in alike}) > 1, (shown, total)
