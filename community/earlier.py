"""Pages as they were sent before: what a phone saw last is the dictionary of what it sees next.

Kept sealed: the key is made of our secret, of the session, and of the SHA-256 of the page, which only the phone with
the page can say. So nothing here can be read by who finds it, and no phone gets anything by naming another's page.
"""

import hashlib
import hmac
import itertools
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, Response, current_app, g, request

from community.coding import compress, decompress
from community.dictionaries import Dictionary, digest_of_phone, may_take_dictionaries
from community.people.session import current_session

WEEK = 7 * 24 * 3600  # seconds for which a phone and we remember a page
# Fresh for no time (no max-age, no Last-Modified), so that every opening asks; a dictionary for the time in which it
# could be shown while asking.
CACHE = f"private, stale-while-revalidate={WEEK}"
PLAIN = re.compile(r"/[\w/.-]*", re.ASCII)
NONCE = bytes(12)  # each key seals one page only
MOST = 50_000  # pages, of about 4 KB
OFTEN = 5_000  # pages kept between two sweeps


class Earlier:
    """The pages, each in a file of its own."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self.folder, self.secret = folder, secret
        self.count = itertools.count(1)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, session: int, page: bytes) -> None:
        """A full disk costs bytes later, and breaks nothing today."""
        path, key = self._place(session, hashlib.sha256(page).digest())
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.write_bytes(AESGCM(key).encrypt(NONCE, compress(page, 3), None))
        if next(self.count) % OFTEN == 0:
            self.sweep()

    def find(self, session: int, digest: bytes) -> Dictionary | None:
        path, key = self._place(session, digest)
        with suppress(OSError, InvalidTag):
            return Dictionary("page", decompress(AESGCM(key).decrypt(NONCE, path.read_bytes(), None)))
        return None

    def sweep(self) -> None:
        """Let go of what no phone remembers any more, and of the oldest where there are too many."""
        for number, (written, path) in enumerate(sorted(self._all(), reverse=True)):
            if number >= MOST or written < time.time() - WEEK:
                path.unlink(missing_ok=True)

    def _all(self) -> Iterator[tuple[float, Path]]:
        for path in self.folder.glob("*/*"):
            with suppress(FileNotFoundError):
                yield path.stat().st_mtime, path

    def _place(self, session: int, digest: bytes) -> tuple[Path, bytes]:
        """Where a page lies, and the key to it."""
        name, key = (
            hmac.new(self.secret, f"earlier page:{part}:{session}:".encode() + digest, hashlib.sha256).digest()
            for part in ("name", "key")
        )
        return self.folder / name.hex()[:2] / name.hex()[2:40], key


def earlier() -> Earlier:
    found: Earlier = current_app.extensions["earlier"]
    return found


def offer(response: Response) -> None:
    """Let a page of somebody's be the dictionary of its next version, where our worker asks for it (asked.py).

    If it asked without saying `cache: "no-cache"`, it could be given what CACHE lets the browser show.
    """
    is_reading = request.method == "GET" and response.status_code == 200 and not request.query_string
    is_kept = response.headers["Cache-Control"] in ("private, no-cache", "no-cache") and "plain" not in g
    if is_reading and is_kept and _takes_pages() and PLAIN.fullmatch(request.path) and current_session():
        response.headers["Cache-Control"] = CACHE
        response.headers["Use-As-Dictionary"] = _match(request.path)


def _takes_pages() -> bool:
    """Only Chromium can use them."""
    return may_take_dictionaries() and "Chrome/" in request.headers.get("User-Agent", "")


def _match(path: str) -> str:
    """What a page resembles: the courtyard any page, others themselves.

    The longest that matches is taken, unless one of them says `match-dest`: that one would win always.
    """
    return 'match="/*"' if path == "/" else f'match="{path}"'


def keep(page: bytes) -> None:
    if own := current_session():
        earlier().keep(own.id, page)


def page_of_phone() -> Dictionary | None:
    """The page that this phone names, if it is one that we sent to it."""
    own, digest = current_session(), digest_of_phone()
    return earlier().find(own.id, digest) if own and digest else None


def init_app(app: Flask) -> None:
    kept = app.extensions["earlier"] = Earlier(app.config["INSTANCE"] / "earlier", str(app.secret_key).encode())
    kept.sweep()
