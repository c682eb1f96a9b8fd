"""Each new group of a level gets the same groups inside; what is there already gets them by an errand, nothing twice."""

import pytest
import sqlalchemy as sa

from community.database import db, writing
from community.delegation.levels import LevelTemplate, TemplateGroup
from community.errands.models import Errand
from community.groups.membership import Membership
from community.groups.models import DEEPEST, Group
from tests.conftest import Browser, Stage
from tests.delegation.scene import category_of, count
from tests.groups.town import let_in
from tests.promises import keep_all

pytestmark = pytest.mark.sampled


def template_of(stage: Stage, *names: str, level: str = "District", category: int = 0) -> str:
    """The address of a template of the school with these groups in it."""
    head = stage.browser("head")
    where = str(head.post(f"/groups/{stage.school}/templates", data={"level": level}).location)
    for name in names:
        assert head.post(f"{where}/groups", data={"name": name, "category": str(category or "")}).status_code == 303
    return where


def planted(browser: Browser, parent: int, level: str = "District", name: str = "Pune") -> int:
    answer = browser.post(f"/groups/{parent}/groups", data={"name": name, "level": level})
    assert answer.status_code == 303
    return int(answer.location.rpartition("/")[2])


def inside(stage: Stage, group_id: int) -> list[str]:
    with stage.app.app_context():
        awake = sa.select(Group.name).where(Group.parent_id == group_id, Group.archived_at.is_(None))
        return sorted(db.session.scalars(awake))


def done(stage: Stage, where: str, key: str = "a") -> int:
    """The number of the errand, when it is over."""
    answer = stage.browser("head").post(f"{where}/errand", data={"key": key})
    assert answer.status_code == 303
    with stage.app.app_context():
        keep_all()
    return int(answer.location.rpartition("/")[2])


def test_each_new_group_of_the_level_gets_them(stage: Stage) -> None:
    category = category_of(stage, stage.grades[3])
    template_of(stage, "Farmers", "Women", category=category)
    head = stage.browser("head")
    made = planted(head, stage.school)
    assert inside(stage, made) == ["Farmers", "Women"]
    assert inside(stage, planted(head, made, "Block")) == []
    assert inside(stage, planted(stage.browser("teacher"), stage.grades[3])) == ["Farmers", "Women"]
    with stage.app.app_context():
        children = db.session.scalars(sa.select(Group).where(Group.parent_id == made, Group.level == ""))
        assert {own.id for child in children for own in child.own_categories} == {category}


def test_a_template_never_calls_itself(stage: Stage) -> None:
    """Not even where its own groups bear the name of the level."""
    template_of(stage, "District", "Pune")
    made = planted(stage.browser("head"), stage.school)
    assert inside(stage, made) == ["District", "Pune"]
    before = count(stage, Group)
    done(stage, template_of(stage))
    assert count(stage, Group) == before


def test_what_is_there_gets_them_once_however_often(stage: Stage) -> None:
    head = stage.browser("head")
    old = [planted(head, stage.school, name=f"Old {number}") for number in range(3)]
    planted(head, old[0], "", "Women")
    where = template_of(stage, "Farmers", "Women")
    assert [inside(stage, one) for one in old] == [["Women"], [], []]
    done(stage, where)
    assert [inside(stage, one) for one in old] == [["Farmers", "Women"]] * 3
    done(stage, where, "b")
    assert [inside(stage, one) for one in old] == [["Farmers", "Women"]] * 3


def test_what_was_renamed_or_put_to_rest_is_not_made_again(stage: Stage) -> None:
    head, where = stage.browser("head"), template_of(stage, "Farmers", "Women")
    made = planted(head, stage.school)
    with stage.app.app_context(), writing():
        farmers, women = db.session.scalars(sa.select(Group).where(Group.parent_id == made).order_by(Group.name))
        farmers.name, women.archived_at = "Growers", women.created
        db.session.commit()
    done(stage, where)
    assert inside(stage, made) == ["Growers"]


def test_undo_lets_rest_what_is_empty_and_nothing_else(stage: Stage) -> None:
    old = planted(stage.browser("head"), stage.school)
    errand = done(stage, template_of(stage, "Farmers", "Women"))
    with stage.app.app_context():
        women = db.session.scalars(sa.select(Group.id).where(Group.parent_id == old, Group.name == "Women")).one()
    let_in(stage, "member", women)
    assert stage.browser("head").post(f"/errands/{errand}/undo").status_code == 303
    with stage.app.app_context():
        keep_all()
    assert inside(stage, old) == ["Women"]


def test_an_errand_stops_when_its_admin_has_lost_the_role(stage: Stage) -> None:
    old, where = planted(stage.browser("head"), stage.school), template_of(stage, "Farmers")
    let_in(stage, "teacher", stage.school, "admin")
    teacher = stage.browser("teacher")
    errand = int(teacher.post(f"{where}/errand", data={"key": "a"}).location.rpartition("/")[2])
    with stage.app.app_context(), writing():
        here = (Membership.person_id == stage.people["teacher"], Membership.group_id == stage.school)
        db.session.execute(sa.update(Membership).where(*here).values(role="member"))
        db.session.commit()
        keep_all()
        assert db.session.get_one(Errand, errand).stopped_for == "role"
    assert inside(stage, old) == []


def test_where_the_tree_is_too_deep_the_group_stands_without(stage: Stage) -> None:
    template_of(stage, "Farmers")
    with stage.app.app_context(), writing():
        at = db.session.get_one(Group, stage.school)
        while len(at.lineage) < DEEPEST - 1:
            at = Group.plant(at, name="g", language="en", picture="tree", colour="mor")
        db.session.commit()
        deepest = at.id
    assert inside(stage, planted(stage.browser("head"), deepest)) == []


@pytest.mark.parametrize("by", ["teacher", "member"])
def test_only_who_looks_after_the_branch_says_what_it_gets(stage: Stage, by: str) -> None:
    where, browser = template_of(stage, "Farmers"), stage.browser(by)
    assert browser.get(where).status_code == browser.get(f"/groups/{stage.school}/templates").status_code == 404
    for what in ("groups", "errand", "removal"):
        assert browser.post(f"{where}/{what}", data={"name": "x"}).status_code == 404
    assert count(stage, TemplateGroup) == 1


def test_a_template_has_room_for_eight(stage: Stage) -> None:
    where, head = template_of(stage, *"abcdefgh"), stage.browser("head")
    assert head.post(f"{where}/groups", data={"name": "i"}).status_code == 409
    assert head.post(f"{where}/groups", data={"name": ""}).status_code == 422
    with stage.app.app_context():
        first = db.session.scalars(sa.select(TemplateGroup.id)).first()
    assert head.post(f"{where}/groups/{first}/removal").status_code == 303
    assert count(stage, TemplateGroup) == 7
    assert head.post(f"{where}/removal").status_code == 303
    assert count(stage, LevelTemplate) == count(stage, TemplateGroup) == 0


def test_a_category_of_another_community_is_none(stage: Stage) -> None:
    where = template_of(stage)
    assert stage.browser("head").post(f"{where}/groups", data={"name": "x", "category": "987654"}).status_code == 404
