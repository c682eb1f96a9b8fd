"""Who holds what: members see who oversees them, admins see the next step, too."""

from community.database import db
from community.people.models import Person
from tests.conftest import Stage
from tests.delegation.scene import category_of, handed, offered, statements, take
from tests.groups.town import let_in


def page(stage: Stage, part: str, group_id: int) -> str:
    return str(stage.browser(part).get(f"/groups/{group_id}/roles").text)


def test_a_member_sees_who_oversees_her_and_no_more(stage: Stage) -> None:
    said = page(stage, "member", stage.grades[3])
    for part in ("head", "teacher"):
        assert name(stage, part) in said
    assert "/memberships/" not in said
    assert "/appointments/" not in said
    assert stage.browser("member").get(f"/groups/{stage.grades[1]}/roles").status_code == 404


def name(stage: Stage, part: str) -> str:
    with stage.app.app_context():
        return db.session.get_one(Person, stage.people[part]).name or ""


def test_who_leads_sees_the_next_step_and_what_is_offered(stage: Stage) -> None:
    where = offered(stage, "head", stage.school, "moderator")
    said = page(stage, "head", stage.school)
    assert name(stage, "teacher") in said
    assert "/appointments/" in said
    assert name(stage, "teacher") not in page(stage, "member", stage.school)
    assert take(stage.browser("member"), where) == 303
    assert name(stage, "member") in page(stage, "urdu parent", stage.grades[3])


def test_from_whom_stands_beside_it(stage: Stage) -> None:
    take(stage.browser("member"), handed(stage, "teacher", "member", stage.grades[3]))
    said = page(stage, "member", stage.grades[3])
    assert name(stage, "teacher") in said
    assert name(stage, "member") in said


def test_an_officer_stands_where_her_office_holds(stage: Stage) -> None:
    category = str(category_of(stage, stage.grades[3]))
    take(stage.browser("english reader"), offered(stage, "head", stage.school, "admin", category=category))
    assert name(stage, "english reader") in page(stage, "member", stage.grades[3])
    let_in(stage, "member", stage.grades[1])
    assert name(stage, "english reader") not in page(stage, "member", stage.grades[1])
    assert "/offices/" in page(stage, "head", stage.school)


def test_a_parent_with_a_role_and_two_children_stands_there_once(stage: Stage) -> None:
    let_in(stage, "urdu parent", stage.grades[3], nickname="Second")
    held = let_in(stage, "urdu parent", stage.grades[3])
    stage.browser("teacher").post(f"/memberships/{held}/role", data={"role": "moderator"})
    assert page(stage, "member", stage.grades[3]).count(name(stage, "urdu parent")) == 1


def test_an_officers_board_asks_for_all_its_doors_at_once(stage: Stage) -> None:
    category = str(category_of(stage, stage.grades[3]))
    asked = {}
    for part in ("member", "english reader"):
        browser = stage.browser(part)
        if part == "english reader":
            take(browser, offered(stage, "head", stage.school, "admin", category=category))
        let_in(stage, part, stage.school)
        browser.get(f"/groups/{stage.school}")
        with stage.app.app_context(), statements() as said:
            assert browser.get(f"/groups/{stage.school}").status_code == 200
        asked[part] = sum("group_category" in one for one in said)
    assert asked["english reader"] <= asked["member"] + 2
