"""Many groups at once: who is meant, what is done, what is put back, and what happens when the ground moves."""

from typing import Any

import pytest
import sqlalchemy as sa

from community.announcements.models import Announcement
from community.bulk.views import WORKS
from community.database import db, writing
from community.errands.models import Deed, Errand
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.invitations.models import Invitation
from community.people.models import Person
from tests.conftest import Stage
from tests.errands.counting import batch
from tests.sample import some


@pytest.fixture
def wards(stage: Stage) -> list[int]:
    """Sixty groups inside Grade 3, of two kinds; the first has one inside."""
    with stage.app.app_context(), writing():
        parent = db.session.get_one(Group, stage.grades[3])
        looks = {"language": "hi", "picture": "hut", "colour": "neem"}
        made = [
            Group.plant(parent, name=f"वार्ड {place}", level="Ward" if place % 2 else "Booth", position=place, **looks)
            for place in range(60)
        ]
        Group.plant(made[0], name="गली", **looks)
        db.session.commit()
        return [group.id for group in made]


def do(stage: Stage, work: str, part: str = "head", group: int = 0, **form: Any) -> int:
    """The number of the errand that this form began; all of it is done."""
    where = group or stage.grades[3]
    answer = stage.browser(part).post(f"/groups/{where}/bulk/{work}", data=form)
    assert answer.status_code == 303, answer.text
    batch(stage, 9)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def undo(stage: Stage, number: int) -> None:
    assert stage.browser("head").post(f"/errands/{number}/undo").status_code == 303
    batch(stage, 9)


def state(stage: Stage) -> list[tuple[Any, ...]]:
    with stage.app.app_context():
        fields = (Group.id, Group.path, Group.rests, Group.archived_at.is_(None), Group.picture, Group.colour)
        return [tuple(row) for row in db.session.execute(sa.select(*fields).order_by(Group.id))]


def outcomes(stage: Stage, number: int) -> list[tuple[str, str]]:
    with stage.app.app_context():
        rows = sa.select(Deed.outcome, Deed.reason).where(Deed.errand_id == number).order_by(Deed.number)
        return [(outcome, reason) for outcome, reason in db.session.execute(rows)]


def field(stage: Stage, number: int, name: str) -> Any:
    with stage.app.app_context():
        return db.session.scalar(sa.select(getattr(Group, name)).where(Group.id == number))


@pytest.mark.patient
def test_all_that_fit_can_be_chosen_by_name_kind_and_place(stage: Stage, wards: list[int]) -> None:
    head, at = stage.browser("head"), f"/groups/{stage.grades[3]}/bulk"
    page = head.get(f"{at}?lang=en").text
    assert "All: 61 groups" in page
    assert page.count('name="pick"') == 50
    assert "All: 30 groups" in head.get(f"{at}?lang=en&level=Ward").text
    assert "All: 1 group<" in head.get(f"{at}?lang=en&q=gali").text
    assert "All: 60 groups" in head.get(f"{at}?lang=en&q=vaard").text
    assert head.get(f"{at}?page=1").text.count('name="pick"') == 11
    assert f'href="{at}"' in head.get(f"/groups/{stage.grades[3]}/settings").text


@pytest.mark.patient
def test_nothing_chosen_is_said_in_words(stage: Stage, wards: list[int]) -> None:
    head, at = stage.browser("head"), f"/groups/{stage.grades[3]}/bulk/archive"
    assert "Tick some groups first." in head.get(f"{at}?lang=en").text
    assert head.post(at, data={"pick": str(stage.grades[4])}).status_code == 422, "a group beside is not inside"
    assert head.post(at, data={"pick": str(stage.grades[3])}).status_code == 422, "nor is the top itself"


