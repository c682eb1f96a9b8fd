"""What a group knows of it that its community came below another one. The whole story is in community/mergers."""

from collections.abc import Sequence
from typing import NamedTuple


class Joined(NamedTuple):
    """`root`: the top group of the community that came.

    `floor`: the last `seq` then; what those above had said by then, its people do not hear. `shift`: what was added to
    each `seq` of its own.
    """

    root: int
    floor: int
    shift: int

    @classmethod
    def read(cls, told: str) -> "list[Joined]":
        """As `Group.joined` has them: one for each merger, with a space between."""
        return [cls(*map(int, part.split(":"))) for part in told.split()]

    @classmethod
    def on(cls, line: Sequence[int], told: str) -> "list[Joined]":
        """Those whose top group is on this line: a group that was moved away hears another line."""
        return [one for one in cls.read(told) if one.root in line]

    def __str__(self) -> str:
        return f"{self.root}:{self.floor}:{self.shift}"
