"""The list that a community shares: from the ready list, its own, in every language, and nothing that sorts people."""

import pytest
import sqlalchemy as sa

from community.audit.models import AuditEntry
from community.database import Base, db, writing
from community.groups.category import MOST, Category
from community.groups.models import Group, GroupCategory
from community.groups.ready import READY, ready_named
from community.groups.unsaid import sorts_people
from community.languages import LANGUAGES, speaking
from community.people.pictures import GROUP_PICTURES, ROOMS
from tests.conftest import Stage

pytestmark = pytest.mark.sampled

SORTS = ("caste", "religion", "jati", "voter", "aadhaar", "aadhar", "gender", "ethnicity")


def known(stage: Stage, **what: str) -> list[Category]:
    with stage.app.app_context():
        return [
            one for one in Category.of(stage.school) if all(getattr(one, name) == is_ for name, is_ in what.items())
        ]


def add(stage: Stage, part: str = "head", **form: str) -> int:
    return int(stage.browser(part).post(f"/groups/{stage.school}/categories", data=form).status_code)


def test_everything_on_the_ready_list_is_there_to_be_drawn() -> None:
    assert {one.picture for one in READY.values()} <= set(GROUP_PICTURES)
    assert {one.colour for one in READY.values()} <= set(ROOMS)
    assert len({str(key) for key in READY}) == len(READY)


def test_one_of_the_ready_list_is_taken_with_a_tap_and_once(stage: Stage) -> None:
    assert add(stage, ready="farmers") == add(stage, ready="farmers") == 303
    (made,) = known(stage, key="farmers")
    assert (made.picture, made.colour) == ("rice", "neem")
    assert add(stage, ready="nothing") == 404


def test_each_reader_sees_it_in_her_language(stage: Stage) -> None:
    add(stage, ready="grade-3")
    with stage.app.app_context():
        (grade,) = Category.of(stage.school)[-1:]
        for code in LANGUAGES:
            with speaking(code):
                assert grade.name_in_my_language == READY["grade-3"].name
                assert grade.language_of_name == code
        with speaking("hi"):
            hindi = grade.name_in_my_language
        with speaking("ta"):
            assert grade.name_in_my_language != hindi


def test_a_ready_made_school_has_its_grades_from_the_ready_list(stage: Stage) -> None:
    form = {"shape": "school", "size": "5", "extra": "1", "key": "another-school"}
    school = stage.browser("head").post("/communities", data=form).location.rsplit("/", 1)[1]
    with stage.app.app_context():
        keys = {one.key for one in Category.of(int(school))}
    assert keys == {f"grade-{number}" for number in range(1, 6)} | {"hindi", "english", "maths", "world"}


def test_a_name_of_the_ready_list_is_it_in_whatever_language_it_is_typed(stage: Stage) -> None:
    with stage.app.app_context(), speaking("hi"):
        typed = READY["volunteers"].name
    assert add(stage, name=f"  {typed} ") == 303
    assert [one.name for one in known(stage, key="volunteers")] == [typed]
    assert add(stage, name="VOLUNTEERS") == 422
    assert add(stage, ready="volunteers") == 303
    assert len(known(stage, key="volunteers")) == 1


@pytest.mark.parametrize("again", ["BEE keepers", "bee  keepers", "Bee keepers", "Bee\u200d keepers"])
def test_a_name_in_another_case_or_spelling_is_the_same(stage: Stage, again: str) -> None:
    assert add(stage, name="Bee keepers") == 303
    head = stage.browser("head")
    refused = head.post(f"/groups/{stage.school}/categories", data={"name": again, "picture": "cow"})
    assert refused.status_code == 422
    assert (
        "There is a category with this name already." in head.get("/language").text or 'id="wrong-name"' in refused.text
    )
    assert 'value="' in refused.text
    assert len(known(stage, name="Bee keepers")) == 1


