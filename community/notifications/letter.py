"""What goes to a push service, and what comes of it."""

import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass

LARGEST = 2700  # bytes of plaintext; Firefox on Android takes about 2,744
LONGEST_LIFE = 2_592_000  # seconds that a push service keeps a message at most
URGENCIES = ("very-low", "low", "normal", "high")
TOPIC = re.compile(r"[A-Za-z0-9_-]{0,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one phone. ValueError where a push service would misunderstand or drop it.

    `body` is plaintext, `ttl` in seconds, `topic` '' for none; `key_id` names the VAPID key of the subscription.
    """

    number: int
    endpoint: str
    p256dh: str
    auth: str
    key_id: str
    body: bytes
    ttl: int
    urgency: str
    topic: str

    def __post_init__(self) -> None:
        if not 0 < len(self.body) <= LARGEST:
            raise ValueError(f"a push carries 1 to {LARGEST} bytes, not {len(self.body)}")
        if not 0 < self.ttl <= LONGEST_LIFE or self.urgency not in URGENCIES or not TOPIC.fullmatch(self.topic):
            raise ValueError("TTL, urgency or topic that push services refuse")

    def keys(self) -> tuple[bytes, bytes]:
        """The phone's public key and its secret. Raises ValueError for what can be neither."""
        point, secret = urlsafe_b64decode(self.p256dh + "=="), urlsafe_b64decode(self.auth + "==")
        if len(point) != 65 or len(secret) != 16:
            raise ValueError("not the keys of a subscription")
        return point, secret

    def headers(self, authorization: str) -> list[str]:
        """As curl takes them; those that it would add of itself are emptied."""
        named = [f"Authorization: {authorization}", f"TTL: {self.ttl}", f"Urgency: {self.urgency}"]
        topic = [f"Topic: {self.topic}"] if self.topic else []
        fixed = ["Content-Encoding: aes128gcm", "Content-Type: application/octet-stream", "Accept:", "Expect:"]
        return [*named, *topic, *fixed]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter.

    accepted · gone (forget the subscription) · later · refused (never) · ours (our key is not taken: forget nothing).
    `retry_after` in seconds, where the push service named a time or is left in peace.
    """

    number: int
    what: str
    retry_after: float | None = None
