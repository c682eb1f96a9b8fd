"""This folder's stage, on one app for all its tests: what costs is building apps, not copying schools."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from community import fragments
from community.database import db
from tests.conftest import Stage
from tests.house.ground import Ground, hurry

from .scene import Scene


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory, ground: Ground) -> Flask:
    folder = tmp_path_factory.mktemp("house")
    url = ground.prepare(folder, with_school=True)
    return hurry(create_app({"INSTANCE": str(folder), "DATABASE_URL": url}, TESTING=True))


@pytest.fixture
def app(house: Flask, ground: Ground) -> Iterator[Flask]:
    """The folder's app, on the school as it was built."""
    folder: Path = house.config["INSTANCE"]
    ground.prepare(folder, with_school=True)
    fragments._kept.clear()
    yield house
    with house.app_context():
        db.session.remove()
        db.engine.dispose()
    for leftover in folder.glob("test.db-*"):
        leftover.unlink()


@pytest.fixture
def stage(app: Flask, ground: Ground) -> Scene:
    return Scene(Stage(app, ground))
