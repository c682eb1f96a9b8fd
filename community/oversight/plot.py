"""Squares for the groups of a level, as numbers for an SVG: the more people the larger, and none too small to tap."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH = 328  # units of the drawing: as many as pixels on a small phone
LEAST, MOST, GAP = 48, 104, 8
MANY = 3  # one group of so many that needs somebody is a lot


@dataclass(frozen=True)
class Square:
    """A square of the drawing. `kind` is calm, some, many or rests; each has a pattern of its own."""

    number: int  # of the group in the level
    x: int
    y: int
    side: int
    kind: str


def squares(weights: Sequence[int], kinds: Sequence[str], *, from_right: bool = False) -> tuple[list[Square], int]:
    """The squares in rows, the first where reading begins; and how high the drawing is."""
    largest, found = max([1, *weights]), []
    x = y = height = 0
    for number, (weight, kind) in enumerate(zip(weights, kinds, strict=True)):
        side = LEAST + round((MOST - LEAST) * sqrt(weight / largest))
        if x + side > WIDTH:
            x, y, height = 0, y + height + GAP, 0
        found.append(Square(number, WIDTH - x - side if from_right else x, y, side, kind))
        x, height = x + side + GAP, max(height, side)
    return found, y + height


def kind(groups: int, needs: int, rests: bool) -> str:
    if rests:
        return "rests"
    return "calm" if not needs else "many" if needs * MANY >= groups else "some"
