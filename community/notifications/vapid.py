"""Our keys towards the push services (RFC 8292). A subscription belongs to the key it was made with: all are kept."""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import click
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask, current_app
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

from community.config import write_once
from community.database import now
from community.environment import is_loopback

LASTS = timedelta(hours=12)  # a push service takes up to 24
RENEWED = timedelta(hours=6)  # after so long; what is left suffices for a clock that is wrong
NOBODY = "mailto:nobody@aangan.invalid"  # in the demo, where no address is known

_headers: dict[tuple[Path, str, str], tuple[datetime, str]] = {}


class UnknownKey(LookupError):
    """A subscription was made with a key that is not in the folder: its file was lost, or never was here."""


def init_app(app: Flask) -> None:
    @app.cli.command("rotate-push-keys")
    def rotate_push_keys() -> None:
        """Add a key for the subscriptions to come. Phones move to it when they are opened; the old keys stay."""
        click.echo(f"New subscriptions use the key {rotate()}.")


def public_key() -> tuple[str, str]:
    """The newest key's id, and the applicationServerKey of its subscriptions in base64url. Made on first use."""
    path = _newest()
    return path.stem, _public(_loaded(path))


def knows(key_id: str) -> bool:
    """Whether a subscription made with this key can be pushed to."""
    return any(path.stem == key_id for path in _kept())


def authorization(origin: str, key_id: str) -> str:
    """The Authorization header for a push service, such as "https://fcm.googleapis.com". Raises UnknownKey."""
    named = (_folder(), origin, key_id)
    renewal, header = _headers.get(named, (None, ""))
    if renewal is None or not timedelta() < renewal - now() <= RENEWED:
        header = _signed(origin, key_id)
        _headers[named] = (now() + RENEWED, header)
    return header


def rotate() -> str:
    """Add a key and return its id. Ids sort by the time at which they were made."""
    with _alone():
        return _made().stem


def _signed(origin: str, key_id: str) -> str:
    key = next((path for path in _kept() if path.stem == key_id), None)
    if key is None:
        raise UnknownKey(f"there is no push key {key_id}")
    # The claims are a new dictionary each time: libraries write the audience into what they are given.
    claims = {"aud": origin, "exp": int((now() + LASTS).timestamp()), "sub": _subject()}
    return str(_loaded(key).sign(claims)["Authorization"])


def _subject() -> str:
    """Whom a push service may write to. Mozilla wants one, and Apple none on this very machine."""
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or ""
    from_here = f"https://{host}" if "." in host and ":" not in host and not is_loopback(host) else NOBODY
    return current_app.config["VAPID_SUBJECT"] or from_here


def _folder() -> Path:
    instance: Path = current_app.config["INSTANCE"]
    return instance / "vapid"


def _kept() -> list[Path]:
    """The files of the keys, the oldest first."""
    return sorted(_folder().glob("*.pem"))


def _newest() -> Path:
    if kept := _kept():
        return kept[-1]
    with _alone():
        return (_kept() or [_made()])[-1]


def _made() -> Path:
    """A new key in a file of its own, whole or not at all, and readable by its owner alone."""
    vapid = Vapid02()
    vapid.generate_keys()
    path = _folder() / f"{int(now().timestamp()):08x}{secrets.token_hex(3)}.pem"
    write_once(path, vapid.private_pem().decode())
    return path


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes keys: two that start at once agree on one."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@lru_cache(maxsize=64)
def _loaded(path: Path) -> Vapid02:
    return Vapid02.from_pem(path.read_bytes())


@lru_cache(maxsize=64)
def _public(vapid: Vapid02) -> str:
    return str(b64urlencode(vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)))
