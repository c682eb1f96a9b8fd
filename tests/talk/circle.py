"""A group that talks: grade 3 of the school, with a teacher, one who helps, and two members."""

import re
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from community.database import db
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Child
from community.talk.models import Message
from tests.announcements.scene import Scene


class Circle(Scene):
    """A Scene that talks."""

    @property
    def talk(self) -> str:
        return f"/groups/{self.grades[3]}/talk"

    def post(self, part: str | FlaskClient, text: str = "पानी कब आएगा", **fields: Any) -> TestResponse:
        browser = self.browser(part) if isinstance(part, str) else part
        data = {"key": uuid4().hex, "text": text, **fields}
        return browser.post(self.talk, data=data, content_type="multipart/form-data")

    def say(self, part: str, text: str = "पानी कब आएगा", **fields: Any) -> int:
        """Through the form; the number of the message."""
        answer = self.post(part, text, **fields)
        assert answer.status_code == 303, answer.text
        return int(answer.location.rpartition("#m")[2])

    def many(self, part: str, count: int, *, first: int = 1) -> list[int]:
        """So many at once, without their forms: nobody is told that she writes too much."""
        with self.changing():
            group, person = db.session.get_one(Group, self.grades[3]), self.person(part)
            made = [
                Message.say(group, person, key=uuid4().hex, text=f"बात {number}", why=[])
                for number in range(first, first + count)
            ]
            return [one.id for one in made]

    def again(self, part: str, **more: Any) -> None:
        """Once more in the group, for a child."""
        with self.changing():
            child = Child(parent_id=self.people[part], picture="fish", colour="mor", nickname="गुड़िया")
            db.session.add(child)
            db.session.flush()
            admit(db.session.get_one(Group, self.grades[3]), self.person(part), child, **more)

    def message(self, number: int) -> Message:
        with self.app.app_context():
            return db.session.get_one(Message, number)

    def messages(self) -> list[Message]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def drawn(page: str) -> list[int]:
    """The messages on a page, from top to bottom."""
    return [int(number) for number in re.findall(r'<article class="[^"]*" id="m(\d+)"', page)]
