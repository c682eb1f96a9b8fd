"""A sheet comes into the tree: first as a dry run, then part by part; again it changes nothing; and out again."""

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from community.audit.models import AuditEntry
from community.bringing import models, work
from community.bringing.models import BroughtSheet, SheetPart
from community.database import db, now, writing
from community.groups.membership import Membership, admit
from community.groups.models import Category, Group, GroupCategory
from community.outbox.embedded import run_due
from community.people.models import Person
from tests.bringing.conftest import Office
from tests.bringing.sheets import csv_of

pytestmark = pytest.mark.sampled

TREE = csv_of([
    ["code", "parent", "name", "level", "category"],
    ["p2", "d1", "Danapur", "Block", "Farmers"],
    ["d1", "", "Patna", "District", "Women"],
    ["v1", "p2", "Usri", "Village", ""],
    ["d2", "", "Gaya", "District", ""],
])  # fmt: skip


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of two places each."""
    monkeypatch.setattr(work, "PART", 2)


def test_the_dry_run_says_what_would_be_and_writes_nothing(office: Office) -> None:
    before = office.groups()
    address = office.tried(TREE + b"\r\nx1,nowhere,Lost,Block,\r\nd2,,Again,,")
    page = office.browser.get(address).text
    assert "No place has the code nowhere." in page
    assert "Row 5 has the same code." in page
    sheet = office.sheet(address)
    assert sheet.counts == {"make": 4, "change": 0, "same": 0, "out": 2, "problems": 2, "bearers": 0}
    assert office.groups() == before
    assert office.ask(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(Category))) is not None
    assert not office.by_code()


def test_places_come_in_below_their_parents_whatever_the_order(office: Office, small: None) -> None:
    sheet = office.brought(TREE)
    assert (sheet.state, sheet.made, sheet.refused, sheet.parts) == ("done", 4, 0, 2)
    found = office.by_code()
    root = office.ask(lambda: db.session.get_one(Group, office.root))
    for code, above in (("d1", root), ("d2", root), ("p2", found["d1"]), ("v1", found["p2"])):
        group = found[code]
        assert group.parent_id == above.id
        assert group.path == f"{above.path}{group.id}/"
        assert group.ancestors == [*above.ancestors, above.id]
        assert (group.zone, group.community_id) == (root.zone, root.id)
    assert found["d2"].position == found["d1"].position + 1
    assert office.browser.get(f"/groups/{found['v1'].id}").status_code == 200


def test_categories_come_from_above_as_if_they_were_given_by_hand(office: Office, small: None) -> None:
    office.brought(TREE)
    found = office.by_code()

    def carried(code: str) -> set[tuple[str, bool]]:
        rows = sa.select(Category.name, GroupCategory.own).join(Category, Category.id == GroupCategory.category_id)
        return {tuple(row) for row in db.session.execute(rows.where(GroupCategory.group_id == found[code].id))}

    with office.app.app_context():
        assert carried("d1") == {("Women", True)}
        assert carried("p2") == {("Women", False), ("Farmers", True)}
        assert carried("v1") == {("Women", False), ("Farmers", False)}
        assert carried("d2") == set()
    office.brought(
        TREE.replace(b"Gaya,District,", b"Gaya,District,Traders").replace(
            b"Patna,District,Women", b"Patna,District,Women; Traders"
        )
    )
    with office.app.app_context():
        assert carried("d2") == {("Traders", True)}
        assert carried("v1") == {("Women", False), ("Farmers", False), ("Traders", False)}


def test_the_same_sheet_again_changes_nothing_and_a_new_name_renames(office: Office) -> None:
    office.brought(TREE)
    before = office.groups()
    again = office.brought(TREE)
    assert (again.made, again.changed, again.counts["same"]) == (0, 0, 4)
    assert office.groups() == before
    renamed = office.brought(TREE.replace(b"Danapur", "दानापुर".encode()))
    assert (renamed.made, renamed.changed) == (0, 1)
    assert office.by_code()["p2"].name == "दानापुर"
    assert [row[:3] for row in office.groups()] == [row[:3] for row in before]


def test_a_double_tap_brings_one_sheet(office: Office) -> None:
    assert office.bring(TREE, key="k").headers["Location"] == office.bring(TREE, key="k").headers["Location"]
    address = office.tried(TREE, key="k")
    for _tap in range(2):
        office.say(address, "bringing")
    office.keep()
    assert office.sheet(address).made == 4


def test_whoever_dies_in_between_loses_no_place_and_repeats_none(
    office: Office, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = office.tried(TREE)
    office.say(address, "bringing")
    made = work.invite

    def dies(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with office.app.app_context():
        assert run_due.__globals__["_claimed"]  # the first part is due
        monkeypatch.setattr(work, "invite", dies)
        with pytest.raises(KeyboardInterrupt):
            run_due()
        db.session.rollback()
    assert not office.by_code()
    monkeypatch.setattr(work, "invite", made)
    with time_machine.travel(now() + timedelta(minutes=2)):
        office.keep()
    assert office.sheet(address).made == 4
    assert len(office.by_code()) == 4


def test_an_admin_who_is_removed_meanwhile_stops_it_and_the_page_says_why(office: Office, small: None) -> None:
    with office.app.app_context(), writing():
        other = Person(name="Ravi", picture="cow", colour="mor", language="en")
        admit(db.session.get_one(Group, office.root), other, role="admin")
        db.session.commit()
        ravi = other.id
    his = office.stage.signed_in(ravi)
    address = office.tried(TREE, browser=his)
    office.say(address, "bringing", his)
    with office.app.app_context():
        run_due_once()
        with writing():
            db.session.execute(sa.delete(Membership).where(Membership.person_id == ravi))
            db.session.commit()
    office.keep()
    sheet = office.sheet(address)
    assert (sheet.state, sheet.reason, sheet.made, sheet.done) == ("stopped", "role", 2, 1)
    assert "who began it does not look after this group any more" in office.browser.get(address).text
    assert his.get(address).status_code == 404
    office.say(address, "bringing")  # the head says yes to the rest
    office.keep()
    assert office.sheet(address).made == 4
    assert len(office.by_code()) == 4


def test_a_branch_that_is_moved_meanwhile_takes_the_rest_with_it(office: Office, small: None) -> None:
    branch, other = (office.stage.grades[number] for number in (1, 2))
    address = office.tried(TREE, group=branch)
    office.say(address, "bringing")
    with office.app.app_context():
        run_due_once()
        kept = [*db.session.scalars(sa.select(Group))]  # what this process knows of the tree
        with db.engine.begin() as elsewhere:
            moved = db.session.get_one(Group, other).path + f"{branch}/"
            old = db.session.get_one(Group, branch).path
            for group in kept:
                if group.path.startswith(old):
                    path = moved + group.path[len(old) :]
                    ancestors = [int(part) for part in path.split("/")[1:-2]]
                    elsewhere.execute(
                        sa.update(Group).where(Group.id == group.id).values(path=path, ancestors=ancestors)
                    )
            elsewhere.execute(sa.update(Group).where(Group.id == branch).values(parent_id=other))
        db.session.rollback()
        run_due_once()
    for group in office.by_code().values():
        assert group.path.startswith(moved)
        assert group.path == "/" + "".join(f"{one}/" for one in group.lineage)


def run_due_once() -> None:
    """Exactly one promise: the first part."""
    from community.outbox.batch import run_batch
    from community.outbox.embedded import _claimed

    row = _claimed("here", 9)
    assert row
    assert run_batch(row, "here")


def test_a_group_that_rests_takes_nothing_in(office: Office) -> None:
    address = office.tried(TREE)
    office.say(address, "bringing")
    assert office.browser.post(f"/groups/{office.root}/archive").status_code == 303
    office.keep()
    assert (office.sheet(address).state, office.sheet(address).reason) == ("stopped", "rests")
    assert not office.by_code()


def test_stopping_and_going_on(office: Office, small: None) -> None:
    address = office.tried(TREE)
    office.say(address, "bringing")
    office.say(address, "stop")
    office.keep()
    assert (office.sheet(address).state, office.sheet(address).made) == ("stopped", 0)
    office.say(address, "bringing")
    office.keep()
    assert (office.sheet(address).state, office.sheet(address).made) == ("done", 4)


def test_undo_takes_out_what_it_made_and_puts_names_back(office: Office, small: None) -> None:
    office.brought(TREE)
    before = office.groups()
    more = TREE.replace(b"Patna", b"Patna city") + b"\r\nv2,p2,Maner,Village,\r\nw1,v2,Ward 1,Ward,"
    sheet = office.brought(more)
    assert (sheet.made, sheet.changed) == (2, 1)
    office.say(f"/sheets/{sheet.id}", "undo")
    office.keep()
    undone = office.sheet(f"/sheets/{sheet.id}")
    assert (undone.state, undone.made, undone.changed) == ("undone", 0, 0)
    assert office.groups() == before
    assert {*office.by_code()} == {"d1", "d2", "p2", "v1"}


def test_undo_leaves_where_somebody_came_in_or_something_was_said_and_says_so(office: Office, small: None) -> None:
    sheet = office.brought(TREE)
    found = office.by_code()
    with office.app.app_context(), writing():
        person = Person(name="Asha", picture="cow", colour="mor", language="en")
        admit(db.session.get_one(Group, found["v1"].id), person)
        db.session.commit()
    assert (
        office.browser.post(f"/groups/{found['d2'].id}/announcements", data={"text": "Come", "key": "said"}).status_code
        == 303
    )
    office.say(f"/sheets/{sheet.id}", "undo")
    office.keep()
    assert {*office.by_code()} == {"d1", "d2", "p2", "v1"}  # what somebody's place stands in stays, too
    undone = office.sheet(f"/sheets/{sheet.id}")
    assert (undone.state, undone.made) == ("undone", 4)
    assert "Places that stay" in office.browser.get(f"/sheets/{sheet.id}").text


@pytest.mark.patient
def test_undo_is_over_after_a_week_and_the_sheet_is_forgotten(office: Office) -> None:
    sheet = office.brought(TREE)
    waiting = office.tried(TREE.replace(b"Patna", b"Patna city"))
    with time_machine.travel(now() + timedelta(days=8)):
        assert office.browser.post(f"/sheets/{sheet.id}/undo").status_code in (401, 409)
        office.keep()
    assert office.sheet(waiting).state == "refused"
    assert office.ask(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(SheetPart))) == 0
    assert len(office.by_code()) == 4


def test_two_sheets_do_not_change_the_tree_at_once(office: Office) -> None:
    first, second = office.tried(TREE), office.tried(TREE.replace(b"d1", b"e1"))
    office.say(first, "bringing")
    assert office.browser.post(f"{second}/bringing").status_code == 409
    office.keep()
    office.say(second, "bringing")


def test_a_sheet_reaches_nothing_beside_the_group_that_it_is_for(office: Office) -> None:
    office.brought(TREE)
    inside, beside = office.by_code()["d1"].id, office.by_code()["d2"].id
    address = office.tried(
        csv_of(
            [
                ["code", "parent", "name"],
                ["d2", "", "Mine now"],
                ["n1", "d2", "New"],
                ["n2", "p2", "Right"],
                [f"#{beside}", "", "Mine"],
            ]
        ),
        group=inside,
    )
    page = office.browser.get(address).text
    assert page.count("is a place outside of this group") == 3
    office.say(address, "bringing")
    office.keep()
    assert office.by_code()["d2"].name == "Gaya"
    assert office.by_code()["n2"].parent_id == office.by_code()["p2"].id
    assert "n1" not in office.by_code()


def test_a_place_that_the_tree_has_elsewhere_is_not_moved(office: Office) -> None:
    office.brought(TREE)
    address = office.tried(TREE.replace(b"v1,p2", b"v1,d2"))
    assert "This place stands in another one now" in office.browser.get(address).text


def test_circles_and_what_hangs_on_them_are_left_out(office: Office) -> None:
    rows = [
        ["code", "parent", "name"],
        ["a", "b", "A"],
        ["b", "c", "B"],
        ["c", "a", "C"],
        ["d", "a", "D"],
        ["e", "e", "E"],
        ["f", "", "F"],
    ]
    address = office.tried(csv_of(rows))
    kinds = {row: kind for row, _column, kind, _detail in office.sheet(address).problems}
    assert kinds == {2: "circle", 3: "circle", 4: "circle", 5: "above", 6: "circle"}
    assert office.sheet(address).counts["make"] == 1


def test_forty_levels_are_too_deep(office: Office) -> None:
    rows = [
        ["code", "parent", "name"],
        *([f"c{depth}", f"c{depth - 1}" if depth else "", f"Level {depth}"] for depth in range(60)),
    ]
    sheet = office.brought(csv_of(rows))
    assert sheet.made == 39
    deepest = max(office.by_code().values(), key=lambda group: len(group.ancestors))
    assert len(deepest.ancestors) == 39
    assert {kind for _row, _column, kind, _detail in sheet.problems} == {"deep", "above"}


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        (b"", "a.csv", "Nothing stands in this sheet."),
        (b"\xff\xd8\xff\xe0 a photo", "a.jpg", "This is no sheet."),
        (b"PK\x03\x04 half", "a.xlsx", "This is no sheet."),
    ],
)
def test_what_is_no_sheet_is_refused_at_once(office: Office, raw: bytes, name: str, said: str) -> None:
    answer = office.bring(raw, name=name)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_sheet_without_columns_is_refused_in_words(office: Office) -> None:
    assert "Write above each column what it is" in office.browser.get(office.tried(b"1,Patna\n2,Gaya")).text
    assert "Two columns bear the same word." in office.browser.get(office.tried(b"code,name,place name\n1,A,B")).text


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(office: Office) -> None:
    class Endless(io.RawIOBase):
        where = 0

        def seek(self, where: int, _from: int = 0) -> int:
            self.where = where or (2 << 30 if _from else 0)
            return self.where

        def tell(self) -> int:
            return self.where

        def readinto(self, _into: Any) -> int:
            raise AssertionError("it was read")

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = office.browser.post(f"/groups/{office.root}/sheets", input_stream=Endless(), headers=headers)
    assert answer.status_code == 413


def test_what_was_done_is_noted(office: Office) -> None:
    sheet = office.brought(TREE)
    office.say(f"/sheets/{sheet.id}", "undo")
    office.keep()
    with office.app.app_context():
        noted = db.session.execute(
            sa.select(AuditEntry.action, AuditEntry.actor_id).where(AuditEntry.group_id == office.root)
        )
        assert {("sheet brought in", office.head), ("sheet undone", office.head)} <= {tuple(row) for row in noted}


def test_parts_of_a_sheet_are_small_and_hold_nothing_after_it(office: Office) -> None:
    sheet = office.brought(TREE)
    assert models.PART == 500
    with office.app.app_context():
        assert db.session.get_one(BroughtSheet, sheet.id).raw is None
        assert [part.wanted for part in db.session.scalars(sa.select(SheetPart))] == [[]]
