"""What a phone sends of a sealed word, and what it says of its key: taken apart, and believed in nothing."""

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from community.database import db, now
from community.http import Changed, Refusal
from community.sealed.models import PhoneKey, SealedKey, SealedMessage, SealedThread
from community.sealed.sides import Sides
from community.subscriptions.endpoint import Refused, check_point

MOST = 8192  # bytes of a locked word
PHONES = 20  # that one word is wrapped for
OWN = 8  # phones of one person that may read one thread
KEY = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)
IV = re.compile(r"[A-Za-z0-9_-]{16}", re.ASCII)  # 12 bytes
WORDS = re.compile(rf"[A-Za-z0-9_-]{{23,{-(-MOST * 4 // 3)}}}", re.ASCII)  # the seal alone has 16 bytes
WRAPPED = re.compile(r"([0-9]{1,18})\.([A-Za-z0-9_-]{64})", re.ASCII)  # 32 bytes and their seal


class Unreadable(Refusal):
    code = 422
    symbol = "lock"
    said = _l("This was not locked as it should be, so it was not taken.")


@dataclass(frozen=True)
class Word:
    """`number` is the one that it was locked for, `phone` the key of the phone that sends it."""

    key: str
    number: int
    phone: int
    ephemeral: str
    iv: str
    ciphertext: str
    wrapped: dict[int, str]

    @classmethod
    def read(cls, fields: "MultiDict[str, str]") -> "Word":
        """Raises Unreadable."""
        several = [WRAPPED.fullmatch(one) for one in fields.getlist("wrapped")[: PHONES + 1]]
        wrapped = {int(one[1]): one[2] for one in several if one}
        iv, text, key = (fields.get(name, "") for name in ("iv", "ciphertext", "key"))
        whole = IV.fullmatch(iv) and WORDS.fullmatch(text) and KEY.fullmatch(key)
        if not whole or not 0 < len(wrapped) == len(several) <= PHONES:
            raise Unreadable
        return cls(
            key, _number(fields, "number"), _number(fields, "phone"), point_of(fields, "ephemeral"), iv, text, wrapped
        )

    def say(self, thread: SealedThread, sides: Sides) -> SealedMessage:
        """Put it into the thread, whose row is locked. Raises Changed where a phone or a word came in between."""
        live = {one.id: one for one in thread.live_keys(sides.people)}
        own = live.get(self.phone)
        is_mine = own is not None and (own.person_id, own.phone_id) == (sides.person.id, sides.phone_id)
        if not is_mine or set(self.wrapped) != set(live) or self.number != thread.last_number + 1:
            raise Changed
        wraps = [SealedKey(phone_key_id=phone, wrapped=text) for phone, text in self.wrapped.items()]
        made = SealedMessage(
            community_id=thread.community_id, thread_id=thread.id, number=self.number, person_id=sides.person.id,
            phone_key_id=self.phone, key=self.key, ephemeral=self.ephemeral, iv=self.iv, ciphertext=self.ciphertext,
            wrapped=wraps,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        thread.last_at = made.created
        return made


def register(thread: SealedThread, sides: Sides, public: str) -> bool:
    """This phone reads from now on. False where it did already; one that lost its key has another from now on."""
    every = thread.keys()
    if known := next((one for one in every if one.public == public), None):
        if (known.person_id, known.phone_id) != (sides.person.id, sides.phone_id) or known.ended_at:
            raise Changed
        return False
    for one in every:
        if (one.person_id, one.phone_id) == (sides.person.id, sides.phone_id) and not one.ended_at:
            one.ended_at = now()
    if len(thread.live_keys([sides.person.id])) >= OWN:
        raise Changed
    made = PhoneKey(
        community_id=thread.community_id, thread_id=thread.id, person_id=sides.person.id, phone_id=sides.phone_id,
        public=public, after=thread.last_number,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return True


def point_of(fields: "MultiDict[str, str]", name: str) -> str:
    """A public key as it is stored; raises Unreadable where it is no point on the curve."""
    text = fields.get(name, "")
    try:
        check_point(text)
    except Refused:
        raise Unreadable from None
    return text.rstrip("=")


def _number(fields: "MultiDict[str, str]", name: str) -> int:
    text = fields.get(name, "")
    if not text.isdecimal() or len(text) > 15:
        raise Unreadable
    return int(text)
