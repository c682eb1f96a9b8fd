"""What a phone and the server say to each other about a passkey. The only file that knows webauthn.

A question is good for five minutes and for one answer. It is asked and answered for one host: PUBLIC_URL's, or, where
none is set, the one that the browser names.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from community.database import now
from community.http import derived
from community.people.attempts import Attempts
from community.people.models import Person

LASTS = 300  # seconds
LONGEST = 20_000  # letters of an answer
WRONG = (WebAuthnException, ValueError, TypeError, KeyError)


class NoProof(Exception):
    """The answer proves nothing: wrong, too old, given before, or for another place."""


@dataclass(frozen=True)
class Made:
    """A new key as the phone shows it: how it is called, its public half, how often it was used. base64url."""

    credential: str
    public_key: str
    sign_count: int


def place() -> tuple[str, str]:
    """(host, origin) for which keys are made."""
    url = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return urlsplit(url).hostname or "", url


def is_possible() -> bool:
    """Whether a browser would make one for this place: by name, and over https or on the machine itself."""
    host, origin = place()
    try:
        ip_address(host)
    except ValueError:
        return origin.startswith("https://") or host == "localhost"
    return False


def ask_for_new(person: Person, name: str, known: Sequence[str]) -> str:
    """The question, as JSON, with which a phone makes a key. `known` are those that she has."""
    return options_to_json(
        generate_registration_options(
            rp_id=place()[0],
            rp_name="Aangan",
            user_id=bytes.fromhex(derived("passkey", str(person.id))),
            user_name=name,
            challenge=_challenge(),
            timeout=LASTS * 1000,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
    )


def read_new(answer: str) -> Made:
    """Raises NoProof."""
    challenge = _asked()
    host, origin = place()
    try:
        found = verify_registration_response(
            credential=_short(answer), expected_challenge=challenge, expected_rp_id=host, expected_origin=origin,
            require_user_verification=True,
        )  # fmt: skip
    except WRONG as wrong:
        raise NoProof from wrong
    return Made(
        bytes_to_base64url(found.credential_id), bytes_to_base64url(found.credential_public_key), found.sign_count
    )


def ask(known: Sequence[str] = (), *, about: str = "question") -> str:
    """The question, as JSON, that a phone answers with one of these keys, or with any that it has for this place.

    `about` keeps questions apart: one that is asked in between does not answer the other.
    """
    return options_to_json(
        generate_authentication_options(
            rp_id=place()[0],
            challenge=_challenge(about),
            timeout=LASTS * 1000,
            allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def called(answer: str) -> str:
    """Which key the answer says it is from. Raises NoProof."""
    try:
        return bytes_to_base64url(parse_authentication_credential_json(_short(answer)).raw_id)
    except WRONG as wrong:
        raise NoProof from wrong


def read(answer: str, public_key: str, sign_count: int, *, about: str = "question") -> int:
    """How often the key was used by now, as it says itself. Raises NoProof."""
    challenge = _asked(about)
    host, origin = place()
    try:
        found = verify_authentication_response(
            credential=_short(answer), expected_challenge=challenge, expected_rp_id=host, expected_origin=origin,
            credential_public_key=base64url_to_bytes(public_key), credential_current_sign_count=sign_count,
            require_user_verification=True,
        )  # fmt: skip
    except WRONG as wrong:
        raise NoProof from wrong
    return found.new_sign_count


def _short(answer: str) -> str:
    if not 0 < len(answer) <= LONGEST:
        raise ValueError("no answer")
    return answer


def _challenge(about: str = "question") -> bytes:
    challenge = secrets.token_bytes(32)
    session[about] = [challenge.hex(), int(now().timestamp())]
    return challenge


def _asked(about: str = "question") -> bytes:
    """What this browser was asked last. Counted in the database: a cookie that is sent again answers nothing."""
    kept: Any = session.pop(about, None)
    challenge, asked = kept if isinstance(kept, list) else ("", 0)
    if not 0 <= now().timestamp() - asked <= LASTS or Attempts.count_one(f"question:{challenge}") > 1:
        raise NoProof
    return bytes.fromhex(challenge)
