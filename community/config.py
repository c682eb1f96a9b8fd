"""Settings from the environment. A half-configured app refuses to start, in words."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent

BORROWED = {"brx", "doi", "mai", "sa", "sat"}  # no machine voice of their own: community/speech/voices.py


class ConfigError(RuntimeError):
    """A setting is missing or contradicts another. The message says which, and what to write."""


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Everything the app reads from outside, once, checked."""
    instance = Path(environ.get("INSTANCE", str(ROOT / "instance"))).resolve()
    demo = environ.get("DEMO", "1") != "0"
    found: dict[str, Any] = {
        "INSTANCE": instance,
        "DEMO": demo,
        "HOST": environ.get("HOST", "127.0.0.1"),
        "PORT": _number(environ, "PORT", 8000, least=1, most=65535),
        "DATABASE_URL": _database_url(environ.get("DATABASE_URL") or f"sqlite:///{instance / 'aangan.db'}"),
        "DATABASE_REPLICA_URL": _replica_url(environ),
        "DATABASE_REPLICA_LAG": _number(environ, "DATABASE_REPLICA_LAG", 5, least=1, most=3600),
        "DATABASE_WAIT": _number(environ, "DATABASE_WAIT", 10, least=1, most=600),
        "PUBLIC_URL": _public_url(environ.get("PUBLIC_URL", ""), demo=demo),
        "TRUSTED_PROXIES": _number(environ, "TRUSTED_PROXIES", 0, least=0, most=9),
        "MEDIA": Path(environ.get("MEDIA", str(instance / "media"))),
        "MIGRATIONS": str(ROOT / "migrations"),
        "MAX_CONTENT_LENGTH": 13 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "FRAGMENT_CACHE": environ.get("FRAGMENT_CACHE", "1") != "0",
        "WORKER_AGE": _number(environ, "WORKER_AGE", 3600, least=0, most=86400),
        "READABLE": environ.get("READABLE", "0") == "1",  # the worker keeps the names that it is written with
        "THREADS": _number(environ, "THREADS", 8, least=1, most=64),
        "OUTBOX_LEASE": timedelta(seconds=_number(environ, "OUTBOX_LEASE", 60, least=1, most=86400)),
        "JOB_BACKEND": _one_of(environ, "JOB_BACKEND", "embedded", "celery"),
        "BROKER_URL": environ.get("BROKER_URL") or "redis://127.0.0.1:6379/0",
        "JOBS_IN_FLIGHT": _number(environ, "JOBS_IN_FLIGHT", 8, least=1, most=10000),
        "METRICS_TOKEN": _long_enough(environ, "METRICS_TOKEN"),
        "PUSH_LOOPBACK": environ.get("PUSH_LOOPBACK", "0") == "1",  # admits a push service on 127.0.0.1, for tests
        "PUSH_HOSTS": _hosts(environ),
        "PUSH_RATE": _number(environ, "PUSH_RATE", 5000, least=1, most=1000000),
        "PUSH_CA": _file(environ, "PUSH_CA"),
        "SPEECH_BORROWED": _borrowed(environ),
        "TRANSLATOR": _one_of(environ, "TRANSLATOR", "none", "libretranslate", "bhashini"),
        "TRANSLATOR_URL": _translator(environ),
        "TRANSLATOR_KEY": _one_word(environ, "TRANSLATOR_KEY"),
        "TRANSLATOR_LOOPBACK": environ.get("TRANSLATOR_LOOPBACK", "0") == "1",  # admits one on 127.0.0.1
        "VAPID_SUBJECT": _contact(environ.get("VAPID_SUBJECT", "")),
    }
    # A connection for each thread, for the two that keep promises, and for what an operator does meanwhile.
    found["DATABASE_POOL"] = _number(environ, "DATABASE_POOL", found["THREADS"] + 4, least=1, most=500)
    return found


