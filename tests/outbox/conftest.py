"""An app that knows the errand of these tests, and the processes that keep its promises elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from community.outbox.models import handles
from tests.outbox.noting import SEEN, Note
from tests.outbox.plant import Plant, Redis, plant, redis
from tests.promises import at_head


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which "note" leaves a line each time that it goes out."""
    file = tmp_path / "seen"
    file.touch()
    monkeypatch.setenv(SEEN, str(file))
    return file


@pytest.fixture
def noting(app: Flask, seen: Path) -> Flask:
    handles(app, "note", Note())
    return app


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    with redis(tmp_path) as running:
        yield running


@pytest.fixture
def works(noting: Flask, broker: Redis, seen: Path, tmp_path: Path) -> Iterator[Plant]:
    """Where relays and workers are started; leases are short, so that the tests are."""
    settings = {
        "DATABASE_URL": noting.config["DATABASE_URL"], "BROKER_URL": broker.url, "JOB_BACKEND": "celery",
        "OUTBOX_LEASE": "3", "FLASK_APP": "tests.outbox.noting", SEEN: str(seen),
    }  # fmt: skip
    at_head(noting)
    with plant(tmp_path, **settings) as made:
        yield made
