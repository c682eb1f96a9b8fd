"""Every route for every role: who is let in, and that everybody else can not tell whether anything is there."""

import functools
import os
import zlib

import pytest
from werkzeug.test import TestResponse

from tests.conftest import ALL
from tests.house.matrix import PROVEN, ROWS, UNPROVEN, Row
from tests.house.village import ROLES, Village, path_of

# Of so many cells, one.
SAMPLE = 1 if ALL else int(os.environ.get("AANGAN_SAMPLE", len(ROLES)))
COUNTED = {"POST /code"}  # wrong digits are counted
VARYING = {"Date", "Content-Length", "Server", "Set-Cookie"}


def routes(village: Village) -> set[str]:
    rules = village.app.url_map.iter_rules()
    return {f"{method} {rule.rule}" for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def cells() -> list[object]:
    """Each row for each role. A row's cells take turns in the normal run, so that each row has some.

    What is not asked is not made, either: thousands of skipped ones take half a minute.
    """
    found = []
    for row in ROWS:
        turn = zlib.crc32(str(row).encode())
        for place, role in enumerate(ROLES):
            if (turn + place) % SAMPLE == 0:
                found.append(pytest.param(row, role, id=f"{row} as {role}"))
    return found


def from_elsewhere() -> list[object]:
    """Each row that is posted, in both ways in which a browser says so; in the normal run they take turns."""
    ways = ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"})
    return [
        pytest.param(row, headers, id=f"{row} {next(iter(headers))}")
        for place, row in enumerate(row for row in ROWS if row.method == "POST")
        for headers in (ways if ALL else ways[place % 2 :: 2])
    ]


def ask(village: Village, row: Row, role: str, things: dict[str, str]) -> TestResponse:
    rule = next(
        rule for rule in village.app.url_map.iter_rules() if rule.rule == row.rule and row.method in rule.methods
    )
    if row.method == "PATCH":
        headers = {"Upload-Offset": "0"}
        return village.browser(role).patch(path_of(rule, things, row.names), data=b"a part", headers=headers)
    data = {name: value.format_map(things) for name, value in row.form.items()}
    kind = "data" if row.method == "POST" else "query_string"
    return village.browser(role).open(path_of(rule, things, row.names), method=row.method, **{kind: data})


def told(answer: TestResponse, row: Row, things: dict[str, str]) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, body and headers, without the address that was asked for and without what was typed."""
    typed = [value.format_map(things) for value in row.form.values()]
    asked = [part for part in (answer.request.path, *typed) if len(part) > 3]
    body = functools.reduce(lambda text, part: text.replace(part, "…"), asked, answer.text)
    headers = [(name, value) for name, value in answer.headers if name not in VARYING]
    return answer.status_code, body, headers


def may(answer: TestResponse) -> bool:
    return 200 <= answer.status_code < 300 or answer.status_code == 303


def test_every_route_has_a_row_and_every_row_a_route(village: Village) -> None:
    listed = {row.route for row in ROWS}
    assert routes(village) - listed == set(), "tests/house/matrix.py says nothing of these routes"
    assert listed - routes(village) == set(), "tests/house/matrix.py speaks of routes that are gone"


def test_each_row_is_there_once() -> None:
    assert len(set(map(str, ROWS))) == len(ROWS)


@pytest.mark.parametrize(("row", "role"), cells())
def test_cell(village: Village, row: Row, role: str) -> None:
    known, missing = village.known(), village.as_if_missing
    answer = ask(village, row, role, known)
    assert may(answer) == (role in row.may), f"{row} as {role}: {answer.status}"
    if role in row.may:
        assert row.method != "GET" or not village.dirty, "a GET wrote"
        assert row.route in PROVEN | UNPROVEN or not village.powers, f"{row.route} asks for no proof: {village.powers}"
        return
    assert row.route in COUNTED or not village.dirty, "a refusal wrote"
    if role in row.knows:
        assert answer.status_code in (403, 409)
        return
    assert answer.status_code in ((401,) if row.key or role == "anonymous" else (404, 409, 410))
    nothing = ask(village, row, role, missing)
    assert told(answer, row, known) == told(nothing, row, missing), "missing and forbidden can be told apart"


@pytest.mark.parametrize(("row", "headers"), from_elsewhere())
def test_no_post_comes_from_another_site(village: Village, row: Row, headers: dict[str, str]) -> None:
    rule = next(rule for rule in village.app.url_map.iter_rules() if rule.rule == row.rule and "POST" in rule.methods)
    browser = village.browser("owner")
    del browser.environ_base["HTTP_SEC_FETCH_SITE"]
    answer = browser.post(path_of(rule, village.known(), row.names), headers=headers)
    assert answer.status_code == 403
    assert not village.dirty
