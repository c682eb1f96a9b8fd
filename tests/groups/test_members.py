"""The list of people: each once, children only for their parent and for who looks after the group."""

import sqlalchemy as sa

from community.database import db, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.groups.roster import PAGE, Roster
from community.people.models import Person
from tests.conftest import Stage
from tests.groups.town import let_in, membership_id


def test_a_parent_of_two_in_one_grade_is_there_once(stage: Stage) -> None:
    grade = stage.grades[2]
    let_in(stage, "parent", grade, nickname="Second")
    with stage.app.app_context():
        roster = Roster.of(db.session.get_one(Group, grade))
    assert (roster.count, len(roster.entries)) == (1, 1)
    assert len(roster.entries[0].children) == 2


def test_a_parent_is_in_two_schools(stage: Stage) -> None:
    head = stage.browser("head")
    answer = head.post("/communities", data={"shape": "school", "size": "5", "key": "another-school"})
    with stage.app.app_context():
        other = int(answer.location.rsplit("/", 1)[1])
        grade = db.session.scalar(sa.select(Group.id).where(Group.parent_id == other, Group.picture == "n2"))
    assert grade
    let_in(stage, "parent", grade, nickname="There")
    parent = stage.browser("parent")
    assert parent.get(f"/groups/{grade}").status_code == 200
    assert parent.get(f"/groups/{stage.grades[2]}").status_code == 200


def test_children_are_for_their_parent_and_for_who_looks_after(stage: Stage) -> None:
    path = f"/groups/{stage.grades[3]}/members"
    faces = {
        part: stage.browser(part).get(path).text.count('class="face') for part in ("member", "urdu parent", "teacher")
    }
    assert faces["urdu parent"] == faces["teacher"] == faces["member"] + 1


def test_who_does_not_hear_the_group_does_not_see_its_people(stage: Stage) -> None:
    assert stage.browser("member").get(f"/groups/{stage.grades[1]}/members").status_code == 404
    assert stage.browser("head").get(f"/groups/{stage.grades[1]}/members").status_code == 200


def test_a_plain_member_gets_no_way_to_others(stage: Stage) -> None:
    page = stage.browser("member").get(f"/groups/{stage.grades[3]}/members").text
    own = membership_id(stage, "member", stage.grades[3])
    assert page.count("/memberships/") == page.count(f"/memberships/{own}") == 1


def test_many_people_come_page_by_page_in_few_questions(stage: Stage) -> None:
    grade = stage.grades[1]
    with stage.app.test_request_context(), writing():
        group = db.session.get_one(Group, grade)
        for number in range(PAGE + 7):
            person = Person(name=f"P{number}", picture="leaf", colour="mor", language="en")
            db.session.add(person)
            db.session.flush()
            admit(group, person)
        db.session.commit()
    head = stage.browser("head")
    first, second = (head.get(f"/groups/{grade}/members?page={page}").text for page in (0, 1))
    assert [page.count("/memberships/") for page in (first, second)] == [PAGE, 7]
    assert "page=1" in first
    assert "page=2" not in second
    asked: list[str] = []
    with stage.app.app_context():
        group = db.session.get_one(Group, grade)
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        roster = Roster.of(group)
        assert [entry.person.name for entry in roster.entries][:2] == ["P0", "P1"]
        sa.event.remove(db.engine, "before_cursor_execute", listener)
    assert len(asked) == 3
