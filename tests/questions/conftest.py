"""The school with somebody who answers in grade 3, and two who help her."""

from typing import Any

import pytest
import sqlalchemy as sa

from community.database import db
from community.groups.membership import admit
from community.groups.models import Group
from community.questions.models import Question
from tests.announcements.scene import KEY, Scene
from tests.conftest import Stage


class Desk(Scene):
    """Grade 3: "parent" asks there, "teacher" looks after it, "helper" and "other" answer."""

    def ask(self, part: str = "parent", text: str = "Where is the bus?", **fields: Any) -> int:
        browser, address = self.browser(part), f"/groups/{self.grades[3]}/questions"
        key = KEY.search(browser.get(f"{address}/new").text)
        assert key
        answer = browser.post(address, data={"key": key[1], "text": text, **fields})
        assert answer.status_code == 303, answer.text
        return int(answer.location.rpartition("/")[2])

    def question(self, number: int) -> Question:
        with self.app.app_context():
            return db.session.get_one(Question, number)

    def steps(self, number: int) -> list[str]:
        with self.app.app_context():
            return [step.what for step in db.session.get_one(Question, number).steps]

    def post(self, part: str, address: str, **data: Any) -> int:
        return self.browser(part).post(address, data=data).status_code

    def status(self, part: str, address: str) -> int:
        return self.browser(part).get(address).status_code

    def how_many(self, model: type[Any]) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture
def desk(stage: Stage) -> Desk:
    made = Desk(stage)
    with made.changing():
        grade = db.session.get_one(Group, made.grades[3])
        admit(grade, made.person("parent"))
        made.person("parent").language = "en"  # so that tests can say what stands there
    made.newcomer("helper", made.grades[3], role="responder")
    made.newcomer("other", made.grades[3], role="responder")
    return made
