"""What every machine that translates looks like to us, and the one that is there where none is set: it says nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Pair = tuple[str, str]  # from which of our languages into which


class NotNow(RuntimeError):
    """The machine did not answer, or is in trouble. It may answer later. Holds no word of what was said."""


class NotAtAll(RuntimeError):
    """The machine refuses, or answers what is no translation: asking again would not help."""


@dataclass(frozen=True)
class Result:
    """One text in the other language. `engine` names who said it, `quality` is machine or human."""

    text: str
    engine: str
    quality: str = "machine"
    cached: bool = False


class Engine(Protocol):
    """A machine. Only the outbox calls it: each call may take as long as the network does."""

    name: str

    def translate(
        self, texts: Sequence[str], src: str, dst: str, *, glossary: str | None = None, fmt: str = "text"
    ) -> list[Result]:
        """Each text in the other language, in their order. Raises NotNow or NotAtAll."""

    def pairs(self) -> set[Pair]:
        """What it can do, in our codes. Raises NotNow or NotAtAll."""

    def healthy(self) -> bool:
        """Whether it answers just now."""


class Null:
    """No machine: nothing is asked of anybody."""

    name = "none"

    def translate(
        self, texts: Sequence[str], src: str, dst: str, *, glossary: str | None = None, fmt: str = "text"
    ) -> list[Result]:
        raise NotAtAll("no machine is set up")

    def pairs(self) -> set[Pair]:
        return set()

    def healthy(self) -> bool:
        return False
