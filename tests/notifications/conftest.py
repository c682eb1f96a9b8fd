"""A postman instead of the network where a test is about who gets what; the sender's own tests have real services."""

from collections.abc import Iterator

import pytest
from flask import Flask

from community.notifications import fanout
from tests.notifications.post_office import Postman


@pytest.fixture
def postman(monkeypatch: pytest.MonkeyPatch) -> Postman:
    made = Postman()
    monkeypatch.setattr(fanout, "sender", lambda: made)
    return made


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The whole test runs in the app's context."""
    with app.app_context():
        yield
