"""Nobody's number stands on anybody's page: every page that somebody may open is read, as each role, for ten digits.

A number that waits for a look is seen by who wrote it and by who looks, on the pages where they do.
"""

import re

import pytest
from werkzeug.test import TestResponse

from community.exposure.numbers import has_contact, plain
from tests.conftest import ALL
from tests.house.matrix import ROWS
from tests.house.test_matrix import ask
from tests.house.village import EXPOSING, NUMBER, ROLES, Village

HIDDEN = re.compile(r"<script.*?</script>|<template.*?</template>|<div class=.keys.*?</div>|<[^>]*>", re.S)
TEN = re.compile(r"(?<!\d)[6-9]\d{9}(?!\d)")
# Where it may be read, and by whom: its writer, and who looks after the group.
LOOKS = {
    "GET /groups/<int:group_id>/held": {"moderator", "admin", "above"},
    "GET /held/<int:held_id>": {"owner"},
    "GET /": {"owner"},  # her own words, while they wait
    "GET /groups/<int:group_id>": {"owner"},
    "GET /listen": {"owner"},  # the same, read aloud
    "GET /me/belongings": {"owner"},
}
PAGES = [row for row in ROWS if row.method == "GET" and not row.key]
READERS = ROLES if ALL else ("member", "owner")


def shown(answer: TestResponse) -> str:
    """What is read on a page: addresses and ids in its tags are no numbers of anybody, nor are keys to type on."""
    return HIDDEN.sub(" ", answer.text) if answer.mimetype == "text/html" else ""


@pytest.mark.parametrize("role", READERS)
def test_no_page_says_a_number_of_anybodys(village: Village, role: str) -> None:
    known, found = village.known(), {}
    for row in PAGES if ALL else PAGES[:: 1 if role == "owner" else 3]:
        answer = ask(village, row, role, known)
        if NUMBER.encode() in answer.get_data() or _tells(answer):
            found[row.route] = row
    assert {route for route in found if role not in LOOKS.get(route, ())} == set()


def _tells(answer: TestResponse) -> bool:
    text = plain(shown(answer))
    return bool(TEN.search(text)) or any(has_contact(line) for line in text.split("\n") if any(map(str.isdigit, line)))


def test_who_may_see_it_does(village: Village) -> None:
    """So that the test above reads the pages on which it would stand."""
    rows = {row.route: row for row in ROWS if not row.names}
    for route, role in (("GET /groups/<int:group_id>/held", "admin"), ("GET /held/<int:held_id>", "owner")):
        assert EXPOSING in ask(village, rows[route], role, village.known()).text
