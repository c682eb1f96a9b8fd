"""The school of the demo, and what one does in it: announce, read, count the questions to the database."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import db, writing
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Group
from community.people.models import Child, Person

KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


class Scene:
    """A Stage with hands."""

    def __init__(self, stage: Any) -> None:
        self.app, self.school, self.grades, self.people = stage.app, stage.school, stage.grades, dict(stage.people)
        self.signed_in, self.release_all = stage.signed_in, stage.release_all

    def browser(self, part: str) -> FlaskClient:
        """A new browser on which this part of the cast is signed in."""
        return self.signed_in(self.people[part])

    @contextmanager
    def changing(self) -> Iterator[None]:
        """A transaction outside any request."""
        with self.app.app_context(), writing():
            yield
            db.session.commit()

    def announce(
        self, browser: FlaskClient, text: str = "पानी आएगा", *, group: int | None = None, **fields: Any
    ) -> TestResponse:
        data = {"key": "a-key-of-a-phone", "text": text, **fields}
        return browser.post(f"/groups/{group or self.school}/announcements", data=data)

    def said(self, text: str) -> int:
        """The id of the one announcement with these words."""
        from community.announcements.models import Translation

        with self.app.app_context():
            return db.session.scalars(sa.select(Translation.announcement_id).where(Translation.text == text)).one()

    def release(self, author: str, text: str, *, group: int | None = None, **more: Any) -> int:
        """Say it and let it out at once; returns its id."""
        with self.changing():
            return released(db.session.get_one(Group, group or self.school), self.person(author), text, **more).id

    def person(self, part: str) -> Person:
        return db.session.get_one(Person, self.people[part])

    def state(self, announcement_id: int) -> Announcement:
        """The announcement as the database has it now, whole."""
        with self.app.app_context():
            wanted = sa.select(Announcement).where(Announcement.id == announcement_id)
            return db.session.scalars(wanted.options(*Announcement.whole())).one()

    def join(self, part: str, group: int, *, role: str = "member", child: str = "") -> int:
        """Make somebody a member, perhaps for a new child with this nickname; returns the membership's id."""
        with self.changing():
            person, found = self.person(part), db.session.get_one(Group, group)
            kept = Child(parent_id=person.id, picture="fish", colour="mor", nickname=child) if child else None
            db.session.add_all([kept] if kept else [])
            return admit(found, person, kept, role=role).id

    def newcomer(self, name: str, *groups: int, role: str = "member") -> FlaskClient:
        """Somebody new in these groups, signed in."""
        with self.changing():
            person = Person(name=name, picture="pot", colour="mor", language="en")
            db.session.add(person)
            db.session.flush()
            self.people[name] = person.id
            for group in groups:
                admit(db.session.get_one(Group, group), person, role=role)
        return self.browser(name)

    def set(self, model: type[Any], number: int, **values: Any) -> None:
        with self.changing():
            db.session.execute(sa.update(model).where(model.id == number).values(**values))

    def archive(self, group: int) -> None:
        with self.changing():
            db.session.get_one(Group, group).archive(self.person("head"))

    def memberships(self, part: str) -> list[Membership]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Membership).where(Membership.person_id == self.people[part])))


def released(group: Group, author: Person, text: str, *, key: str | None = None, **more: Any) -> Announcement:
    """In the caller's transaction: say it to a group, and let it out."""
    category = more.pop("category", None)
    audience = Audience.of(group, [category] if category else (), more.pop("to_role", "member"))
    role = more.pop("role", None) or Standing.of(author).role_in(group) or "member"
    made = Announcement.publish(
        audience, author, key=key or f"key-{zlib.crc32(text.encode())}", text=text, language="hi", role=role, **more
    )
    release(made.id)
    return made


def page(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status)
    return answer.text


def cards_on(text: str) -> list[int]:
    """The announcements on a page, from top to bottom."""
    return [int(number) for number in re.findall(r'<article class="[^"]*" id="a(\d+)"', text)]


def key_in(text: str) -> str:
    """The idempotency key that the server put into the composer."""
    found = KEY.search(text)
    assert found, "the form has no key"
    return found[1]


@contextmanager
def statements(app: Any) -> Iterator[list[str]]:
    """What is asked of the database inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
