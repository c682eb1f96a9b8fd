"""What a phone should have ready, whose a page is, and what the last person who leaves takes along."""

import re

import pytest
import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db, now, writing
from community.groups.models import Group
from community.people.models import Person
from community.subscriptions.models import Listener, Subscription
from tests.conftest import Browser, Stage

KEPT = re.compile(r'<html[^>]* data-person="(\w*)" data-kept>')


def listed(browser: Browser) -> dict[str, dict[str, str]]:
    answer = browser.get("/offline/list")
    assert answer.status_code == 200
    found: dict[str, dict[str, str]] = answer.json
    return found


def marks(browser: Browser) -> dict[str, str]:
    found = listed(browser)
    return found["brought"] | found["known"]


def test_a_page_that_may_be_kept_says_whose_it_is(stage: Stage, browser: Browser) -> None:
    member, parent = stage.browser("member"), stage.browser("parent")
    hers = {KEPT.search(member.get(path).text) for path in ("/", "/groups", f"/groups/{stage.grades[3]}", "/me")}
    [mark] = {found[1] for found in hers if found}
    other = KEPT.search(parent.get("/").text)
    nobody = KEPT.search(browser.get("/").text)

    assert None not in hers
    assert other and nobody
    assert len({mark, other[1], nobody[1]}) == 3
    assert nobody[1] == ""
    assert mark == listed(member)["person"]


@pytest.mark.parametrize(
    "path",
    ["/code", "/language", "/me/phones", "/me/phones/new", "/me/looks", "/?answered=1", "/groups?left=x", "/offline"],
)
def test_no_other_page_may_be_kept(stage: Stage, path: str) -> None:
    assert not KEPT.search(stage.browser("head").get(path).text)


def test_a_board_before_others_may_be_kept(stage: Stage) -> None:
    assert KEPT.search(stage.browser("head").get("/?before=1-3").text)


def test_the_list_names_the_boards_and_the_new_announcements(stage: Stage) -> None:
    found = listed(stage.browser("parent"))

    assert {"/", "/groups"} <= set(found["brought"])
    assert [path for path in found["brought"] if path.startswith("/groups/")]
    assert [path for path in found["brought"] if path.startswith("/announcements/")]
    assert all(stage.browser("parent").get(path).status_code == 200 for path in found["brought"])


def test_the_list_is_small_and_costs_nothing_twice(stage: Stage) -> None:
    parent = stage.browser("parent")
    first = parent.get("/offline/list")
    again = parent.get("/offline/list", headers={"If-None-Match": first.headers["ETag"]})

    assert len(first.data) < 1000
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_mark_changes_with_its_page_and_only_then(stage: Stage) -> None:
    parent = stage.browser("parent")
    before = marks(parent)
    assert marks(parent) == before
    with stage.app.app_context(), writing():
        said = db.session.scalars(
            sa.select(Announcement).where(Announcement.seq.is_not(None)).order_by(Announcement.id)
        ).first()
        assert said
        said.removed_at, said.removed_by, number = now(), stage.people["head"], said.id
        db.session.commit()
    after = marks(parent)

    changed = {path for path in before if before[path] != after.get(path)}
    assert {"/", f"/announcements/{number}"} <= changed
    assert "/groups" not in changed
    others = {path for path in before if path.startswith("/announcements/")} - {f"/announcements/{number}"}
    assert others
    assert not others & changed


@pytest.mark.parametrize("change", ["name", "group", "answer"])
def test_a_mark_changes_with_who_i_am(stage: Stage, change: str) -> None:
    parent = stage.browser("parent")
    before = listed(parent)
    number = next(path for path in before["brought"] if path.startswith("/announcements/"))
    group = next(int(path[8:]) for path in before["brought"] if path.startswith("/groups/"))
    if change == "answer":
        parent.post(f"{number}/acknowledgement")
    else:
        with stage.app.app_context(), writing():
            found = db.session.get_one(*((Person, stage.people["parent"]) if change == "name" else (Group, group)))
            found.name = "Another"
            db.session.commit()

    after = listed(parent)
    assert before["brought"]["/"] != after["brought"]["/"]
    assert (after["brought"] | after["known"])[number] != before["brought"][number]


def test_what_was_read_changes_boards_and_no_announcement(stage: Stage) -> None:
    """Else whoever joins and reads would be sent twenty pages anew."""
    parent = stage.browser("parent")
    before = listed(parent)
    parent.post("/reading", data={"upto": f"{stage.school}:99"})
    after = listed(parent)

    assert len(after["known"]) > len(before["known"])
    old, new = before["brought"] | before["known"], after["brought"] | after["known"]
    changed = {path for path in old if old[path] != new[path]}
    assert "/" in changed
    assert not [path for path in changed if path.startswith("/announcements/") or path == "/groups"]


def test_the_last_who_leaves_empties_the_phone(stage: Stage) -> None:
    parent = stage.browser("parent")
    answer = parent.post("/me/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in parent.get("/").headers


def test_whoever_leaves_a_phone_on_which_another_hears_the_news_empties_nothing_of_hers(stage: Stage) -> None:
    parent = stage.browser("parent")
    phone = _phone_of(parent)
    with stage.app.app_context(), writing():
        held = Subscription(
            phone_id=phone,
            endpoint="https://fcm.googleapis.com/x",
            endpoint_digest="x",
            p256dh="x",
            auth="y",
            key_id="k",
            created=now(),
        )
        db.session.add(held)
        db.session.flush()
        db.session.add(Listener(subscription_id=held.id, person_id=stage.people["member"]))
        db.session.commit()

    assert "Clear-Site-Data" not in parent.post("/me/sign-out").headers


def _phone_of(browser: Browser) -> int:
    with browser.session_transaction() as session:
        return int(session["phone"])
