"""A tiny app that speaks: nothing of Aangan but its languages."""

from collections.abc import Iterator

import pytest
from flask import Flask, g

from community import languages
from community.languages import init_app


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
