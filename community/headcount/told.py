"""What may be said of an audience's counts: fewer than five are few, and then nothing else stands there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from community.groups.shielding import FEW
from community.headcount.counting import Counted
from community.notifications.discretion import Said, said
from community.translating.counts import tell

SHOWN = 8  # languages


@dataclass(frozen=True)
class Told:
    """What the preview says. `people` is None where they are few; then nothing else is said of them."""

    people: int | None
    groups: int
    about: bool = False
    follows: bool = False  # the exact number is being counted
    rung: Said | None = None
    languages: Mapping[str, Said] | None = None

    @classmethod
    def of(cls, counted: Counted) -> "Told":
        if 0 < counted.people < FEW:
            return cls(None, counted.groups)
        people = _rounded(counted.people) if counted.about else counted.people
        if not people:
            return cls(0, counted.groups)
        rung = said(min(counted.rung, people), people)
        return cls(people, counted.groups, counted.about, counted.about, rung, _languages(counted.languages))

    def exactly(self, people: int) -> "Told":
        """The same, once the exact number is there."""
        return replace(self, people=people, about=False, follows=False)


def _rounded(people: int) -> int:
    """Four figures: "about" with every figure of a sample would look exact."""
    step: int = 10 ** max(0, len(str(people)) - 4)
    return round(people / step) * step


def _languages(counts: Mapping[str, int]) -> dict[str, Said]:
    """Most people's first. None is named that nobody reads."""
    told = tell(counts)
    order = sorted(counts, key=lambda code: (-counts[code], code))[:SHOWN]
    return {code: told[code] for code in order if told[code].word != "nobody"}