@pytest.mark.parametrize("work", some(["archive", "looks", "move", "invite"], "works", normally=3))
def test_it_is_done_and_put_back_as_it_was(stage: Stage, wards: list[int], work: str) -> None:
    before = state(stage)
    form = {
        "archive": {},
        "looks": {"picture": "tree", "colour": "jamun"},
        "move": {"parent": stage.grades[4]},
        "invite": {},
    }
    number = do(stage, work, all="1", level="Booth" if work != "looks" else "", **form[work])
    assert set(outcomes(stage, number)) == {("done", "")}
    assert (state(stage) == before) == (work == "invite")
    undo(stage, number)
    assert state(stage) == before
    assert {outcome for outcome, _why in outcomes(stage, number)} == {"undone"}


@pytest.mark.patient
def test_what_rests_is_brought_back(stage: Stage, wards: list[int]) -> None:
    do(stage, "archive", pick=wards[:3])
    assert [field(stage, number, "rests") for number in wards[:4]] == [True, True, True, False]
    assert "All: 3 groups" in stage.browser("head").get(f"/groups/{stage.grades[3]}/bulk?resting=1&lang=en").text
    number = do(stage, "return", all="1", resting="1")
    assert [field(stage, number, "rests") for number in wards[:4]] == [False] * 4
    undo(stage, number)
    assert [field(stage, number, "rests") for number in wards[:4]] == [True, True, True, False]


@pytest.mark.patient
def test_what_is_inside_a_chosen_group_goes_with_it(stage: Stage, wards: list[int]) -> None:
    number = do(stage, "move", all="1", q="", parent=stage.grades[4])
    assert len(outcomes(stage, number)) == 60, "the one inside is no deed of its own"
    with stage.app.app_context():
        inside = db.session.scalars(sa.select(Group).where(Group.name == "गली")).one()
        assert inside.parent_id == wards[0]
        assert inside.ancestors[-2:] == [stage.grades[4], wards[0]]


@pytest.mark.patient
def test_looks_need_one_of_them(stage: Stage, wards: list[int]) -> None:
    answer = stage.browser("head").post(f"/groups/{stage.grades[3]}/bulk/looks?lang=en", data={"all": "1"})
    assert answer.status_code == 422
    assert "Choose a picture or a colour." in answer.text


@pytest.mark.patient
def test_messages_and_a_sheet_are_made_for_each_group(stage: Stage, wards: list[int]) -> None:
    number = do(stage, "invite", pick=wards[:14])
    head = stage.browser("head")
    assert f"/errands/{number}/invitations" in head.get(f"/errands/{number}").text
    with stage.app.app_context():
        codes = [
            one.code for one in db.session.scalars(sa.select(Invitation).where(Invitation.group_id.in_(wards[:14])))
        ]
    page = head.get(f"/errands/{number}/invitations").text
    assert len(codes) == 14
    assert all(f"/j/{code}" in page for code in codes)
    sheet = head.get(f"/errands/{number}/invitations?sheet=1").text
    assert sheet.count('class="qrbox"') == 12
    assert "page=1&amp;sheet=1" in sheet
    undo(stage, number)
    assert not any(code in head.get(f"/errands/{number}/invitations").text for code in codes)


def test_an_admin_removed_while_her_job_runs(stage: Stage, wards: list[int]) -> None:
    head = stage.browser("head")
    answer = head.post(f"/groups/{stage.grades[3]}/bulk/archive", data={"all": "1"})
    batch(stage)
    with stage.app.app_context(), writing():
        db.session.execute(sa.delete(Membership).where(Membership.person_id == stage.people["head"]))
        db.session.commit()
    batch(stage, 5)
    assert sum(field(stage, number, "rests") for number in wards) == 50
    with stage.app.app_context():
        errand = db.session.scalars(sa.select(Errand)).one()
        assert (errand.done, errand.stopped_for) == (50, "role")
    assert head.get(answer.headers["Location"]).status_code == 200


