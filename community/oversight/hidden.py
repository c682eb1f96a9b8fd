"""Counts of siblings of which none points at few people, also not by taking the others from their sum."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")
FEW = 5


def shielded(counts: Mapping[Key, int]) -> dict[Key, int | None]:
    """The counts as they may stand beside each other and their sum. None: "few", or hidden for another's sake."""
    few = {key for key, count in counts.items() if 0 < count < FEW}
    more = sorted((key for key, count in counts.items() if count >= FEW), key=lambda key: counts[key])
    if few and sum(counts[key] for key in few) - len(few) < FEW - 1:  # so few that their sum says who is one of them
        few |= set(more[:1])
    return {key: None if key in few else count for key, count in counts.items()}