def test_there_is_no_sixty_first(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        for number in range(MOST - len(Category.of(stage.school))):
            Category.make(stage.school, f"Street {number}", "en", "road", "mor")
        last = Category.of(stage.school)[-1].id
        db.session.commit()
    assert add(stage, name="One more") == add(stage, ready="drivers") == 422
    head = stage.browser("head")
    assert head.post(f"/categories/{last}/retirement").status_code == 303
    assert add(stage, ready="drivers") == 303
    assert head.post(f"/categories/{last}/return").status_code == 409
    assert len(known(stage)) == MOST


def test_looks_and_an_own_name_change_and_a_ready_one_keeps_its_name(stage: Stage) -> None:
    head = stage.browser("head")
    add(stage, name="Bee keepers")
    add(stage, ready="farmers")
    (own,), (ready,) = known(stage, name="Bee keepers"), known(stage, key="farmers")
    for one in (own, ready):
        form = {"name": "Honey", "picture": "tree", "colour": "jamun"}
        assert head.post(f"/categories/{one.id}", data=form).status_code == 303
    assert known(stage, name="Honey")[0].id == own.id
    assert (known(stage, key="farmers")[0].name, known(stage, key="farmers")[0].picture) == ("Farmers", "tree")
    assert head.post(f"/categories/{own.id}", data={"name": "farmers"}).status_code == 422
    assert head.post(f"/categories/{own.id}", data={"name": "HONEY"}).status_code == 303
    assert head.post(f"/categories/{own.id}", data={"name": "Muslims"}).status_code == 422


def test_what_is_retired_is_given_no_more_and_comes_back(stage: Stage) -> None:
    head, grade = stage.browser("head"), stage.grades[3]
    add(stage, ready="farmers")
    (made,) = known(stage, key="farmers")
    given = {"category": [str(made.id)]}
    head.post(f"/groups/{grade}/category", data=given)
    answer = head.post(f"/categories/{made.id}/retirement")
    assert f"/categories/{made.id}/return" in head.get(answer.location).text
    assert known(stage, key="farmers") == []
    assert head.post(f"/groups/{stage.grades[2]}/category", data=given).status_code == 404
    assert head.post(f"/groups/{grade}/category", data=given).status_code == 303  # what it carries, it may keep
    assert add(stage, name="farmers") == 422
    head.post(f"/categories/{made.id}/return")
    assert known(stage, key="farmers")[0].id == made.id
    head.post(f"/categories/{made.id}/retirement")
    assert add(stage, ready="farmers") == 303
    assert known(stage, key="farmers")[0].id == made.id


def test_a_group_carries_several_and_six_at_most(stage: Stage) -> None:
    grade, teacher = stage.grades[3], stage.browser("teacher")
    for key in list(READY)[:7]:
        add(stage, ready=key)
    some = [one.id for one in known(stage)]
    assert teacher.post(f"/groups/{grade}/category", data={"category": ["0", *some[:3]]}).status_code == 303
    with stage.app.app_context():
        assert [one.id for one in db.session.get_one(Group, grade).own_categories] == some[:3]
    refused = teacher.post(f"/groups/{grade}/category", data={"category": some[:7]})
    assert refused.status_code == 422
    assert refused.text.count(" checked") == 7
    teacher.post(f"/groups/{grade}/category", data={"category": "0"})
    with stage.app.app_context():
        assert db.session.get_one(Group, grade).own_categories == []
    assert teacher.post(f"/groups/{grade}/category", data={"category": "999999"}).status_code == 404


def test_giving_costs_the_same_for_few_groups_as_for_many(stage: Stage) -> None:
    costs = []
    for many in (1, 40):
        with stage.app.test_request_context(), writing():
            school = db.session.get_one(Group, stage.school)
            for number in range(many):
                Group.plant(school, name=f"{many} {number}", language="en", picture="tree", colour="mor")
            women = Category.make(school.id, f"Street {many}", "en", "road", "mor")
            asked: list[str] = []
            sa.event.listen(db.engine, "before_cursor_execute", lambda *seen, asked=asked: asked.append(seen[2]))
            school.carry(women)
            costs.append(len(asked))
            school.carry()
            db.session.commit()
            carried = sa.select(sa.func.count()).where(GroupCategory.category_id == women.id)
            assert db.session.scalar(carried) == 0
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    "name", ["Caste list", "हिन्दू", "हिंदू बहनें", "आधार", "مسلمان", "Voter slips", "சாதி", "Dalit women", "ভোটার"]
)
def test_a_name_that_sorts_people_is_refused_and_kept_in_the_form(stage: Stage, name: str) -> None:
    refused = stage.browser("head").post(f"/groups/{stage.school}/categories", data={"name": name})
    assert refused.status_code == 422
    assert name in refused.text
    assert known(stage, name=name) == []


@pytest.mark.parametrize(
    "name", ["Hindi", "धर्मशाला रोड", "Castle Road", "Sikhar", "SC College", "Jain Nagar", "महिलाएँ"]
)
def test_a_name_that_only_looks_like_it_is_taken(name: str) -> None:
    assert not sorts_people(name)


def test_nothing_on_the_ready_list_sorts_people_in_any_language(stage: Stage) -> None:
    with stage.app.app_context():
        for code in LANGUAGES:
            with speaking(code):
                assert [one.name for one in READY.values() if sorts_people(one.name)] == []
        assert ready_named("nobody calls it so") is None


def test_no_column_has_room_for_caste_religion_or_the_number_of_a_card() -> None:
    columns = [f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns]
    assert len(columns) > 100
    assert [name for name in columns if any(word in name.lower() for word in SORTS)] == []


def test_the_list_is_for_who_leads_the_top_group(stage: Stage) -> None:
    assert add(stage, "teacher", name="Bee keepers") == add(stage, "parent", ready="women") == 404
    assert f"/groups/{stage.school}/categories" in stage.browser("head").get(f"/groups/{stage.school}/settings").text


def test_every_deed_is_noted(stage: Stage) -> None:
    add(stage, ready="farmers")
    (made,), head = known(stage, key="farmers"), stage.browser("head")
    head.post(f"/categories/{made.id}", data={"picture": "cow"})
    head.post(f"/categories/{made.id}/retirement")
    head.post(f"/categories/{made.id}/return")
    with stage.app.app_context():
        noted = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action.startswith("category ")))
        assert list(noted) == [f"category {what}" for what in ("added", "changed", "retired", "brought back")]
