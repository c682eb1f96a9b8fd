"""Sheets are read as people write them, and what is none is refused before it can do harm."""

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.bringing import reading
from community.bringing.columns import NoColumns, SameColumns, columns_of
from community.bringing.reading import Unreadable, rows_of, tidy
from community.bringing.wanted import Sheet
from community.languages import LANGUAGES
from community.languages.translations import gettext, speaking
from tests.bringing.sheets import HEAD, MAIN, Date, csv_of, xlsx
from tests.conftest import ALL, Stage

pytestmark = [pytest.mark.sqlite_only, pytest.mark.sampled]
ROWS = [["Code", "Name", "Parent"], ["1", "ज़िला पटना", ""], ["2", "ضلع گیا", "1"]]


def refused(raw: bytes) -> str:
    with pytest.raises(Unreadable) as no:
        rows_of(raw)
    return no.value.reason


def wanted(rows: list[list[str | None]]) -> Sheet:
    return Sheet(rows, "/9")


def kinds(rows: list[list[str | None]]) -> list[tuple[int, str, str]]:
    return [(one.number, one.column, one.kind) for one in wanted(rows).problems]


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_what_spreadsheets_write(between: str, coding: str) -> None:
    assert rows_of(csv_of(ROWS, between, coding)) == ROWS


def test_a_workbook_says_the_same_as_the_csv() -> None:
    assert rows_of(xlsx(ROWS)) == ROWS
    assert rows_of(xlsx([["Code", "Name"], [7, "A"]]))[1] == ["7", "A"]


def test_a_date_in_place_of_words_is_told_apart() -> None:
    rows = rows_of(xlsx([["Code", "Name"], ["1", Date(45000)], [Date(45001), "B"]]))
    assert rows[1:] == [["1", None], [None, "B"]]
    assert kinds(rows) == [(2, "Name", "date"), (3, "Code", "date")]
    assert not wanted(rows).places


def test_merged_cells_stand_for_all_that_they_cover() -> None:
    rows = [["State", "District", "Block"], ["Bihar", "Patna", "Danapur"], ["", "", "Maner"], ["", "Gaya", "Sherghati"]]
    sheet = wanted(rows_of(xlsx(rows, merged=["A2:A4", "B2:B3"])))
    assert not sheet.problems
    assert sheet.places["/9/bihar/patna/maner"].parent == "/9/bihar/patna"
    assert sheet.places["/9/bihar/gaya"].level == "District"
    assert len(sheet.places) == 6


def test_a_title_and_two_header_rows_are_no_places() -> None:
    rows = [
        ["Our organisation 2026", ""],
        [],
        ["Code", "Name", "Parent code"],
        ["कोड", "नाम", "ऊपर का कोड"],
        ["1", "Patna", ""],
    ]
    sheet = wanted([list(row) for row in rows])
    assert [*sheet.places] == ["1"]
    assert sheet.places["1"].number == 5
    joint = wanted(
        rows_of(
            xlsx(
                [
                    ["Place", "", "Office bearer", ""],
                    ["Code", "Name", "Name", "Role"],
                    ["1", "Patna", "Sunita Devi", "admin"],
                ],
                merged=["A1:B1", "C1:D1"],
            )
        )
    )
    assert joint.places["1"].bearer == "Sunita Devi"
    assert (joint.places["1"].name, joint.places["1"].role) == ("Patna", "admin")


@pytest.mark.parametrize(
    "words", [("कोड", "नाम", "ऊपर", "पद"), ("کوڈ", "نام", "اوپر", "عہدہ"), ("CODE", " Name ", "parent_code", "Role")]
)
def test_columns_are_known_by_their_words_in_three_languages(words: tuple[str, ...]) -> None:
    assert columns_of([list(words)]).fields == {"code": 0, "name": 1, "parent": 2, "role": 3}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_words_that_the_page_shows_are_known_above_a_column(stage: Stage, code: str) -> None:
    shown = ["Code", "Name", "Code of the place above", "Office bearer, role"]
    with stage.app.test_request_context(), speaking(code):
        *first, both = map(gettext, shown)
        row = [*first, *both.replace("،", ",").split(",")]
        assert columns_of([row]).fields == {"code": 0, "name": 1, "parent": 2, "bearer": 3, "role": 4}
        levels = [gettext(level) for level in ("District", "Block", "Village")]
        assert columns_of([levels]).path == (0, 1, 2)


