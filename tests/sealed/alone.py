"""Two people of the school with a question between them, and phones that lock as the script does, without locking."""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from community.database import db
from community.groups.models import Group
from community.questions.models import Question
from community.sealed.models import PhoneKey, SealedMessage
from tests.announcements.scene import Scene

WORDS = "PLANTEDSEALED मुझे आज रात खाना चाहिए"


def text(size: int) -> str:
    """So many random bytes, as a phone says them."""
    return urlsafe_b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()


def point() -> str:
    """A public key that nobody has the other half of."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class SomePhone:
    """A signed-in browser with a key for the thread."""

    browser: FlaskClient
    question: int
    public: str = field(default_factory=point)

    @property
    def place(self) -> str:
        return f"/questions/{self.question}/sealed"

    def opens(self) -> TestResponse:
        return self.browser.get(self.place)

    def begins(self) -> TestResponse:
        return self.browser.post(self.place)

    def comes(self) -> TestResponse:
        return self.browser.post(f"{self.place}/phone", data={"public": self.public})

    def own(self) -> str:
        [number] = re.findall(r'data-own="(\d*)"', self.opens().text)
        return number

    def live(self) -> list[str]:
        """The numbers of the phones that a word is to be wrapped for, as the page says."""
        [phones] = re.findall(r'data-phones="([^"]*)"', self.opens().text)
        return re.findall(r"\[(\d+), &#34;\w+&#34;, &#34;[\w-]+&#34;, true\]", phones)

    def last(self) -> int:
        [number] = re.findall(r'data-last="(\d+)"', self.opens().text)
        return int(number)

    def word(self, **other: Any) -> dict[str, Any]:
        locked = {
            "key": secrets.token_hex(16), "number": str(self.last() + 1), "phone": self.own(), "ephemeral": point(),
            "iv": text(12), "ciphertext": text(60), "wrapped": [f"{one}.{text(48)}" for one in self.live()],
        }  # fmt: skip
        return locked | other

    def says(self, **other: Any) -> TestResponse:
        return self.browser.post(f"{self.place}/words", data=self.word(**other))

    def erases(self) -> TestResponse:
        return self.browser.post(f"{self.place}/erasure")


def asked(scene: Scene, asker: str = "member", taker: str | None = "teacher", grade: int = 3) -> int:
    """A question that lies before the grade, and who has taken it."""
    with scene.changing():
        group = db.session.get_one(Group, scene.grades[grade])
        made = Question(
            community_id=group.community_id, group=group, desk=group, person=scene.person(asker), language="hi",
            key=secrets.token_hex(8),
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        if taker:
            made.take(scene.person(taker))
        return made.id


def count(scene: Scene, kind: type[Any]) -> int:
    with scene.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


__all__ = ["WORDS", "PhoneKey", "SealedMessage", "SomePhone", "asked", "count", "point", "text"]
