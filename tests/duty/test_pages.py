"""The roster on its page: made, ended, undone; by who looks after the group, and one's own lines by who answers."""

from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from community.audit.models import AuditEntry
from community.database import db, now
from community.duty.models import Duty
from community.duty.rota import answers_in, on_duty
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Person
from tests.announcements.scene import Scene
from tests.conftest import Stage
from tests.urgent.conftest import listens


class Roster(Scene):
    """Grade 3: "teacher" looks after it, "parent" is in it, "helper" and "other" answer there."""

    @property
    def page(self) -> str:
        return f"/groups/{self.grades[3]}/duty"

    def put(self, by: str = "teacher", who: str = "helper", **fields: Any) -> int:
        data = {"person": str(self.people[who]), "day": ["1", "2"], "hours": "morning", **fields}
        return self.browser(by).post(self.page, data=data).status_code

    def lines(self) -> list[Duty]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Duty).where(Duty.ended_at.is_(None)).order_by(Duty.id)))

    def done(self) -> list[str]:
        with self.app.app_context():
            found = sa.select(AuditEntry.action).where(AuditEntry.action.like("duty%")).order_by(AuditEntry.id)
            return list(db.session.scalars(found))

    def post(self, by: str, address: str) -> int:
        return self.browser(by).post(address).status_code


@pytest.fixture
def roster(stage: Stage) -> Roster:
    made = Roster(stage)
    for one in ("helper", "other"):
        made.newcomer(one, made.grades[3], role="responder")
    with made.changing():
        for one in ("helper", "other", "teacher"):
            made.person(one).language = "en"
        listens(made.person("other"))
    return made


def test_an_empty_roster_says_that_all_who_answer_are_asked(roster: Roster) -> None:
    assert "So everybody who answers questions here is asked" in roster.browser("teacher").get(roster.page).text
    with roster.app.app_context():
        found = on_duty(db.session.get_one(Group, roster.grades[3]), now())
        assert {roster.people["helper"], roster.people["other"]} <= set(found)


def test_a_line_is_put_there_once_however_often_it_is_tapped(roster: Roster) -> None:
    assert [roster.put(), roster.put()] == [303, 303]
    [line] = roster.lines()
    assert (line.days, line.begins, line.until, line.urgent) == (3, 360, 720, False)
    assert roster.done() == ["duty begun"]
    page = roster.browser("teacher").get(roster.page).text
    assert "Monday" in page and "From 6 to 12" in page


