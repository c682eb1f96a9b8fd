"""The stage of the announcements' tests, on an app of this folder's own; grade 3 lets everybody talk."""

import pytest

from community.database import db
from community.groups.membership import admit
from community.groups.models import Group
from tests.announcements.conftest import app, house
from tests.announcements.conftest import stage as stage
from tests.talk.circle import Circle

__all__ = ["app", "house", "stage"]


@pytest.fixture
def circle(stage: Circle) -> Circle:
    made = Circle(stage)
    with made.changing():
        grade = db.session.get_one(Group, made.grades[3])
        grade.talking = "everyone"
        admit(grade, made.person("parent"))
        admit(grade, made.person("english reader")).role = "moderator"
    return made