def test_columns_that_are_missing_or_twice_there_are_refused() -> None:
    with pytest.raises(NoColumns):
        columns_of([["1", "Patna"], ["2", "Gaya"]])
    with pytest.raises(NoColumns):
        columns_of([["Name", "Role"]])
    with pytest.raises(SameColumns):
        columns_of([["Code", "Name", "नाम"]])


def test_what_is_wrong_in_a_row_is_told_with_row_and_column() -> None:
    rows = [
        ["Code", "Name", "Role"],
        ["1", "", ""],
        ["", "Patna", ""],
        ["2", "Gaya", "king"],
        ["3", "x" * 81, ""],
        ["4", "A"],
        ["4", "B"],
    ]
    assert kinds([list(row) for row in rows]) == [
        (2, "Name", "no name"), (3, "Code", "no code"), (4, "Role", "no role"), (5, "Name", "long"), (7, "Code", "twice"),
    ]  # fmt: skip
    assert wanted([list(row) for row in rows]).problems[-1].detail == "6"


def test_a_state_with_a_code_of_its_own_is_the_state_that_its_districts_name() -> None:
    sheet = wanted(
        [["Code", "State", "District"], ["", "Bihar", "Patna"], ["BR", "Bihar", ""], ["GY", "Bihar", "Gaya"]]
    )
    assert {*sheet.places} == {"/9/bihar/patna", "BR", "GY"}
    assert sheet.also == {"/9/bihar": "BR", "/9/bihar/gaya": "GY"}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"), (b" \r\n ", "empty"), (csv_of([["", ""], ["", ""]]), "empty"), (xlsx([]), "empty"),
        (b"%PDF-1.7 what", "type"), (b"\xff\xd8\xff\xe0 a photo", "type"), (b"\xd0\xcf\x11\xe0 an old one", "type"),
        (b"PK\x03\x04 half of it", "type"), (b"\xe0\xa4 half a letter", "letters"), (b"n\xe4me,code", "letters"), (b"a\0b,c", "type"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused(raw: bytes, reason: str) -> None:
    assert refused(raw) == reason


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("content.xml", "<office/>")
    assert refused(packed.getvalue()) == "type"


@pytest.mark.patient
def test_a_workbook_that_swells_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_workbook", lambda _raw: pytest.fail("it was unpacked"))
    bomb = xlsx(sheet=b" " * (reading.UNPACKED + 1))
    assert len(bomb) < 2_000_000
    assert refused(bomb) == "big"


def test_a_workbook_that_lies_about_its_size_or_claims_a_billion_cells_is_stopped() -> None:
    far = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    began = time.monotonic()
    assert refused(xlsx(sheet=far)) == "big"
    assert time.monotonic() - began < 60


def test_more_rows_than_a_sheet_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert len(rows_of(b"code,name\n1,a\n2,b\n3,c")) == 4
    assert refused(b"code,name\n1,a\n2,b\n3,c\n4,d") == "big"


@settings(max_examples=60 if ALL else 15)
@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=8))
def test_whatever_stands_in_a_file_it_is_read_or_refused(rows: list[list[str]]) -> None:
    raw = "\n".join(",".join(row) for row in rows).encode("utf-8", "ignore")
    try:
        Sheet(rows_of(raw), "/9")
    except (Unreadable, NoColumns, SameColumns):
        return


@given(st.text(max_size=30))
def test_the_mark_before_a_formula_is_taken_off_again(text: str) -> None:
    from community.bringing.export import harmless

    tidied = tidy(text)
    assert tidy(harmless(tidied)) == tidied
    assert harmless(text)[:1] not in tuple("=+-@\t\r")
