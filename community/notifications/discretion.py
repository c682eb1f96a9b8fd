"""Numbers of people, said so that nobody can be told from them. Pure arithmetic, and the only way to the reach page.

One to four people are "few", and so are the one to four who are missing from the whole. Between the two a number is
rounded down to fives. What is said is an interval, and `tell` makes sure that no few people can be told apart by taking
one number from another: it joins the reasons until nothing small is left that only one number fits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FEW = 5  # from here on a number is said
STEPS = ("accepted", "shown", "opened", "heard", "understood", "explain")
DOUBT = 2  # so far apart are the least and the most that few people may be, at least
OTHERS = "others"  # the reasons that are not told apart


@dataclass(frozen=True)
class Said:
    """Of `whole` people between `low` and `high`: that is all that anybody learns."""

    low: int
    high: int
    whole: int

    @property
    def word(self) -> str:
        """How it is said: nobody, few, some, number (`low`, rounded), all but few, everyone."""
        if self.low == self.high and self.low in (0, self.whole):
            return "everyone" if self.low else "nobody"
        if self.low > 1:
            return "all but few" if self.high == self.whole - 1 > self.low + 2 and self.whole > 13 else "number"
        return "few" if self.high < FEW and self.whole >= 2 * FEW - 1 else "some"


def said(count: int, whole: int) -> Said:
    """What is said of `count` out of `whole` people, who are five at least. No interval is narrower than four."""
    if count in (0, whole):
        return Said(count, count, whole)
    if whole < 2 * FEW - 1:
        return Said(1, whole - 1, whole)
    if count < FEW:
        return Said(1, FEW - 1, whole)
    if whole < 3 * FEW - 1:
        return Said(FEW, whole - 1, whole)
    if count > whole - FEW:
        return Said(whole - FEW + 1, whole - 1, whole)
    last = (whole - 2 * FEW + 1) // FEW * FEW
    low = min(count // FEW * FEW, last)
    return Said(low, whole - FEW if low == last else low + FEW - 1, whole)


@dataclass(frozen=True)
class Counts:
    """The true numbers. `steps` are those of STEPS; `reasons` say why the others were not reached, each person once."""

    whole: int
    steps: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Told:
    """What the page says. Both are empty where the people are so few that any number would point at somebody.

    `hides`: there are people who were not reached, and no number of them can be said.
    """

    whole: int
    steps: Mapping[str, Said]
    reasons: Mapping[str, Said]
    hides: bool = False

    @property
    def is_silent(self) -> bool:
        return not self.steps


def tell(counts: Counts, sent: Sequence[str] = ()) -> Told:
    """The counts as they may be said. `sent` are the reasons of people to whom something was sent."""
    return next(told for told in _ways(counts) if not _Deduction(told, sent).finds_few())


def _ways(counts: Counts) -> Iterator[Told]:
    """Ways to say it, from the most open one to silence."""
    if counts.whole >= FEW:
        steps = {name: said(counts.steps[name], counts.whole) for name in STEPS}
        for reasons in _joinings(counts.reasons):
            yield Told(counts.whole, steps, {name: said(count, counts.whole) for name, count in reasons.items()})
        for held_back in (None, "understood", "explain", "heard"):
            steps = {name: one for name, one in steps.items() if name != held_back}
            yield Told(counts.whole, steps, {}, hides=any(counts.reasons.values()))
    yield Told(0, {}, {})


def _joinings(reasons: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
    """The reasons that there are, all who are few as one; then the smallest two as one, until one is left."""
    kept = {name: count for name, count in reasons.items() if count}
    few = sum(count < FEW for count in kept.values())
    if few > 1:
        kept = _joined(kept, few)
    yield kept
    while len(kept) > 1:
        kept = _joined(kept, 2)
        yield kept


def _joined(reasons: Mapping[str, int], number: int) -> dict[str, int]:
    """The smallest so many reasons as one."""
    small = sorted(reasons, key=lambda name: (reasons[name], name))[:number]
    kept = {name: count for name, count in reasons.items() if name not in small}
    others = sum(reasons[name] for name in small)
    return kept | {OTHERS: others + kept.pop(OTHERS, 0)}


class _Deduction:
    """What somebody finds out who takes every number on the page from every other."""

    def __init__(self, told: Told, sent: Sequence[str]) -> None:
        self.whole = told.whole
        known = {**told.steps, **told.reasons}
        self.low = dict.fromkeys(STEPS, 0) | {name: one.low for name, one in known.items()}
        self.high = dict.fromkeys(STEPS, told.whole) | {name: one.high for name, one in known.items()}
        self.sums = [] if told.is_silent else list(self._sums([*told.reasons], told.hides, sent))

    def _sums(self, rows: list[str], hides: bool, sent: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
        """Pairs of groups that are the same people: what stands on the left together is what stands on the right."""
        whole = self._group("whole", self.whole, self.whole)
        for step in STEPS:
            yield [step, self._group(f"not {step}")], [whole]
        yield ["shown", self._group("sent only")], ["accepted"]
        yield ["opened", self._group("seen only")], ["shown"]
        yield ["understood", "explain", self._group("heard only")], ["heard"]
        yield ["shown", self._group("reached otherwise")], [self._group("reached")]
        yield ["heard", self._group("reached unheard")], ["reached"]
        yield ["reached", self._group("shown and heard")], ["shown", "heard"]
        if hides:
            yield ["reached", self._group("missed", 1)], [whole]
            return
        yield ["reached", *rows], [whole]
        unsent = [name for name in rows if name not in (*sent, OTHERS)]
        yield [*unsent, self._group("others not sent to")], ["not accepted"]
        yield [*(name for name in rows if name in sent), self._group("sent to and heard")], ["sent only"]

    def _group(self, name: str, low: int = 0, high: int | None = None) -> str:
        self.low[name], self.high[name] = low, self.whole if high is None else high
        return name

    def finds_few(self) -> bool:
        while any([self._narrow(left, right) for left, right in self.sums]):
            pass
        return any(low > 0 and self.high[name] < min(FEW, low + DOUBT) for name, low in self.low.items())

    def _narrow(self, left: list[str], right: list[str]) -> bool:
        """Whether the two sides being equal says more about any of their groups than was known."""
        before = [(self.low[name], self.high[name]) for name in (*left, *right)]
        for side, other in ((left, right), (right, left)):
            for name in side:
                rest = [one for one in side if one != name]
                most = sum(self.high[one] for one in other) - sum(self.low[one] for one in rest)
                least = sum(self.low[one] for one in other) - sum(self.high[one] for one in rest)
                self.low[name], self.high[name] = max(self.low[name], least), min(self.high[name], most)
        return before != [(self.low[name], self.high[name]) for name in (*left, *right)]
