"""What waits for a look stands in the queue of whoever is nearest, and is decided there in one tap."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.groups.membership import Membership, admit
from community.groups.models import Category, Group, GroupCategory
from community.groups.offices import Office
from community.holding.models import Held
from tests.announcements.scene import Scene, page, statements
from tests.conftest import Stage

AADHAAR = "2345 6789 0124"


@pytest.fixture
def scene(stage: Stage) -> Scene:
    """The school; grade 3 lets everybody say something, and somebody helps to look after it."""
    made = Scene(stage)
    with made.changing():
        grade = db.session.get_one(Group, made.grades[3])
        grade.posting = "everyone"
        grade.looks_at_new = True
        admit(grade, made.person("english reader")).role = "moderator"
    return made


def said(scene: Scene, name: str, text: str) -> int:
    """Somebody new says it in grade 3; what waits of it."""
    browser = scene.newcomer(name, scene.grades[3])
    assert scene.announce(browser, text, group=scene.grades[3], key=f"key-{name}").status_code == 303
    with scene.app.app_context():
        return db.session.scalars(sa.select(Held.id).where(Held.person_id == scene.people[name])).one()


def queued(scene: Scene, part: str) -> set[int]:
    return {int(number) for number in re.findall(r"held-(\d+)", page(scene.browser(part), "/"))}


def answer_of(scene: Scene, held: int) -> Held:
    with scene.app.app_context():
        return db.session.get_one(Held, held)


def test_it_is_the_first_card_of_who_is_nearest_and_nobody_elses(scene: Scene) -> None:
    scene.release("teacher", "पानी आएगा", group=scene.grades[3])
    held = said(scene, "Asha", "Look: www.example.com")
    for part in ("teacher", "english reader"):
        text = page(scene.browser(part), "/")
        main = text[text.index("<main>") :]
        assert 0 < main.index(f'id="held-{held}"') == main.index('id="held-') < main.index('id="a')
        assert "www.example.com" in main
        assert main.index('class="card"') < main.index(f'id="held-{held}"') < main.index('class="card"') + 40
    for part in ("head", "Asha", "member", "parent"):  # further up, the writer herself, who looks after nothing
        assert queued(scene, part) == set()


def test_one_tap_lets_it_out_and_one_tap_takes_that_back(scene: Scene) -> None:
    held = said(scene, "Asha", "Look: www.example.com")
    teacher = scene.browser("teacher")
    done = teacher.post(f"/held/{held}/approval", data={"next": "/"})
    assert done.location == f"/?looked={held}"
    assert f'action="/held/{held}/undo"' in page(teacher, done.location)
    assert queued(scene, "english reader") == set()
    assert teacher.post(f"/held/{held}/undo", data={"next": "/"}).location == "/"
    assert queued(scene, "english reader") == {held}
    assert f'action="/held/{held}/undo"' not in page(scene.browser("member"), f"/?looked={held}")


def test_one_tap_removes_it_with_a_reason_that_its_writer_hears(scene: Scene) -> None:
    held = said(scene, "Asha", f"Her card: {AADHAAR}")
    teacher, where = scene.browser("teacher"), f"/groups/{scene.grades[3]}/held"
    courtyard = page(teacher, "/")
    assert 'name="reason" value="private"' in courtyard
    assert AADHAAR not in courtyard, "phones keep that page"
    assert f"/held/{held}/approval" not in courtyard, "nobody lets out what she has not read"
    assert f'href="{where}#held-{held}"' in courtyard
    assert AADHAAR in page(teacher, where)
    assert teacher.post(f"/held/{held}/refusal", data={"next": "/", "reason": "private"}).status_code == 303
    asha = scene.browser("Asha")
    assert f'href="/held/{held}"' in page(asha, "/")
    assert "It says what is somebody" in page(asha, f"/held/{held}")
    assert queued(scene, "teacher") == queued(scene, "english reader") == set()


def test_who_lost_the_role_has_lost_it_at_the_next_request(scene: Scene) -> None:
    held = said(scene, "Asha", "Look: www.example.com")
    helper = scene.browser("english reader")
    assert f'id="held-{held}"' in page(helper, "/")
    mine = next(one for one in scene.memberships("english reader") if one.group_id == scene.grades[3])
    scene.set(Membership, mine.id, held_role="member")
    for verb in ("approval", "refusal"):
        assert helper.post(f"/held/{held}/{verb}", data={"next": "/"}).status_code == 404
    assert f"held-{held}" not in page(helper, "/")
    assert answer_of(scene, held).answer is None


def test_it_lies_further_up_where_nobody_else_looks_after_the_group_or_after_days(scene: Scene) -> None:
    held = said(scene, "Asha", "Look: www.example.com")
    with time_machine.travel(now() + timedelta(days=4)):
        assert held in queued(scene, "head") & queued(scene, "teacher"), "nobody looked for days"
    assert queued(scene, "head") == set()
    for part in ("teacher", "english reader"):
        for one in scene.memberships(part):
            if one.group_id == scene.grades[3]:
                scene.set(Membership, one.id, held_role="member")
    assert queued(scene, "head") == {held}


def test_who_helps_by_an_office_is_as_near_as_the_groups_that_it_is_for(scene: Scene) -> None:
    held = said(scene, "Asha", "Look: www.example.com")
    bearer = scene.newcomer("Bearer", scene.school)
    assert f"held-{held}" not in page(bearer, "/")
    with scene.changing():
        category = Category.take(scene.school, "farmers")
        GroupCategory.give(category.id, scene.grades[3])
        place = {"community_id": scene.school, "group_id": scene.school, "category_id": category.id}
        given = {"person_id": scene.people["Bearer"], "role": "moderator", "given_by": scene.people["head"]}
        db.session.add(Office(**place, **given))
        hers = sa.update(Membership).where(Membership.person_id == scene.people["Bearer"])
        db.session.execute(hers.values(has_office=True))
        near = (Membership.group_id == scene.grades[3], Membership.held_role.in_(["admin", "moderator"]))
        db.session.execute(sa.update(Membership).where(*near).values(held_role="member"))
    assert f"held-{held}" in page(bearer, "/")
    assert queued(scene, "head") == set()


def test_ten_that_wait_cost_as_many_questions_as_one(scene: Scene) -> None:
    asked = []
    for names in (("Asha",), [f"Asha {number}" for number in range(9)]):
        for name in names:
            said(scene, name, f"{name}: www.example.com")
        for path in ("/", f"/groups/{scene.grades[3]}/held"):
            browser = scene.browser("teacher")
            page(browser, path)
            with statements(scene.app) as seen:
                assert len(set(re.findall(r"held-(\d+)", page(browser, path)))) == len(names) + bool(names[1:])
            asked.append(len(seen))
    assert asked[:2] == asked[2:]


def test_who_looks_after_nothing_asks_nothing(scene: Scene) -> None:
    said(scene, "Asha", "Look: www.example.com")
    member, teacher = scene.browser("member"), scene.browser("teacher")
    page(member, "/")
    with statements(scene.app) as seen:
        page(member, "/")
    assert not [one for one in seen if "FROM held" in one]
    with statements(scene.app) as seen:
        page(teacher, "/")
    assert len([one for one in seen if "FROM held" in one]) == 1
