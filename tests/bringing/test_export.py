"""What stands in a branch goes out as a sheet that is safe to open, says no small numbers, and can come in again."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.bringing import export
from community.database import db, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Person
from tests.bringing.conftest import Office
from tests.bringing.sheets import csv_of
from tests.conftest import ALL

FEW = "few"
TREE = csv_of(
    [
        ["code", "parent", "name", "level", "category"],
        ["d1", "", "Patna", "District", "Women"],
        ["b1", "d1", "Danapur", "Block", ""],
    ]
)


def rows(office: Office, group: int = 0) -> list[list[str]]:
    answer = office.browser.post(f"/groups/{group or office.root}/places.csv")
    assert answer.status_code == 200
    assert answer.get_data().startswith(b"\xef\xbb\xbf")  # Excel reads it as UTF-8
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def join(office: Office, group_id: int, count: int, role: str = "member", name: str = "Asha") -> None:
    with office.app.app_context(), writing():
        for _one in range(count):
            person = Person(name=name, picture="cow", colour="mor", language="en")
            admit(db.session.get_one(Group, group_id), person, role=role)
        db.session.commit()


def test_the_sheet_of_a_branch_says_places_categories_offices_and_no_small_numbers(office: Office) -> None:
    office.brought(TREE)
    found = office.by_code()
    join(office, found["d1"].id, 1, "admin", "Meera")
    join(office, found["b1"].id, 5)
    header, own, block = rows(office, found["d1"].id)
    assert header == [*export.COLUMNS]
    assert own[:4] == ["d1", "", "Patna", "District"]
    assert own[5:] == ["Women", FEW, "admin: Meera"]
    assert block[:2] == ["b1", ""]
    assert block[6:] == ["5", ""]


def test_nothing_of_what_is_beside_or_above_is_in_it(office: Office) -> None:
    office.brought(TREE + b"\r\nd2,,Gaya,District,")
    codes = {row[0] for row in rows(office, office.by_code()["d1"].id)[1:]}
    assert codes == {"d1", "b1"}
    assert {"d1", "b1", "d2"} < {row[0] for row in rows(office)}


def test_its_own_sheet_changes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LOT", 2)  # several pieces
    office.brought(TREE + b"\r\nf1,d1,=cmd|' /C calc'!A0,+Block,")
    before = office.groups()
    raw = office.browser.post(f"/groups/{office.root}/places.csv").get_data()
    assert office.browser.post(f"/groups/{office.root}/places.csv").is_streamed
    sheet = office.brought(raw)
    assert (sheet.made, sheet.changed, sheet.problems) == (0, 0, [])
    assert sheet.counts["same"] == len(before)
    assert office.groups() == before


@settings(max_examples=15 if ALL else 5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["=1+1", "+91", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1"]),
    rest=st.text('abक,"\n;|', max_size=5),
)
def test_no_cell_begins_like_a_formula(office: Office, name: str, rest: str) -> None:
    with office.app.app_context(), writing():
        db.session.get_one(Group, office.root).name = (name + rest)[:80]
        db.session.commit()
    for row in rows(office):
        assert not any(cell[:1] in tuple("=+-@\t\r") for cell in row)
