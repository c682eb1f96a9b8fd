"""A phone's half of a subscription: its keys, letters to it, and reading what arrived."""

import os
from base64 import urlsafe_b64encode
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from community.notifications import vapid
from community.notifications.letter import Letter
from tests.notifications.push_service import Message, PushService


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Phone:
    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.p256dh = base64url(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        self.auth = base64url(self.secret)

    def letter(self, number: int, at: PushService | str, body: bytes = b"Mela on Sunday", **more: Any) -> Letter:
        """To this phone at this push service. Needs an app context for the newest key, where none is given."""
        said: dict[str, Any] = {"ttl": 3600, "urgency": "normal", "topic": "a12", **more}
        said.setdefault("key_id", "" if "key_id" in more else vapid.public_key()[0])
        return Letter(
            number=number, endpoint=f"{at if isinstance(at, str) else at.url}/push/{number}", body=body,
            **{"p256dh": self.p256dh, "auth": self.auth, **said},
        )  # fmt: skip

    def read(self, message: Message) -> bytes:
        plain: bytes = http_ece.decrypt(message.body, private_key=self.key, auth_secret=self.secret)
        return plain
