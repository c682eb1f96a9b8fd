"""Letters to the push services: encoded by pywebpush, each service at its own pace, over connections that are kept."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from flask import Flask, current_app
from pywebpush import WebPusher

from community.notifications import vapid
from community.notifications.connections import Answer, Connections, breathe
from community.notifications.letter import Letter, Outcome
from community.notifications.pace import Pace
from community.subscriptions.endpoint import Origin, Refused, Unresolved, address_of, origin_of

__all__ = ["Letter", "Outcome", "Patience", "Sender", "sender"]
log = logging.getLogger(__name__)
AT_A_TIME = 64  # messages encoded before the network is looked after
# What an answer means; a hundred stands for the rest of its kind. What is not here is in trouble, and is asked again.
WHAT = {
    200: "accepted",
    300: "refused",  # we follow nothing
    400: "refused",
    **dict.fromkeys((401, 403), "ours"),
    **dict.fromkeys((404, 410), "gone"),
    **dict.fromkeys((406, 408, 425, 429), "later"),  # WNS says 406 for "too fast"
}


@dataclass(frozen=True)
class Patience:
    """Seconds: for a connection, for one message, for a name, and until which messages are begun.

    A call takes no longer than `begin` and `whole` together.
    """

    connect: float = 5
    whole: float = 10
    name: float = 5
    begin: float = 15


@dataclass
class Round:
    """The letters of one call to one push service."""

    origin: Origin
    pace: Pace
    connections: Connections
    address: "Future[str]"
    letters: deque[Letter] = field(default_factory=deque)
    under_way: int = 0
    headers: dict[tuple[str, int, str, str], list[str]] = field(default_factory=dict)
    shouted: set[str] = field(default_factory=set)

    def headers_of(self, letter: Letter) -> list[str]:
        """The same list for the same headers. Raises UnknownKey."""
        kind = (letter.key_id, letter.ttl, letter.urgency, letter.topic)
        if kind not in self.headers:
            self.headers[kind] = letter.headers(vapid.authorization(str(self.origin), letter.key_id))
        return self.headers[kind]

    def shout(self, words: str) -> None:
        """Into the log, once for all letters that it is true of. Never an endpoint: who knows one can push to it."""
        if words not in self.shouted:
            self.shouted.add(words)
            log.error("push: %s: %s", self.origin, words)

    @property
    def is_open(self) -> bool:
        return bool(self.letters or self.under_way)


class Sender:
    """One thread's connections to the push services. `paces` may be shared with the senders of other threads."""

    def __init__(
        self, *, rate: float, ca: str = "", paces: dict[Origin, Pace], patience: Patience | None = None
    ) -> None:
        self.rate, self.ca, self.paces, self.patience = rate, ca, paces, patience or Patience()
        self.connections: dict[Origin, Connections] = {}
        self.resolver = ThreadPoolExecutor(max_workers=8, thread_name_prefix="push-names")
        self.addresses: dict[Origin, str] = {}  # the last ones, taken again as long as the name still leads there
        self.pusher = WebPusher({"endpoint": ""})
        self.outcomes: list[Outcome] = []

    def send(self, letters: Iterable[Letter]) -> list[Outcome]:
        """What became of each letter, in no order. Nothing that a letter or a push service does raises.

        Addresses are checked and resolved anew. Needs an app context.
        """
        self.outcomes = []
        started = time.monotonic()
        rounds = self._sorted(letters)
        wait([turn.address for turn in rounds], timeout=0.05)
        try:
            self._deliver(rounds, started)
        finally:
            for turn in rounds:
                turn.connections.tidy()
        return self.outcomes

    def _deliver(self, rounds: list[Round], started: float) -> None:
        """A few messages for each service, then what has come back, until all have ended."""
        while rounds:
            lasted = time.monotonic() - started
            moved = sum([self._begin(turn, lasted) + self._listen(turn) for turn in rounds])
            rounds = [turn for turn in rounds if turn.is_open]
            if rounds and not moved:
                breathe(turn.connections for turn in rounds)

    def _sorted(self, letters: Iterable[Letter]) -> list[Round]:
        rounds: dict[Origin, Round] = {}
        for letter in letters:
            try:
                origin = origin_of(letter.endpoint)
            except Refused:
                self._end(letter, "refused")
                continue
            if origin not in rounds:
                rounds[origin] = self._round(origin)
            rounds[origin].letters.append(letter)
        return list(rounds.values())

    def _round(self, origin: Origin) -> Round:
        address = self.resolver.submit(address_of, origin, self.addresses.get(origin, ""))
        pace = self.paces.setdefault(origin, Pace(self.rate))
        if origin not in self.connections:
            times = {"connect": self.patience.connect, "whole": self.patience.whole}
            self.connections[origin] = Connections(ca=self.ca, **times)
        return Round(origin, pace, self.connections[origin], address)

    def _end(self, letter: Letter, what: str, retry_after: float | None = None) -> None:
        self.outcomes.append(Outcome(letter.number, what, retry_after))

    def _end_all(self, turn: Round, what: str, retry_after: float | None = None) -> None:
        while turn.letters:
            self._end(turn.letters.popleft(), what, retry_after)

    def _begin(self, turn: Round, lasted: float) -> int:
        """Put the next few letters on their way; how many these were."""
        if not turn.letters or not self._may_begin(turn, lasted):
            return 0
        some = turn.pace.take(min(AT_A_TIME, turn.pace.window - turn.under_way, len(turn.letters)))
        for _letter in range(some):
            self._post(turn, turn.letters.popleft())
        return some

    def _may_begin(self, turn: Round, lasted: float) -> bool:
        """Whether the service may be spoken to now. Where it may not for long, its letters end here."""
        if lasted > self.patience.begin or (lasted > self.patience.name and not turn.address.done()):
            self._end_all(turn, "later")
        elif rests := turn.pace.rests():
            self._end_all(turn, "later", rests)
        elif turn.address.done() and (error := turn.address.exception()):
            log.warning("push: %s: %s", turn.origin, error)
            self._end_all(turn, "later" if isinstance(error, Unresolved) else "refused")
        return bool(turn.letters) and turn.address.done()

    def _post(self, turn: Round, letter: Letter) -> None:
        try:
            headers, body = turn.headers_of(letter), self._encoded(letter)
        except vapid.UnknownKey as error:
            turn.shout(str(error))
            self._end(letter, "ours")
        except ValueError:
            self._end(letter, "refused")
        else:
            address = self.addresses[turn.origin] = turn.address.result()
            turn.under_way += 1
            turn.connections.put(letter, letter.endpoint, address, headers, body)

    def _encoded(self, letter: Letter) -> bytes:
        """RFC 8291. One WebPusher serves all: a new one for each letter would copy the subscription first."""
        self.pusher.receiver_key, self.pusher.auth_key = letter.keys()
        encoded: bytes = self.pusher.encode(letter.body)["body"]
        return encoded

    def _listen(self, turn: Round) -> int:
        """See what has come back; how many these were."""
        answers = turn.connections.answers() if turn.under_way else []
        for answer in answers:
            turn.under_way -= 1
            self._judge(turn, answer.of, answer)
        return len(answers)

    def _judge(self, turn: Round, letter: Letter, answer: Answer) -> None:
        what = WHAT.get(answer.status) or WHAT.get(answer.status // 100 * 100, "later")
        if what != "later":
            turn.pace.answered()
        elif answer.retry_after:
            turn.pace.asked(answer.retry_after)
        else:
            turn.pace.failed()
        if what == "ours":
            turn.shout(f"answers {answer.status} to our key {letter.key_id}")
        self._end(letter, what, (turn.pace.rests() or None) if what == "later" else None)


class _Own(threading.local):
    """Each thread's senders, by app, and the process that made them: the child of a fork makes its own."""

    def __init__(self) -> None:
        self.process = 0
        self.senders: WeakKeyDictionary[Flask, Sender] = WeakKeyDictionary()
        self.inherited: list[object] = []  # the parent's: letting go of them would hang up on its connections


_own = _Own()


def sender() -> Sender:
    """This thread's own, with its connections. Needs an app context."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if _own.process != os.getpid():
        _own.inherited.append(_own.senders)
        _own.process, _own.senders = os.getpid(), WeakKeyDictionary()
    if app not in _own.senders:
        paces = app.extensions.setdefault("push_paces", {})
        _own.senders[app] = Sender(rate=app.config["PUSH_RATE"], ca=app.config["PUSH_CA"], paces=paces)
    return _own.senders[app]
