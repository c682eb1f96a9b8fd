from collections.abc import Iterator

import pytest
from flask import Flask


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The whole test runs in the app's context."""
    with app.app_context():
        yield
