"""An organisation to bring sheets into: the demo's school, and who looks after the whole of it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from community.bringing.models import BroughtSheet, PlaceCode
from community.database import db
from community.groups.membership import Membership
from community.groups.models import Group
from tests.conftest import Browser, Stage
from tests.promises import keep_all


class Office:
    """The desk at which sheets are brought, by the admin of the whole school."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.app, self.root = stage, stage.app, stage.school
        with self.app.app_context():
            held = sa.select(Membership.person_id).where(Membership.group_id == self.root, Membership.role == "admin")
            self.head: int = db.session.scalars(held).first() or 0
        self.browser: Browser = stage.signed_in(self.head)
        self.browser.post("/language", data={"language": "en"})

    def bring(
        self, raw: bytes, *, group: int = 0, browser: Browser | None = None, key: str = "", name: str = "places.csv"
    ) -> Any:
        form = {"sheet": (io.BytesIO(raw), name), "key": key}
        return (browser or self.browser).post(
            f"/groups/{group or self.root}/sheets", data=form, content_type="multipart/form-data"
        )

    def tried(self, raw: bytes, **more: Any) -> str:
        """The address of a sheet after its dry run."""
        answer = self.bring(raw, **more)
        assert answer.status_code == 303, answer.text
        self.keep()
        return str(answer.headers["Location"])

    def brought(self, raw: bytes, **more: Any) -> BroughtSheet:
        """A sheet that was brought in."""
        address = self.tried(raw, **more)
        self.say(address, "bringing", more.get("browser"))
        self.keep()
        return self.sheet(address)

    def say(self, address: str, what: str, browser: Browser | None = None) -> None:
        assert (browser or self.browser).post(f"{address}/{what}").status_code == 303

    def keep(self) -> None:
        with self.app.app_context():
            keep_all()

    def sheet(self, address: str) -> BroughtSheet:
        with self.app.app_context():
            return db.session.get_one(BroughtSheet, int(address.rpartition("/")[2]))

    def ask(self, what: Callable[[], Any]) -> Any:
        with self.app.app_context():
            return what()

    def by_code(self) -> dict[str, Group]:
        with self.app.app_context():
            found = db.session.execute(sa.select(PlaceCode.code, Group).join(Group, Group.id == PlaceCode.group_id))
            return {code: group for code, group in found}

    def groups(self) -> list[tuple[Any, ...]]:
        """The whole tree, as it stands."""
        with self.app.app_context():
            fields = (Group.id, Group.parent_id, Group.path, Group.name, Group.level, Group.position)
            return [tuple(row) for row in db.session.execute(sa.select(*fields).order_by(Group.path))]

    def anywhere(self, words: str) -> list[str]:
        """The tables in which these words stand."""
        found = []
        with self.app.app_context():
            for table in db.metadata.sorted_tables:
                if any(words in str(value) for row in db.session.execute(sa.select(table)) for value in row):
                    found.append(table.name)
        return found


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)
