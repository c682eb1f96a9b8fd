"""A tiny app that speaks: nothing of Aangan but its languages."""

from collections.abc import Iterator

import pytest
from flask import Flask, g

from community import languages
from community.languages import init_app, tongues
from community.languages.reviews import Review


@pytest.fixture
def app() -> Flask:
    app = Flask("tiny")
    init_app(app)
    return app


@pytest.fixture
def pseudo_app(app: Flask) -> Flask:
    app.config["PSEUDO_LANGUAGE"] = True
    return app


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    """An open request, in Hindi until the test says otherwise."""
    with app.test_request_context():
        g.language = languages.DEFAULT
        yield


@pytest.fixture(scope="module")
def three() -> Iterator[None]:
    """Hindi, Urdu and English are on offer, however many are complete by now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tongues, "_review", lambda code: Review(complete=code in ("hi", "ur", "en")))
        yield
