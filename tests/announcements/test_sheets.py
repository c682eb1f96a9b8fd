"""A sheet that was drawn before is shown again only while it is true, and to nobody whom it does not fit."""

import re
from collections.abc import Callable

import pytest

from community import fragments
from community.announcements.models import Announcement
from community.database import now
from community.groups.models import Group
from community.people.models import Child, Person

from .scene import Scene, page

Change = Callable[[Scene, int], None]


def author_renamed(stage: Scene, _number: int) -> None:
    stage.set(Person, stage.people["head"], name="नया नाम", picture="drum", colour="geru")


def group_renamed(stage: Scene, _number: int) -> None:
    stage.set(Group, stage.grades[2], name="नई कक्षा", language="ur")


def zone_changed(stage: Scene, _number: int) -> None:
    stage.set(Group, stage.grades[2], zone="America/New_York")


def pinned(stage: Scene, number: int) -> None:
    stage.browser("head").post(f"/announcements/{number}/pin", data={"up": "1"})


def removed(stage: Scene, number: int) -> None:
    stage.browser("head").post(f"/announcements/{number}/removal")


def removed_by_who_then_took_another_name(stage: Scene, number: int) -> None:
    stage.join("teacher", stage.school, role="admin")
    stage.browser("teacher").post(f"/announcements/{number}/removal")
    page(stage.browser("parent"), "/")
    stage.set(Person, stage.people["teacher"], name="नई बहन जी")


def done_for_one_child(stage: Scene, number: int) -> None:
    child = stage.memberships("parent")[0].child_id
    stage.browser("parent").post(f"/announcements/{number}/acknowledgement", data={"child": child})


def child_renamed(stage: Scene, _number: int) -> None:
    stage.set(Child, stage.memberships("parent")[0].child_id or 0, nickname="मुन्नी", picture="drum")


def read(stage: Scene, _number: int) -> None:
    stage.browser("parent").post("/reading", data={"upto": f"{stage.school}:99"})


def reader_speaks_another_language(stage: Scene, _number: int) -> None:
    stage.set(Person, stage.people["parent"], language="en")


def reader_wants_other_digits(stage: Scene, _number: int) -> None:
    stage.set(Person, stage.people["parent"], native_digits=True)


def expired(stage: Scene, number: int) -> None:
    stage.set(Announcement, number, expires=now())


CHANGES: list[Change] = [
    author_renamed, group_renamed, zone_changed, pinned, removed, removed_by_who_then_took_another_name,
    done_for_one_child, child_renamed, read, reader_speaks_another_language, reader_wants_other_digits, expired,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_no_sheet_outlives(stage: Scene, change: Change):
    number = stage.release("head", "पत्ते गिनें", group=stage.grades[2], kind="activity")
    before = page(stage.browser("parent"), "/")

    change(stage, number)
    kept = page(stage.browser("parent"), "/")
    fragments._kept.clear()

    assert kept == page(stage.browser("parent"), "/")
    assert kept != before


def test_two_readers_do_not_share_what_is_their_own(stage: Scene):
    number = stage.release("head", "पत्ते गिनें", kind="activity")
    shown = [page(stage.browser(part), "/") for part in ("parent", "urdu parent", "member", "head")]
    fresh = []
    for part in ("parent", "urdu parent", "member", "head"):
        fragments._kept.clear()
        fresh.append(page(stage.browser(part), "/"))

    assert shown == fresh
    assert f'id="a{number}"' in shown[1]
    assert "लक्ष्मी" not in shown[1]


def test_the_same_sheet_leads_back_to_the_page_it_stands_on(stage: Scene):
    number = stage.release("head", "पत्ते गिनें", group=stage.grades[2], kind="activity")
    parent = stage.browser("parent")

    for path in ("/", f"/groups/{stage.grades[2]}"):
        sheet = re.search(rf'id="a{number}">.*?</article>', page(parent, path), re.S)
        assert sheet
        assert re.findall(r'name="next" value="([^"]*)"', sheet[0]) == [path]
