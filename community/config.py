"""Settings from the environment. A half-configured app refuses to start, in words."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from community.environment import (
    borrowed,
    carrier,
    contact,
    countries,
    database_url,
    file_at,
    hosts,
    long_enough,
    number,
    one_of,
    one_word,
    public_url,
    recipient,
    replica_url,
    translator,
)

ROOT = Path(__file__).resolve().parent.parent


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Everything the app reads from outside, once, checked."""
    instance = Path(environ.get("INSTANCE", str(ROOT / "instance"))).resolve()
    demo = environ.get("DEMO", "1") != "0"
    found: dict[str, Any] = {
        "INSTANCE": instance,
        "DEMO": demo,
        "DEBUG": False,  # whatever the environment of a shell says
        "HOST": environ.get("HOST", "127.0.0.1"),
        "PORT": number(environ, "PORT", 8000, least=1, most=65535),
        "DATABASE_URL": database_url(environ.get("DATABASE_URL") or f"sqlite:///{instance / 'aangan.db'}"),
        "DATABASE_REPLICA_URL": replica_url(environ),
        "DATABASE_REPLICA_LAG": number(environ, "DATABASE_REPLICA_LAG", 5, least=1, most=3600),
        "DATABASE_WAIT": number(environ, "DATABASE_WAIT", 10, least=1, most=600),
        "PUBLIC_URL": public_url(environ.get("PUBLIC_URL", ""), demo=demo),
        "TRUSTED_PROXIES": number(environ, "TRUSTED_PROXIES", 0, least=0, most=9),
        "MEDIA": Path(environ.get("MEDIA", str(instance / "media"))),
        "BACKUPS": Path(environ.get("BACKUPS", str(instance / "backups"))),
        "BACKUP_RECIPIENT": recipient(environ),
        "MIGRATIONS": str(ROOT / "migrations"),
        "MAX_CONTENT_LENGTH": 13 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "FRAGMENT_CACHE": environ.get("FRAGMENT_CACHE", "1") != "0",
        "WORKER_AGE": number(environ, "WORKER_AGE", 3600, least=0, most=86400),
        "READABLE": environ.get("READABLE", "0") == "1",  # the worker keeps the names that it is written with
        "THREADS": number(environ, "THREADS", 8, least=1, most=64),
        "SAID_A_DAY": number(environ, "SAID_A_DAY", 100, least=1, most=100_000),  # by one admin, in one community
        "ASKED_A_DAY": number(environ, "ASKED_A_DAY", 10, least=1, most=100_000),  # by one person, in one community
        "OPEN_QUESTIONS": number(environ, "OPEN_QUESTIONS", 5, least=1, most=100_000),  # of hers at a time
        "OUTBOX_LEASE": timedelta(seconds=number(environ, "OUTBOX_LEASE", 60, least=1, most=86400)),
        "JOB_BACKEND": one_of(environ, "JOB_BACKEND", "embedded", "celery"),
        "BROKER_URL": environ.get("BROKER_URL") or "redis://127.0.0.1:6379/0",
        "JOBS_IN_FLIGHT": number(environ, "JOBS_IN_FLIGHT", 8, least=1, most=10000),
        "METRICS_TOKEN": long_enough(environ, "METRICS_TOKEN"),
        "SPEECH_BORROWED": borrowed(environ),
        **_pushes(environ),
        **_foreigners(environ),
    }
    # A connection for each thread, for the two that keep promises, and for what an operator does meanwhile.
    found["DATABASE_POOL"] = number(environ, "DATABASE_POOL", found["THREADS"] + 4, least=1, most=500)
    return found


def _pushes(environ: Mapping[str, str]) -> dict[str, Any]:
    """How what is said leaves for phones."""
    return {
        "PUSH_LOOPBACK": environ.get("PUSH_LOOPBACK", "0") == "1",  # admits a push service on 127.0.0.1, for tests
        "PUSH_HOSTS": hosts(environ),
        "PUSH_RATE": number(environ, "PUSH_RATE", 5000, least=1, most=1000000),
        "PUSH_CA": file_at(environ, "PUSH_CA"),
        "VAPID_SUBJECT": contact(environ.get("VAPID_SUBJECT", "")),
    }


def _foreigners(environ: Mapping[str, str]) -> dict[str, Any]:
    """Whoever may be asked to translate, and whoever carries short messages."""
    return {
        "TRANSLATOR": one_of(environ, "TRANSLATOR", "none", "libretranslate", "bhashini"),
        "TRANSLATOR_URL": translator(environ),
        "TRANSLATOR_KEY": one_word(environ, "TRANSLATOR_KEY"),
        "TRANSLATOR_LOOPBACK": environ.get("TRANSLATOR_LOOPBACK", "0") == "1",  # admits one on 127.0.0.1
        "SMS": one_of(environ, "SMS", "none", "https"),
        "SMS_URL": carrier(environ),
        "SMS_KEY": one_word(environ, "SMS_KEY"),
        "SMS_SENDER": one_word(environ, "SMS_SENDER"),
        "SMS_TEMPLATE": one_word(environ, "SMS_TEMPLATE"),
        "SMS_COUNTRIES": countries(environ),
        "SMS_PAISE": number(environ, "SMS_PAISE", 25, least=1, most=10000),
        "SMS_DAILY_RUPEES": number(environ, "SMS_DAILY_RUPEES", 50, least=1, most=1000000),
        "SMS_LOOPBACK": environ.get("SMS_LOOPBACK", "0") == "1",  # admits one on 127.0.0.1, for tests
    }


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
