"""Counts of people beside each other, under a sum that is said too: nothing small may follow from what is shown."""

from collections.abc import Sequence

FEW = 5  # from here on a number of people is said
DOUBT = 2  # so far apart are the least and the most that somebody works out, at least


def shielded(counts: Sequence[int]) -> list[int | None]:
    """The counts as they may stand beside each other, where their sum is known: None for what is not said.

    One to four are not said. Where the sum would give them away, the next larger ones are not said either, until they
    are five people together at least and each of them could be more or fewer. Every None has to be shown by the same
    word: a sign that tells "under five" from "left out beside it" would give away what it stands for. A sum under five
    is itself "few".
    """
    hidden = sorted((count, place) for place, count in enumerate(counts) if 0 < count < FEW)
    rest = sorted((count, place) for place, count in enumerate(counts) if count >= FEW)
    while hidden and rest and not _are_doubtful([count for count, _place in hidden], rest[0][0]):
        hidden.append(rest.pop(0))
    places = {place for _count, place in hidden}
    return [None if place in places else count for place, count in enumerate(counts)]


def _are_doubtful(hidden: Sequence[int], bound: int) -> bool:
    """Whether who knows their sum, and that they are all below this bound, still can not tell any of them."""
    whole, others = sum(hidden), len(hidden) - 1
    least, most = max(1, whole - others * (bound - 1)), min(bound - 1, whole - others)
    return whole >= FEW and most - least >= DOUBT
