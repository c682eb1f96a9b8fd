"""docs/people.md says of each of the 25 rules what holds it; what it names is there."""

import re

import pytest

from tests.house.server import ROOT

pytestmark = pytest.mark.sqlite_only
ROWS = re.findall(r"^\| (\d+) \| ([^|]+)\| (.+) \|$", (ROOT / "docs" / "people.md").read_text(), re.M)
NAMED = re.compile(r"`([\w/]+\.(?:py|js))(?:::(test_\w+))?`")
UNHELD = re.compile(r"\*\*[^*]*not yet\*\*|judged by")


def test_there_are_25_rules_each_held_or_said_not_to_be() -> None:
    assert [int(number) for number, _rule, _held in ROWS] == list(range(1, 26))
    assert [rule for _number, rule, held in ROWS if not NAMED.search(held) and not UNHELD.search(held)] == []


@pytest.mark.parametrize(("number", "held"), [(number, held) for number, _rule, held in ROWS])
def test_every_test_that_is_named_exists(number: str, held: str) -> None:
    for file, test in NAMED.findall(held):
        path = ROOT / "tests" / (f"journeys/{file}" if file == "test_rules.py" else file)
        assert path.exists(), f"{number}: {file}"
        assert not test or f"def {test}(" in path.read_text(), f"{number}: {test}"
