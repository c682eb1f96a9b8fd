"""The stage of the announcements, and a postman for what rings."""

from collections.abc import Iterator

import pytest
from flask import Flask

from community.notifications import fanout, ring
from tests.announcements.conftest import app, house, stage  # noqa: F401
from tests.notifications.post_office import Postman


@pytest.fixture
def postman(monkeypatch: pytest.MonkeyPatch) -> Postman:
    made = Postman()
    monkeypatch.setattr(fanout, "sender", lambda: made)
    monkeypatch.setattr(ring, "sender", lambda: made)
    return made


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:  # noqa: F811
    """The whole test runs in the app's context."""
    with app.app_context():
        yield
