"""What the words of the interface weigh in scripts of two and three bytes a letter; `python -m bench scripts` prints it."""

import re

import pytest

from community.coding import AT_ONCE
from community.languages import offered
from tests.journeys.conftest import Tour

pytestmark = pytest.mark.any_collation

MOST = 1.35  # times the page in English, packed as it leaves
PAGES = {
    "home": ("parent", "/"),
    "group": ("parent", r"/groups/\d+"),
    "announcement": ("parent", r"/announcements/\d+"),
    "join": ("", r"/j/\w+"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_any_language_is_a_third_heavier_than_in_english_at_most(tour: Tour, name: str) -> None:
    part, path = PAGES[name]
    page = next(
        page for page in tour.walk.pages if page.part == part and page.status == 200 and re.fullmatch(path, page.path)
    )
    sizes = {one.code: len(AT_ONCE["br"](page.open(tour.day.phones, one.code).text.encode())) for one in offered()}
    assert len(sizes) > 20
    heavy = {code: round(size / sizes["en"], 2) for code, size in sizes.items() if size > MOST * sizes["en"]}
    assert heavy == {}