def test_a_branch_that_is_archived_or_moved_away_meanwhile(stage: Stage, wards: list[int]) -> None:
    head = stage.browser("head")
    answer = head.post(f"/groups/{stage.grades[3]}/bulk/invite", data={"pick": wards[:6]})
    with stage.app.app_context(), writing():
        by = db.session.get_one(Person, stage.people["head"])
        db.session.get_one(Group, wards[1]).archive(by)
        db.session.get_one(Group, wards[2]).move_below(db.session.get_one(Group, stage.grades[4]))
        db.session.commit()
    batch(stage, 3)
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    said = outcomes(stage, number)
    assert sorted(said) == sorted([("done", "")] * 4 + [("refused", "rests"), ("refused", "gone")])
    page = head.get(f"/errands/{number}?lang=en").text
    assert "It rests." in page
    assert "It is not here any more, or not in your part of the tree." in page


@pytest.mark.patient
def test_a_new_place_is_asked_for_each_time(stage: Stage, wards: list[int]) -> None:
    """Who leads both places when she begins may have lost one of them when the work is done."""
    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, stage.people["english reader"])
        for grade in (3, 4):
            admit(db.session.get_one(Group, stage.grades[grade]), person, role="admin")
        db.session.execute(
            sa.update(Membership)
            .where(Membership.person_id == person.id, Membership.group_id.in_([stage.grades[3], stage.grades[4]]))
            .values(role="admin")
        )
        db.session.commit()
    browser = stage.browser("english reader")
    form = {"pick": wards[:3], "parent": stage.grades[4]}
    answer = browser.post(f"/groups/{stage.grades[3]}/bulk/move", data=form)
    assert answer.status_code == 303
    with stage.app.app_context(), writing():
        hers = (Membership.person_id == stage.people["english reader"], Membership.group_id == stage.grades[4])
        db.session.execute(sa.update(Membership).where(*hers).values(role="member"))
        db.session.commit()
    batch(stage, 3)
    assert {field(stage, number, "parent_id") for number in wards[:3]} == {stage.grades[3]}
    assert browser.post(f"/groups/{stage.grades[3]}/bulk/move", data=form).status_code == 404


@pytest.mark.patient
def test_who_looks_after_them_is_told(stage: Stage, wards: list[int]) -> None:
    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, stage.people["english reader"])
        admit(db.session.get_one(Group, wards[0]), person, role="admin")
        db.session.commit()
    head = stage.browser("head")
    refused = head.post(f"/groups/{stage.grades[3]}/bulk/tell?lang=en", data={"pick": wards[:2]})
    assert refused.status_code == 422
    assert "Say something, or write it here." in refused.text
    number = do(stage, "tell", pick=wards[:2], text="सोमवार को बैठक है।")
    assert sorted(outcomes(stage, number)) == [("done", ""), ("refused", "nobody")]
    stage.release_all()
    assert "सोमवार को बैठक है।" in stage.browser("english reader").get("/").text
    assert "सोमवार को बैठक है।" not in stage.browser("parent").get("/").text
    undo(stage, number)
    assert "सोमवार को बैठक है।" not in stage.browser("english reader").get("/").text
    everyone = do(stage, "tell", all="1", text="एक बात")
    assert len(outcomes(stage, everyone)) == 1, "all of a branch are told once"
    with stage.app.app_context():
        assert db.session.get_one(Errand, everyone).given["text"] == ""
        assert db.session.scalars(sa.select(Announcement.id)).all()


def test_a_double_tap_is_one_errand(stage: Stage, wards: list[int]) -> None:
    head, form = stage.browser("head"), {"pick": wards[:3], "key": "one-and-the-same"}
    first, second = (head.post(f"/groups/{stage.grades[3]}/bulk/archive", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


def test_every_work_has_a_word_and_a_page(stage: Stage, wards: list[int]) -> None:
    head = stage.browser("head")
    for name, work in WORKS.items():
        resting = "&resting=1" if work.resting else ""
        page = head.get(f"/groups/{stage.grades[3]}/bulk/{name}?all=1{resting}")
        assert page.status_code == 200
        assert str(work.name)
