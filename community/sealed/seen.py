"""A sealed thread as one phone sees it."""

import json
from datetime import datetime

from community.sealed.models import PhoneKey, SealedMessage, SealedThread
from community.sealed.sides import Sides


def turns(thread: SealedThread) -> list[datetime]:
    """Each time when somebody else began to help since the thread began: who trusts one may not trust the next."""
    steps = [one for one in thread.question.steps if one.what in ("taken", "handed over")]
    helpers = [one.to_id if one.what == "handed over" else one.person_id for one in steps]
    return [
        step.created
        for step, before, after in zip(steps[1:], helpers, helpers[1:], strict=False)
        if before != after and step.created > thread.created
    ]


class Seen:
    """A thread as this phone gets it: what is locked for it, and the public keys of all who ever took part."""

    def __init__(self, thread: SealedThread, sides: Sides) -> None:
        self.thread, self.sides = thread, sides
        self.words, self.every = thread.words(), thread.keys()
        self.live = {one.id for one in thread.live_keys(sides.people)}
        mine = (one for one in self.every if one.id in self.live and self._is_here(one))
        self.own = next(mine, None)
        self.last = self.words[-1].number if self.words else 0
        self.by_id = {one.id: one for one in self.every}
        self.turns = turns(thread)

    def _is_here(self, key: PhoneKey) -> bool:
        return (key.person_id, key.phone_id) == (self.sides.person.id, self.sides.phone_id)

    @property
    def mark(self) -> str:
        """What a phone that looks again has seen already."""
        phones = ".".join(str(number) for number in sorted(self.live))
        return f"{self.thread.id}-{self.last}-{len(self.turns)}-{phones}-{self.own.id if self.own else 0}"

    @property
    def meets(self) -> bool:
        """Whether a phone of the other one is there to read."""
        return any(self.by_id[number].person_id != self.sides.person.id for number in self.live)

    @property
    def is_lost(self) -> bool:
        """Whether nothing of what was said can be read here. What was said to who helped before is not for her."""
        helps = self.sides.side_of(self.sides.person.id) == "helps"
        since = self.turns[-1] if helps and self.turns else self.thread.created
        words = [one for one in self.words if one.created > since]
        return bool(words) and not any(self.opens(one) for one in words)

    @property
    def has_spoken(self) -> bool:
        return any(self.is_mine(one) for one in self.words)

    @property
    def phones(self) -> str:
        """JSON: of each phone its number, side, public key, and whether it reads what is written now."""
        side = self.sides.side_of
        return json.dumps([[one.id, side(one.person_id), one.public, one.id in self.live] for one in self.every])

    def opens(self, word: SealedMessage) -> str:
        """What opens this word on this phone; "" where nothing does."""
        own = self.own.id if self.own else 0
        return next((one.wrapped for one in word.wrapped if one.phone_key_id == own), "")

    def is_mine(self, thing: SealedMessage | PhoneKey) -> bool:
        return thing.person_id == self.sides.person.id

    def is_handed_over_after(self, number: int) -> bool:
        """Whether somebody else helps from after this word on; 0: before all that are shown."""
        before = (max((one.number for one in self.words if one.created <= at), default=0) for at in self.turns)
        return number in before

    def came_after(self, number: int) -> list[PhoneKey]:
        """The phones that read from after this word on; the first ones need no telling."""
        return [one for one in self.every if one.after == number and number]
