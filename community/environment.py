"""How one setting is read from the environment: checked, and refused in words."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

BORROWED = {"brx", "doi", "mai", "sa", "sat"}  # no machine voice of their own: community/speech/voices.py


class ConfigError(RuntimeError):
    """A setting is missing or contradicts another. The message says which, and what to write."""


def number(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    try:
        value = int(environ.get(name) or default)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise ConfigError(f"{name} must be a whole number from {least} to {most}, for example {name}={default}")
    return value


def one_of(environ: Mapping[str, str], name: str, *values: str) -> str:
    """One of these words; the first, where none is given."""
    value = environ.get(name) or values[0]
    if value not in values:
        raise ConfigError(f"{name} must be one of: {', '.join(values)}")
    return value


def long_enough(environ: Mapping[str, str], name: str) -> str:
    """A secret that cannot be guessed, or '' where none is set."""
    value = environ.get(name, "")
    if value and (len(value) < 24 or not value.isascii() or not value.isprintable()):
        raise ConfigError(f"{name} must have 24 letters or more; openssl rand -base64 24 makes one")
    return value


def hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """More push services than the ones we know, by name; a star in front stands for any label."""
    names = tuple(environ.get("PUSH_HOSTS", "").replace(",", " ").split())
    if not all(re.fullmatch(r"(\*\.)?([a-z0-9-]+\.)+[a-z]+[a-z0-9-]*", name) for name in names):
        raise ConfigError("PUSH_HOSTS must be names with commas between them, like push.example.org,*.push.example.net")
    return names


def borrowed(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Languages that may be read by the voice of another one, by code."""
    codes = tuple(environ.get("SPEECH_BORROWED", "").replace(",", " ").split())
    if not set(codes) <= BORROWED:
        raise ConfigError(f"SPEECH_BORROWED must be some of: {', '.join(sorted(BORROWED))}")
    return codes


def file_at(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if value and not Path(value).is_file():
        raise ConfigError(f"{name} must name a file that can be read")
    return value


def recipient(environ: Mapping[str, str]) -> str:
    """Whom backups are sealed for: the public half of a key of age; '' where the server makes its own."""
    value = environ.get("BACKUP_RECIPIENT", "")
    if value and not re.fullmatch(r"age1[02-9ac-hj-np-z]{58}", value):
        raise ConfigError("BACKUP_RECIPIENT must be the public half of a key, age1…; make backup-key makes one")
    return value


def one_word(environ: Mapping[str, str], name: str) -> str:
    """What may stand in a header."""
    value = environ.get(name, "")
    if not re.fullmatch(r"[!-~]*", value):
        raise ConfigError(f"{name} must be one word of plain letters, digits and signs")
    return value


def translator(environ: Mapping[str, str]) -> str:
    """The address of the translator, without a slash at its end; '' where none is needed."""
    value, name = environ.get("TRANSLATOR_URL", "").rstrip("/"), environ.get("TRANSLATOR") or "none"
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[\w./-]*)?", value, re.ASCII):
        raise ConfigError("TRANSLATOR_URL must look like https://translate.example.org")
    if name == "libretranslate" and not value:
        raise ConfigError("TRANSLATOR=libretranslate needs TRANSLATOR_URL, as in https://translate.example.org")
    if name == "bhashini" and not environ.get("TRANSLATOR_KEY"):
        raise ConfigError("TRANSLATOR=bhashini needs TRANSLATOR_KEY, which Bhashini gives you")
    return value


def carrier(environ: Mapping[str, str]) -> str:
    """The address that carries messages to phone numbers; '' where none is needed."""
    value = environ.get("SMS_URL", "").rstrip("/")
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[\w./-]*)?", value, re.ASCII):
        raise ConfigError("SMS_URL must look like https://sms.example.org/send")
    if environ.get("SMS") == "https" and not value:
        raise ConfigError("SMS=https needs SMS_URL, as in https://sms.example.org/send")
    return value


def countries(environ: Mapping[str, str]) -> tuple[int, ...]:
    """To which countries a message may go, by what is dialled; India's, where nothing is set."""
    codes = (environ.get("SMS_COUNTRIES") or "91").replace(",", " ").split()
    if not codes or not all(re.fullmatch(r"[1-9][0-9]{0,2}", code) for code in codes):
        raise ConfigError("SMS_COUNTRIES must be numbers as they are dialled, like 91 977")
    return tuple(int(code) for code in codes)


def contact(value: str) -> str:
    """Whom the operator of a push service may write to about us; '' where PUBLIC_URL is to say so."""
    if value and not re.fullmatch(r"mailto:[^@\s,;]+@[\w-]+(\.[\w-]+)+|https://[\w-]+(\.[\w-]+)+", value, re.ASCII):
        raise ConfigError("VAPID_SUBJECT must look like mailto:someone@example.org or https://example.org")
    return value


def replica_url(environ: Mapping[str, str]) -> str:
    """The address of a copy of the database that only reads; '' where there is none."""
    value = environ.get("DATABASE_REPLICA_URL", "")
    if not value:
        return ""
    main, copy = database_url(environ.get("DATABASE_URL") or "sqlite://"), database_url(value, "DATABASE_REPLICA_URL")
    if not (main.startswith("postgresql") and copy.startswith("postgresql")):
        raise ConfigError("DATABASE_REPLICA_URL needs PostgreSQL, there and in DATABASE_URL")
    return copy


def database_url(value: str, name: str = "DATABASE_URL") -> str:
    """The address of a database, with psycopg 3 where PostgreSQL is meant. What is wrong with it is never echoed."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ConfigError(f"{name} must look like postgresql://user@host/name or sqlite:////folder/file") from None
    if url.get_backend_name() in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    elif url.get_backend_name() != "sqlite":
        raise ConfigError(f"{name} must name PostgreSQL or SQLite")
    return url.render_as_string(hide_password=False)


def public_url(value: str, *, demo: bool) -> str:
    """The address that posters and pushes carry, without a slash at its end; '' where none is set."""
    value = value.rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        plain = f"{parts.scheme}://{parts.netloc}" == value and "@" not in value and parts.port != 0
    except ValueError:
        plain = False
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError("PUBLIC_URL must look like https://aangan.example.org, with nothing after the host")
    if not demo and is_loopback(parts.hostname):
        raise ConfigError("PUBLIC_URL names this very machine: no other phone could open what a poster says")
    return value


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False
