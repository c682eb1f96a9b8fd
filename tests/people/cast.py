"""Who is who: the demo may give its people other names and faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.database import db
from community.people.models import Person

if TYPE_CHECKING:
    from tests.conftest import Stage


def person(stage: Stage, part: str) -> Person:
    """The person who plays this part, as the database has her now."""
    with stage.app.app_context():
        return db.session.get_one(Person, stage.people[part])


def name(stage: Stage, part: str) -> str:
    found = person(stage, part).name
    assert found
    return found
