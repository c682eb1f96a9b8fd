"""Compression dictionaries (RFC 9842): what a phone has already, so that only the difference has to come to it.

A dictionary is a file that we served ourselves and that holds nothing of anybody's: a static file, the worker, the
shell of a language. All of them stay in INSTANCE/assets for some releases, under the names that they had. A phone
names one by its SHA-256; one that is not here is passed over without a word.
"""

import base64
import binascii
import hashlib
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from flask import Flask, current_app, request

from community.coding import ZstdDict, compress

MAGIC = bytes.fromhex("5e2a4d1820000000")
NAME = re.compile(r"[\w-]+-([0-9a-f]{10})\.\w+", re.ASCII)
LEAST = 8  # bytes that zstd takes for a dictionary
RELEASES = 6  # versions of a file that are kept


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Some bytes that a phone may have, ready to be compressed with."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    @cached_property
    def zstd(self) -> ZstdDict:
        return ZstdDict(self.content, is_raw=True)

    def dcz(self, content: bytes) -> bytes:
        """`content` as a difference to this, fast enough for a page that somebody waits for."""
        return MAGIC + self.digest + compress(content, 6, zstd_dict=self.zstd.as_digested_dict)


@lru_cache(maxsize=500)
def dcz_ahead(dictionary: Dictionary, content: bytes) -> bytes:
    """The same for a file that many ask for: as small as can be, and made once."""
    return MAGIC + dictionary.digest + compress(content, 19, zstd_dict=dictionary.zstd.as_prefix)


class Attic:
    """What we served, of this release and of earlier ones, by its name and by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.by_name: dict[str, Dictionary] = {}
        self.by_digest: dict[bytes, Dictionary] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.is_file():
                self._take(path)

    def keep(self, name: str, content: bytes) -> None:
        """Have it here now and in later releases. A full disk costs bytes later, and breaks nothing today."""
        if name not in self.by_name:
            self._hold(name, content)
        with suppress(OSError):
            _touch(self.folder / name, content)

    def named(self, name: str) -> Dictionary | None:
        """What went out under this name, also when another process of ours put it here."""
        if name not in self.by_name and NAME.fullmatch(name):
            self._take(self.folder / name)
        return self.by_name.get(name)

    def sweep(self) -> None:
        """Let go of all but the newest versions of each file."""
        for versions in _families(self.folder).values():
            for path in sorted(versions, key=_age)[RELEASES:]:
                path.unlink(missing_ok=True)

    def _take(self, path: Path) -> None:
        """Only what still is what its name says: a file half written, or written by somebody else, is none of ours."""
        found = NAME.fullmatch(path.name)
        with suppress(OSError):
            if found and found[1] == mark(content := path.read_bytes()):
                self._hold(path.name, content)

    def _hold(self, name: str, content: bytes) -> None:
        self.by_name[name] = held = Dictionary(name, content)
        if len(content) >= LEAST:
            self.by_digest[held.digest] = held


def mark(content: bytes) -> str:
    """What stands in the name of a file with this content."""
    return hashlib.blake2b(content, digest_size=5).hexdigest()


def _touch(path: Path, content: bytes) -> None:
    """The newest of its kind from now on; whole or not at all."""
    if path.exists():
        os.utime(path)
        return
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _families(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in folder.iterdir():
        if is_ours := NAME.fullmatch(path.name):
            found.setdefault(path.name.replace(is_ours[1], ""), []).append(path)
    return found


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except FileNotFoundError:
        return 0


def attic() -> Attic:
    found: Attic = current_app.extensions["attic"]
    return found


def may_take_dictionaries() -> bool:
    """Browsers speak of `dcz` only once they have a dictionary. All that know it take zstd, and few others do."""
    return request.accept_encodings.quality("zstd") > 0


def digest_of_phone() -> bytes | None:
    """The SHA-256 of what this phone has for the address that it asks for, if it takes a difference to that."""
    named = request.headers.get("Available-Dictionary", "").strip()
    if request.accept_encodings.quality("dcz") > 0 and named.startswith(":") and named.endswith(":"):
        with suppress(binascii.Error, ValueError):
            return base64.b64decode(named[1:-1], validate=True)
    return None


def dictionary_of_phone() -> Dictionary | None:
    """The same, if it is a file that we have too."""
    digest = digest_of_phone()
    return attic().by_digest.get(digest) if digest else None


def init_app(app: Flask) -> None:
    app.extensions["attic"] = Attic(app.config["INSTANCE"] / "assets")
