"""A postman instead of the network where a test is about who gets what; the sender's own tests have real services."""

from collections.abc import Iterator

import pytest
from flask import Flask

from community.notifications import fanout
from community.notifications.sender import Sender
from tests.notifications.authority import Papers, papers
from tests.notifications.post_office import Postman
from tests.notifications.push_service import PushService


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


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return papers(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def post(app: Flask, trusted: Papers, inside: None) -> Sender:
    """The real sender, which may call this machine."""
    app.config.update(PUSH_LOOPBACK=True, PUSH_CA=str(trusted.ca))
    return Sender(rate=100_000, ca=str(trusted.ca), paces={})


@pytest.fixture(params=["http", "https"])
def service(request: pytest.FixtureRequest, trusted: Papers) -> Iterator[PushService]:
    with PushService(trusted if request.param == "https" else None) as made:
        yield made


@pytest.fixture
def canary() -> Iterator[PushService]:
    """Whatever reaches this was led astray."""
    with PushService() as made:
        yield made
