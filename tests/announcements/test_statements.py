"""How often a page asks the database: a number that is written down here, whoever and whatever there is."""

import secrets
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from community.database import db
from community.groups.membership import admit
from community.groups.models import Category, Group
from community.invitations.requests import JoinRequest
from community.media.models import Photo
from community.people.models import Person

from .scene import Scene, page, released, statements

# Of home, a group's page and an announcement; who looks after the group also asks for what waits and who asks.
NUMBERS = {"parent": (9, 10, 9), "head": (15, 12, 8)}
Crowd = Callable[[Scene], None]


def many_members(stage: Scene) -> None:
    with stage.changing():
        grade = db.session.get_one(Group, stage.grades[2])
        for _number in range(300):
            person = Person(picture="pot", colour="mor", language="hi")
            db.session.add(person)
            admit(grade, person)


def many_announcements(stage: Scene) -> None:
    with stage.changing():
        groups = [db.session.get_one(Group, stage.school), db.session.get_one(Group, stage.grades[2])]
        for number in range(60):
            kind = "activity" if number % 3 else "news"
            released(groups[number % 2], stage.person("head"), f"बात {number}", kind=kind)


def many_authors_with_photos(stage: Scene) -> None:
    with stage.changing():
        school = db.session.get_one(Group, stage.school)
        for number in range(15):
            author = Person(picture="pot", colour="mor", language="hi")
            db.session.add(author)
            admit(school, author, role="admin")
            said = released(school, author, f"बात {number}", photo=photo())
            if number % 2:
                said.remove(author)


def many_children(stage: Scene) -> None:
    for number in range(8):
        stage.join("parent", stage.grades[2 if number % 2 else 5], child=f"बच्चा {number}")


def many_groups_around(stage: Scene) -> None:
    with stage.changing():
        for parent in (stage.school, stage.grades[2]):
            for number in range(30):
                found = db.session.get_one(Group, parent)
                looks = {"name": f"g{number}", "language": "en", "picture": "pot", "colour": "mor"}
                Group.plant(found, joining=("link", "ask", "invite")[number % 3], **looks)


def many_groups_of_mine_with_photos(stage: Scene) -> None:
    with stage.changing():
        grade = db.session.get_one(Group, stage.grades[2])
        for number in range(12):
            looks = {"name": f"g{number}", "language": "en", "picture": "pot", "colour": "mor"}
            group = Group.plant(grade, **looks)
            group.photo = photo()
            admit(group, stage.person("parent"))


def photo() -> Photo:
    made = Photo(key=secrets.token_urlsafe(16), width=480, height=320, sizes={"480.jpg": 9})
    db.session.add(made)
    return made


def many_requests(stage: Scene) -> None:
    with stage.changing():
        grade = db.session.get_one(Group, stage.grades[2])
        for _number in range(20):
            person = Person(picture="pot", colour="mor", language="hi")
            db.session.add(person)
            JoinRequest.ask(grade, person)


CROWDS: list[Crowd] = [
    many_members, many_announcements, many_authors_with_photos, many_children, many_groups_around, many_requests,
]  # fmt: skip


@pytest.fixture
def number(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setitem(stage.app.config, "FRAGMENT_CACHE", False)
    return stage.release("head", "दूसरी", group=stage.grades[2], kind="activity")


def asked(stage: Scene, browser: FlaskClient, *paths: str) -> tuple[int, ...]:
    """How many questions each page asks."""
    counted = []
    for path in paths:
        with statements(stage.app) as seen:
            page(browser, path)
        counted.append(len(seen))
    return tuple(counted)


def three(stage: Scene, part: str, number: int) -> tuple[int, ...]:
    return asked(stage, stage.browser(part), "/", f"/groups/{stage.grades[2]}", f"/announcements/{number}")


def test_the_numbers_of_the_school(stage: Scene, number: int):
    assert {part: three(stage, part, number) for part in NUMBERS} == NUMBERS


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: crowd.__name__)
def test_the_numbers_stay_with(stage: Scene, number: int, crowd: Crowd):
    before = {part: three(stage, part, number) for part in NUMBERS}

    crowd(stage)

    assert {part: three(stage, part, number) for part in NUMBERS} == before


def test_photos_of_groups_cost_one_more_at_most_however_many(stage: Scene, number: int):
    home, room, shown = three(stage, "parent", number)

    many_groups_of_mine_with_photos(stage)

    assert three(stage, "parent", number) == (home + 1, room, shown)


def test_all_my_groups_are_one_page_of_constant_cost(stage: Scene):
    before = asked(stage, stage.browser("parent"), "/groups")
    many_groups_of_mine_with_photos(stage)

    assert asked(stage, stage.browser("parent"), "/groups") == (before[0] + 1,)


def test_narrowed_news_costs_the_same_for_one_as_for_many(stage: Scene, number: int):
    costs = set()
    for start, end in ((0, 1), (1, 25)):
        with stage.changing():
            category = db.session.scalars(sa.select(Category).where(Category.picture == "baby")).one()
            for one in range(start, end):
                group = db.session.get_one(Group, stage.grades[2] if one % 2 else stage.school)
                released(group, stage.person("head"), f"छोटे {one}", category=category)
        costs.add(three(stage, "parent", number))

    assert len(costs) == 1


def test_what_waits_costs_the_same_for_one_as_for_many(stage: Scene, number: int):
    costs, head = set(), stage.browser("head")
    for start, end in ((0, 1), (1, 9)):
        for one in range(start, end):
            stage.announce(head, f"बाद में {one}", key=f"waiting-{one}", group=stage.grades[2])
        costs.add(three(stage, "head", number))

    assert len(costs) == 1