def _number(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    try:
        value = int(environ.get(name) or default)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise ConfigError(f"{name} must be a whole number from {least} to {most}, for example {name}={default}")
    return value


def _one_of(environ: Mapping[str, str], name: str, *values: str) -> str:
    """One of these words; the first, where none is given."""
    value = environ.get(name) or values[0]
    if value not in values:
        raise ConfigError(f"{name} must be one of: {', '.join(values)}")
    return value


def _long_enough(environ: Mapping[str, str], name: str) -> str:
    """A secret that cannot be guessed, or '' where none is set."""
    value = environ.get(name, "")
    if value and (len(value) < 24 or not value.isascii() or not value.isprintable()):
        raise ConfigError(f"{name} must have 24 letters or more; openssl rand -base64 24 makes one")
    return value


def _hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """More push services than the ones we know, by name; a star in front stands for any label."""
    names = tuple(environ.get("PUSH_HOSTS", "").replace(",", " ").split())
    if not all(re.fullmatch(r"(\*\.)?([a-z0-9-]+\.)+[a-z]+[a-z0-9-]*", name) for name in names):
        raise ConfigError("PUSH_HOSTS must be names with commas between them, like push.example.org,*.push.example.net")
    return names


def _borrowed(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Languages that may be read by the voice of another one, by code."""
    codes = tuple(environ.get("SPEECH_BORROWED", "").replace(",", " ").split())
    if not set(codes) <= BORROWED:
        raise ConfigError(f"SPEECH_BORROWED must be some of: {', '.join(sorted(BORROWED))}")
    return codes


def _file(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if value and not Path(value).is_file():
        raise ConfigError(f"{name} must name a file that can be read")
    return value


def _one_word(environ: Mapping[str, str], name: str) -> str:
    """What may stand in a header."""
    value = environ.get(name, "")
    if not re.fullmatch(r"[!-~]*", value):
        raise ConfigError(f"{name} must be one word of plain letters, digits and signs")
    return value


def _translator(environ: Mapping[str, str]) -> str:
    """The address of the translator, without a slash at its end; '' where none is needed."""
    value, name = environ.get("TRANSLATOR_URL", "").rstrip("/"), environ.get("TRANSLATOR") or "none"
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[\w./-]*)?", value, re.ASCII):
        raise ConfigError("TRANSLATOR_URL must look like https://translate.example.org")
    if name == "libretranslate" and not value:
        raise ConfigError("TRANSLATOR=libretranslate needs TRANSLATOR_URL, as in https://translate.example.org")
    if name == "bhashini" and not environ.get("TRANSLATOR_KEY"):
        raise ConfigError("TRANSLATOR=bhashini needs TRANSLATOR_KEY, which Bhashini gives you")
    return value


def _contact(value: str) -> str:
    """Whom the operator of a push service may write to about us; '' where PUBLIC_URL is to say so."""
    if value and not re.fullmatch(r"mailto:[^@\s,;]+@[\w-]+(\.[\w-]+)+|https://[\w-]+(\.[\w-]+)+", value, re.ASCII):
        raise ConfigError("VAPID_SUBJECT must look like mailto:someone@example.org or https://example.org")
    return value


def _replica_url(environ: Mapping[str, str]) -> str:
    """The address of a copy of the database that only reads; '' where there is none."""
    value = environ.get("DATABASE_REPLICA_URL", "")
    if not value:
        return ""
    main, copy = _database_url(environ.get("DATABASE_URL") or "sqlite://"), _database_url(value, "DATABASE_REPLICA_URL")
    if not (main.startswith("postgresql") and copy.startswith("postgresql")):
        raise ConfigError("DATABASE_REPLICA_URL needs PostgreSQL, there and in DATABASE_URL")
    return copy


def _database_url(value: str, name: str = "DATABASE_URL") -> str:
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


def _public_url(value: str, *, demo: bool) -> str:
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


def secret(instance: Path, name: str) -> str:
    """A secret of 256 bits, made on first use, readable by its owner alone. Never printed."""
    path = instance / f"{name}.key"
    if not path.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def write_once(path: Path, text: str) -> None:
    """Whole or not at all, and by one process only: two that start at once agree on one secret."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink()