def test_a_full_roster_says_so_and_shows_all_its_lines(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.duty.models.MOST", 2)
    assert [roster.put(), roster.put(who="other"), roster.put(who="other")] == [303, 303, 303], "the same is no other"
    refused = roster.browser("teacher").post(
        roster.page, data={"person": str(roster.people["helper"]), "day": ["7"], "hours": "night"}
    )
    assert refused.status_code == 422
    assert "This roster is full." in refused.text
    assert refused.text.count('action="/duties/') == len(roster.lines()) == 2
    with roster.changing():
        held = db.session.scalars(sa.select(Membership).where(Membership.person_id == roster.people["other"])).one()
        held.held_role = "member"
    assert roster.put(hours="night") == 303, "the line of who answers no more takes no room"
    with roster.changing():
        db.session.get_one(Membership, held.id).held_role = "responder"
    assert roster.browser("teacher").get(roster.page).text.count('action="/duties/') == len(roster.lines()) == 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"person": "999999"}, "Choose who answers."),
        ({"day": []}, "Choose one day at least."),
        ({"day": ["9"]}, "Choose one day at least."),
        ({"hours": "other", "begins": "9", "until": "9"}, "Choose two hours"),
        ({"hours": "other", "begins": "25", "until": "3"}, "Choose two hours"),
        ({"hours": "other", "begins": "", "until": "x"}, "Choose two hours"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(roster: Roster, fields: dict[str, Any], words: str) -> None:
    data = {"person": str(roster.people["helper"]), "day": ["2"], "hours": "evening", **fields}
    answer = roster.browser("teacher").post(roster.page, data=data)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert roster.lines() == []


def test_nobody_who_does_not_answer_there_stands_on_it(roster: Roster) -> None:
    assert roster.put(who="parent") == 422
    assert roster.lines() == []


def test_past_midnight_and_until_midnight(roster: Roster) -> None:
    assert roster.put(hours="night") == roster.put(hours="other", begins="18", until="24") == 303
    assert [(line.begins, line.until) for line in roster.lines()] == [(22 * 60, 6 * 60), (18 * 60, 0)]


@pytest.mark.parametrize("part", ["parent", "helper"])
def test_only_who_looks_after_the_group_makes_it(roster: Roster, part: str) -> None:
    assert roster.put(by=part) == 404
    assert roster.lines() == []


def test_trained_is_an_admins_word(roster: Roster) -> None:
    roster.newcomer("moderator", roster.grades[3], role="moderator")
    roster.put(by="moderator", urgent="1")
    roster.put(by="teacher", who="other", urgent="1")
    assert [line.urgent for line in roster.lines()] == [False, True]
    page = roster.browser("teacher").get(roster.page).text
    assert "Does not ring at night." in page
    with roster.changing():
        roster.person("other").on_call = True
    assert "Rings at any hour." in roster.browser("teacher").get(roster.page).text


def test_who_answers_sees_her_own_lines_and_takes_herself_off(roster: Roster) -> None:
    roster.put(), roster.put(who="other", hours="evening")
    page = roster.browser("helper").get(roster.page).text
    mine, theirs = roster.lines()
    assert f"/duties/{mine.id}/end" in page
    assert f"/duties/{theirs.id}/end" not in page
    assert roster.post("helper", f"/duties/{theirs.id}/end") == 404
    assert roster.post("helper", f"/duties/{mine.id}/end") == 303
    assert [line.id for line in roster.lines()] == [theirs.id]


def test_ended_by_a_slip_it_is_put_back_by_the_same_within_minutes(roster: Roster) -> None:
    roster.put()
    [line] = roster.lines()
    browser = roster.browser("teacher")
    ended = browser.post(f"/duties/{line.id}/end")
    assert f"/duties/{line.id}/return" in browser.get(ended.location).text
    assert roster.post("helper", f"/duties/{line.id}/return") == 409
    assert roster.post("teacher", f"/duties/{line.id}/return") == 303
    assert len(roster.lines()) == 1
    roster.post("teacher", f"/duties/{line.id}/end")
    with time_machine.travel(now().timestamp() + 700, tick=False):
        assert roster.post("teacher", f"/duties/{line.id}/return") == 409
    assert roster.done() == ["duty begun", "duty ended", "duty begun", "duty ended"]


def test_who_loses_the_role_is_off_duty_at_once_and_out_of_the_page(roster: Roster) -> None:
    roster.put(hours="all", day=[str(one) for one in range(1, 8)])
    helper, grade = roster.people["helper"], roster.grades[3]
    with roster.app.app_context():
        assert on_duty(db.session.get_one(Group, grade), now()) == [helper]
        assert answers_in(db.session.get_one(Group, grade), helper)
    with roster.changing():
        held = db.session.scalars(sa.select(Membership).filter_by(person_id=helper, group_id=grade)).one()
        held.appoint("member", roster.person("teacher"))
    with roster.app.app_context():
        assert helper not in on_duty(db.session.get_one(Group, grade), now())
        assert not answers_in(db.session.get_one(Group, grade), helper)
        assert on_duty(db.session.get_one(Group, grade), now()), "the roster is empty: whoever answers is asked"
    [line] = roster.lines()
    assert roster.browser("helper").get(roster.page).status_code == 404
    assert roster.post("helper", f"/duties/{line.id}/end") == 404
    assert f"/duties/{line.id}/end" not in roster.browser("teacher").get(roster.page).text


def test_nobody_answers_from_a_phone_on_which_she_came_back_by_a_code(roster: Roster) -> None:
    """As long as nobody has said that it is she."""
    from community.people.models import Session

    browser = roster.browser("helper")
    assert browser.get(roster.page).status_code == 200
    with roster.changing():
        db.session.execute(sa.update(Session).values(without_roles=True))
    assert browser.get(roster.page).status_code == 404


def test_names_are_shown_as_text(roster: Roster) -> None:
    with roster.changing():
        roster.person("helper").name = "<b>Asha"
    roster.put()
    page = roster.browser("teacher").get(roster.page).text
    assert "<b>Asha" not in page and "&lt;b&gt;Asha" in page


def test_people_of_another_group_are_not_offered(roster: Roster) -> None:
    roster.newcomer("beside", roster.grades[5], role="responder")
    assert roster.put(who="beside") == 422
    with roster.app.app_context():
        name = db.session.get_one(Person, roster.people["beside"]).id
    assert f'value="{name}"' not in roster.browser("teacher").get(roster.page).text


def test_a_trained_person_reads_that_no_phone_of_hers_can_ring(roster: Roster) -> None:
    with roster.changing():
        grade, helper = db.session.get_one(Group, roster.grades[3]), roster.person("helper")
        Duty.begin(grade, helper, roster.person("teacher"), urgent=True)
        helper.on_call = True
    silent, bell = "No phone can ring: the bell is off, or others use the same phone.", 'href="/subscriptions"'
    for part in ("helper", "teacher"):
        shown = roster.browser(part).get(roster.page).text
        assert silent in shown
        assert "Rings at any hour." not in shown
        assert (bell in shown.partition("<main>")[2]) == (part == "helper")
    with roster.changing():
        listens(roster.person("helper"))
    shown = roster.browser("helper").get(roster.page).text
    assert "Rings at any hour." in shown
    assert silent not in shown
    assert bell not in shown.partition("<main>")[2]
