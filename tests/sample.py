"""A fixed part of what `make test-all` looks at whole."""

import os
import zlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

ALL = bool(os.environ.get("AANGAN_ALL"))
POSTGRES = os.environ.get("AANGAN_TEST_DATABASE")
SAMPLED = 4  # of the tests marked so one in this many is taken
Thing = TypeVar("Thing")


def some(things: Iterable[Thing], of: object, normally: int, wholly: int = 1) -> Sequence[Thing]:
    """One in so many of these things, others for each `of`, the same in each run; more of them with AANGAN_ALL."""
    step = wholly if ALL else normally
    return list(things)[zlib.crc32(str(of).encode()) % step :: step]


def taken(name: str) -> bool:
    """Whether this test is one of those that are taken of a file marked `sampled`: the same in each run."""
    return zlib.crc32(name.encode()) % SAMPLED == 0
