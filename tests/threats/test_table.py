"""The table of threats stands on the code as it is: each place is there, once, and each test; and the page says the same."""

import json
import re

import pytest

from bench.figures import read
from tests.house.server import ROOT
from tests.threats.mutate import FIGURE, KEPT, chosen, named, without
from tests.threats.table import TABLE, Row

pytestmark = pytest.mark.sqlite_only
PAGE = (ROOT / "docs" / "security.md").read_text()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.threat}: {row.defence}")
def test_each_place_is_there_once_and_its_test_too(row: Row) -> None:
    assert (ROOT / row.file).read_text().count(row.old) == 1
    assert row.old != row.new
    file, _, test = row.test.partition("::")
    assert re.search(rf"def {test}\(", (ROOT / file).read_text())


def test_the_page_lists_them_all() -> None:
    said = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", PAGE.partition("## Threats")[2], re.M)
    assert said == [(row.threat, row.defence, row.test.removeprefix("tests/")) for row in TABLE]


def test_each_row_as_it_stands_was_tried_and_its_test_failed() -> None:
    """Of a row that changed since `make mutate`, or is new, nothing is known."""
    kept = json.loads(KEPT.read_text())
    assert [{**one, "failed": ""} for one in kept] == [named(row) | {"failed": ""} for row in TABLE]
    assert [one["test"] for one in kept if not f"tests/{one['failed']}".startswith(one["test"])] == []
    [figure] = [one for one in read() if one["name"] == FIGURE]
    assert (figure["value"], figure["goal"]) == (len(TABLE), f">= {len(TABLE)}")


def test_no_switch_turns_a_defence_off() -> None:
    """What the table does to a copy, no setting does to a server."""
    settings = "".join((ROOT / "community" / name).read_text() for name in ("config.py", "environment.py"))
    assert re.findall(r"DISABLE|INSECURE|UNSAFE|SKIP_|NO_CSRF|WITHOUT_", settings) == []


@pytest.mark.large
def test_taking_one_out_is_noticed_and_leaving_all_in_is_not(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The machinery itself, on the cheapest row: it fails without the defence, and says so when nothing changed."""
    import shutil

    from tests.threats.mutate import COPIED

    [row] = chosen(["pixels are counted"])
    shutil.copytree(ROOT, tmp_path / "copy", ignore=COPIED)
    noticed = without(tmp_path / "copy", row)
    assert noticed.what == "fails" and noticed.failed.startswith(row.test.removeprefix("tests/"))
    assert without(tmp_path / "copy", row._replace(new=row.old + "  # the same")).what == "STILL PASSES"
    assert without(tmp_path / "copy", row._replace(old="not there")).what == "the place is not to be found"
