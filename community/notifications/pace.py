"""How fast a push service may be spoken to, and when it is left in peace. All threads share one for each service."""

import threading
import time
from collections.abc import Callable

LONGEST = 24 * 3600.0  # seconds; a service that asks for more is tried again after a day
SILENCE = 30.0  # seconds of the first pause after trouble; twice as long each time
LONGEST_SILENCE = 900.0
TROUBLES = 5  # in a row, until we pause
FIRST, MOST = 32, 400  # messages on their way at once: what an unknown service gets, and the best
BURST = 0.25  # seconds' worth of messages that may leave at once


class Pace:
    """A bucket of tokens, a window that grows with every answer, and a pause.

    `rate` is in messages a second; `clock` counts seconds and never goes back.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.clock = rate, clock
        self.room = max(1.0, rate * BURST)
        self.tokens, self.filled = self.room, clock()
        self.window = FIRST
        self.until = 0.0  # the pause ends
        self.troubles = 0  # in a row
        self.pauses = 0  # in a row, without an answer between
        self.lock = threading.Lock()

    def take(self, wanted: int) -> int:
        """How many of so many messages may leave now. Each that may is counted."""
        with self.lock:
            moment = self.clock()
            self.tokens = min(self.room, self.tokens + (moment - self.filled) * self.rate)
            self.filled = moment
            granted = max(0, min(wanted, int(self.tokens)))
            self.tokens -= granted
            return granted

    def rests(self) -> float:
        """Seconds for which the service is left in peace; 0 where it may be spoken to."""
        return max(0.0, self.until - self.clock())

    def answered(self) -> None:
        """It took a message, or said what is wrong with it."""
        self.troubles = self.pauses = 0
        self.window = min(MOST, self.window + 1)

    def asked(self, seconds: float) -> None:
        """It named the time after which it wants to hear from us again."""
        with self.lock:
            self.until = max(self.until, self.clock() + min(seconds, LONGEST))
            self.window = min(self.window, FIRST)

    def failed(self) -> None:
        """No answer, or one that tells of trouble. After a few in a row we pause, then ask with one message."""
        with self.lock:
            self.troubles += 1
            if self.troubles >= TROUBLES and not self.rests():
                self.until = self.clock() + min(SILENCE * 2**self.pauses, LONGEST_SILENCE)
                self.pauses += 1
                self.window = 1
                self.troubles = TROUBLES - 1  # the one message decides
