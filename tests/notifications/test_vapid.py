"""Our keys: made once, kept for ever, seen by nobody else; headers signed seldom and never late."""

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from py_vapid import Vapid02
from py_vapid.utils import b64urldecode

from app import create_app
from community.config import settings
from community.environment import ConfigError
from community.notifications import vapid

pytestmark = [pytest.mark.sqlite_only, pytest.mark.usefixtures("inside")]
FCM, MOZILLA = "https://fcm.googleapis.com", "https://updates.push.services.mozilla.com"


def claims(header: str) -> dict[str, object]:
    """What a header says, once its signature holds."""
    token, key = header.removeprefix("vapid t=").split(",k=")
    signed, signature = token.rsplit(".", 1)
    assert Vapid02.from_raw_public(key.encode()).verify_token(signed.encode(), signature)
    found: dict[str, object] = json.loads(b64urldecode(signed.split(".")[1].encode()))
    return found


def folder(app: Flask) -> Path:
    found: Path = app.config["INSTANCE"] / "vapid"
    return found


def test_a_key_is_made_on_first_use_for_our_eyes_only(app: Flask) -> None:
    key_id, public = vapid.public_key()
    assert len(b64urldecode(public.encode())) == 65
    assert vapid.public_key() == (key_id, public)
    assert len(key_id) <= 16
    assert folder(app).stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder(app).glob("*.pem")] == [0o600]


def _first_key(instance: str) -> str:
    with create_app({"INSTANCE": instance}).app_context():
        return vapid.public_key()[0]


@pytest.mark.large
def test_two_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert len(set(pool.map(_first_key, [str(tmp_path / "new")] * 4, chunksize=1))) == 1


def test_rotation_keeps_the_phones_that_are_there(app: Flask) -> None:
    old_id, old = vapid.public_key()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        said = app.test_cli_runner().invoke(args=["rotate-push-keys"])
        new_id, new = vapid.public_key()
        assert new_id in said.output
        assert new_id != old_id
        assert vapid.authorization(FCM, old_id).endswith(f"k={old}")
        assert vapid.authorization(FCM, new_id).endswith(f"k={new}")
    assert vapid.knows(old_id)
    assert vapid.knows(new_id)


@pytest.mark.parametrize("key_id", ["", "00000000000000", "../secret", "*", "lock", "a/../b"])
def test_an_unknown_key_signs_nothing(key_id: str) -> None:
    vapid.public_key()
    assert not vapid.knows(key_id)
    with pytest.raises(vapid.UnknownKey):
        vapid.authorization(FCM, key_id)


def test_each_service_is_addressed_by_its_own_name() -> None:
    key_id, _ = vapid.public_key()
    assert claims(vapid.authorization(FCM, key_id))["aud"] == FCM
    assert claims(vapid.authorization(MOZILLA, key_id))["aud"] == MOZILLA
    assert claims(vapid.authorization(FCM, key_id))["aud"] == FCM


def test_a_header_is_kept_for_hours_and_renewed_well_before_its_end() -> None:
    start = datetime(2026, 11, 21, 8, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        key_id, _ = vapid.public_key()
        first = vapid.authorization(FCM, key_id)
        assert claims(first)["exp"] == (start + timedelta(hours=12)).timestamp()
        clock.move_to(start + timedelta(hours=5))
        assert vapid.authorization(FCM, key_id) == first
        clock.move_to(start + timedelta(hours=6))
        assert vapid.authorization(FCM, key_id) != first
        clock.move_to(start - timedelta(days=2))
        exp = claims(vapid.authorization(FCM, key_id))["exp"]
        assert exp == (start - timedelta(days=2) + timedelta(hours=12)).timestamp(), "the clock was set back"


@pytest.mark.parametrize(
    ("subject", "public_url", "said"),
    [
        ("mailto:ops@example.org", "https://aangan.example.org", "mailto:ops@example.org"),
        ("", "https://aangan.example.org", "https://aangan.example.org"),
        ("", "https://aangan.example.org:8443", "https://aangan.example.org"),
        ("", "http://localhost:8000", "mailto:nobody@aangan.invalid"),
        ("", "http://127.0.0.1:8000", "mailto:nobody@aangan.invalid"),
        ("", "http://aangan", "mailto:nobody@aangan.invalid"),
        ("", "", "mailto:nobody@aangan.invalid"),
    ],
)
def test_whom_a_push_service_may_write_to(app: Flask, subject: str, public_url: str, said: str) -> None:
    app.config.update(VAPID_SUBJECT=subject, PUBLIC_URL=public_url)
    assert claims(vapid.authorization(FCM, vapid.public_key()[0]))["sub"] == said


@pytest.mark.parametrize(
    "environ",
    [
        {"VAPID_SUBJECT": "ops@example.org"}, {"VAPID_SUBJECT": "mailto:ops@localhost"},
        {"VAPID_SUBJECT": "https://localhost"}, {"PUSH_HOSTS": "*"}, {"PUSH_HOSTS": "*.com"},
        {"PUSH_HOSTS": "https://push.example.org"}, {"PUSH_HOSTS": "10.0.0.1"}, {"PUSH_RATE": "0"},
        {"PUSH_CA": "/nowhere.pem"},
    ],
    ids=repr,
)  # fmt: skip
def test_settings_that_would_fail_later_are_refused_at_once(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=next(iter(environ))):
        settings(environ)
