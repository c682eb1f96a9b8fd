"""The table of better words comes and goes, and takes nothing else along."""

import os
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from community.database import db, writing
from community.languages import LANGUAGES
from community.people.models import Person
from community.wording.models import Suggestion, Voice
from community.wording.words import words_of
from tests.house.ground import build_school, opened
from tests.house.postgres import another_database
from tests.house.server import ROOT

MIGRATIONS = str(ROOT / "migrations")
BEFORE = "20261121c"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    cluster = os.environ.get("AANGAN_TEST_DATABASE")
    url = another_database(cluster, "worded") if cluster else f"sqlite:///{tmp_path / 'aangan.db'}"
    with opened(tmp_path, url) as app:
        yield app


def counted(table: str) -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.mark.patient
def test_up_and_down_with_words_in_it(app: Flask) -> None:
    flask_migrate.upgrade(MIGRATIONS)
    build_school()
    with writing():
        person = db.session.scalars(sa.select(Person)).first()
        root = db.session.execute(sa.text('SELECT id FROM "group" WHERE parent_id IS NULL')).scalar_one()
        assert person
        for word in [*words_of(LANGUAGES["sat"]).values()][:3]:
            Suggestion.make(root, LANGUAGES["sat"], word, f"{word.said} ᱾", person).settle("taken", person)
        db.session.commit()
    people = counted("person")
    assert (counted("suggestion"), counted("suggestion_voice")) == (3, 3)
    db.session.remove()
    flask_migrate.downgrade(MIGRATIONS, BEFORE)
    assert not {Suggestion.__tablename__, Voice.__tablename__} & set(sa.inspect(db.engine).get_table_names())
    assert counted("person") == people
    flask_migrate.upgrade(MIGRATIONS)
    assert (counted("suggestion"), counted("person")) == (0, people)
