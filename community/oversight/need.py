"""Why a group needs a human, and which one first. Pure arithmetic."""

from collections.abc import Iterable

REASONS = ("nobody", "asleep", "unheard", "waiting", "died")  # a bit each, in this order; the gravest first
WEIGHT = {"nobody": 60, "asleep": 50, "unheard": 30, "waiting": 25, "died": 15}
DEAD_SHARE = 4  # phones died: one for so many people, and three at least


def bits(reasons: Iterable[str]) -> int:
    return sum(1 << REASONS.index(reason) for reason in reasons)


def reasons(why: int) -> list[str]:
    """The reasons that these bits stand for, the gravest first."""
    return [reason for place, reason in enumerate(REASONS) if why >> place & 1]


def score(why: int, people: int) -> int:
    """How much a group needs somebody: 0 for not at all. Among the same reasons more people come first."""
    found = reasons(why)
    return sum(WEIGHT[reason] for reason in found) * 100 + min(99, people.bit_length() * 4) if found else 0


def has_died(died: int, people: int) -> bool:
    return died >= 3 and died * DEAD_SHARE >= people
