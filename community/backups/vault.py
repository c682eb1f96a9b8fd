"""Sealing with age: who holds a backup reads nothing, who holds the key opens it. The only file that knows the library.

A server needs the public half alone. Age says that nothing was changed or cut off; it does not say who sealed.
"""

from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage import x25519

from community.config import write_once


class Broken(RuntimeError):
    """A backup can not be used as it is. The message says why, and names nothing private."""


def public_half(identity: str) -> str:
    try:
        return str(x25519.Identity.from_str(identity.strip()).to_public())
    except pyrage.IdentityError:
        raise Broken("That is not a key of a backup: it begins with AGE-SECRET-KEY-1") from None


def key_of(path: Path) -> str:
    """The key in this file, made on first use, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, str(x25519.Identity.generate()))
    return path.read_text().strip()


def seal(plain: BinaryIO, sealed: BinaryIO, recipient: str) -> None:
    pyrage.encrypt_io(plain, sealed, [x25519.Recipient.from_str(recipient)])


def unseal(sealed: BinaryIO, plain: BinaryIO, identity: str) -> None:
    """Raises Broken where the key is another one, or anything was changed or cut off: what was written is worthless."""
    try:
        pyrage.decrypt_io(sealed, plain, [x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, OSError) as error:
        raise Broken(f"{Path(sealed.name).name} does not open: another key, or a damaged file ({error})") from None
