"""How a code goes to a number: after the request, once, and never for more in a day than the operator said.

The request does the same for every number; only here it is looked up whether somebody has it. Until the message is gone
the number stands in its promise, locked with this server's secret; then it is nowhere.
"""

import base64
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from cryptography.fernet import Fernet
from flask import current_app

from community.database import db, now
from community.http import derived
from community.languages import gettext as _
from community.languages import speaking
from community.outbox.models import Errand, Outbox
from community.people.attempts import Attempts
from community.people.models import Person, fingerprint
from community.people.sign_in import SPOKEN_DIGITS, Recovery, SignInCode
from community.recovery.models import Number, mark_of
from community.recovery.sms import carrier
from community.translating.engines import NotAtAll, NotNow

log = logging.getLogger(__name__)
LASTS = timedelta(minutes=15)
DAY = 24  # hours
EACH_DAY = 5  # messages to one number


@dataclass(frozen=True)
class Message:
    number: str
    text: str


def promise(number: str, *, proves: Person | None = None) -> None:
    """A code goes to this number, if anybody has it: to prove that it is hers, or else to open her room."""
    sealed = _lock().encrypt(number.encode()).decode()
    Outbox.promise("sms", f"sms:{uuid4().hex}", sealed=sealed, proves=proves and proves.id)


def _lock() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(derived("sms", "lock"))))


class Send(Errand):
    """Its arguments: `sealed`, and `proves`, who says that the number is hers."""

    def prepare(self, row: Outbox) -> Message | None:
        """None where it is nobody's, where too many went there today, or where the day's money is spent."""
        if row.attempts > 1:  # whether it went is not known: another one would cost again
            return None
        number = _lock().decrypt(row.args["sealed"].encode()).decode()
        found = Number.of(db.session.get_one(Person, row.args["proves"])) if row.args["proves"] else None
        found = found or Number.proven(mark_of(number))
        if found is None or found.mark != mark_of(number) or not _is_affordable(found.mark):
            return None
        with speaking(found.person.language):
            digits = _proof_of(found) if row.args["proves"] else _way_for(found.person)
            return Message(number, _("%(code)s opens your room in Aangan. Tell it to nobody.", code=digits))

    def perform(self, work: Message | None) -> None:
        if work is None:
            return
        try:
            carrier().send(work.number, work.text)
        except (NotNow, NotAtAll) as error:
            log.warning("a message did not leave: %s", error)

    def settle(self, row: Outbox, result: None) -> None:
        row.args = {}


def _is_affordable(mark: str) -> bool:
    """Counted before it is sent, in one commit with the claim: whatever becomes of it, it may have cost."""
    if Attempts.count_one(f"sms:to:{mark}", hours=DAY) > EACH_DAY:
        return False
    most: int = current_app.config["SMS_DAILY_RUPEES"] * 100 // current_app.config["SMS_PAISE"]
    return Attempts.count_one("sms:all", hours=DAY) <= most


def _digits() -> str:
    return f"{secrets.randbelow(10**SPOKEN_DIGITS):0{SPOKEN_DIGITS}}"


def _proof_of(claimed: Number) -> str:
    digits = _digits()
    claimed.code_digest, claimed.expires = fingerprint(digits), now() + LASTS
    return digits


def _way_for(person: Person) -> str:
    """Digits for the page of codes. Who has the number may not be she: what they open is without her roles."""
    recovery = Recovery.begin(person, None)
    Outbox.promise("recovery", f"recovery:{recovery.id}", recovery_id=recovery.id)
    return SignInCode.issue(person, issuer=None, spoken=True, lasts=LASTS, recovery=recovery)
