"""The stage of all tests, with the hands of this folder's."""

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tests.conftest import Stage
from tests.house.ground import Ground

from .scene import Scene


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The templates need not be compiled anew for each test's app."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def stage(app: Flask, ground: Ground, compiled: FileSystemBytecodeCache) -> Scene:
    app.jinja_env.bytecode_cache = compiled
    return Scene(Stage(app, ground))
