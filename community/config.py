"""Settings from the environment. A half-configured app refuses to start, in words."""

import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


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
        "PORT": _number(environ, "PORT", 8000),
        "DATABASE_URL": environ.get("DATABASE_URL") or f"sqlite:///{instance / 'aangan.db'}",
        "PUBLIC_URL": _public_url(environ.get("PUBLIC_URL", ""), demo=demo),
        "TRUSTED_PROXIES": _number(environ, "TRUSTED_PROXIES", 0),
        "MEDIA": Path(environ.get("MEDIA", str(instance / "media"))),
        "MIGRATIONS": str(ROOT / "migrations"),
        "MAX_CONTENT_LENGTH": 13 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "FRAGMENT_CACHE": environ.get("FRAGMENT_CACHE", "1") != "0",
        "THREADS": _number(environ, "THREADS", 8),
    }
    return found


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(environ.get(name) or default)
    except ValueError:
        raise ConfigError(f"{name} must be a whole number, for example {name}={default}") from None


def _public_url(value: str, *, demo: bool) -> str:
    """The address that posters and pushes carry, without a slash at its end; '' where none is set."""
    value = value.rstrip("/")
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
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
    instance.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text().strip()
