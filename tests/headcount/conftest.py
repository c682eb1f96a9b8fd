"""The announcements' stage, with a village full of readers."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.announcements.scene import Scene
from tests.conftest import Stage
from tests.house.ground import Ground


@pytest.fixture
def stage(app: Flask, ground: Ground) -> Iterator[Scene]:
    yield Scene(Stage(app, ground))
