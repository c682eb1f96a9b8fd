"""An app with a database, a media folder and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from community import database
from community.database import Base, db
from community.media.models import Photo, Voice
from community.media.store import FolderStore


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


@pytest.fixture
def app(tmp_path: Path, folder: FolderStore) -> Iterator[Flask]:
    app = Flask("media")
    app.config["DATABASE_URL"] = f"sqlite:///{tmp_path / 'media.db'}"
    app.config["DATABASE_REPLICA_URL"] = None
    app.config["MIGRATIONS"] = str(tmp_path / "migrations")
    app.config["MEDIA"] = folder.root
    database.init_app(app)
    with app.app_context():
        Base.metadata.create_all(db.engine, tables=[Photo.__table__, Voice.__table__])
        yield app
        db.session.remove()
        db.engine.dispose()
