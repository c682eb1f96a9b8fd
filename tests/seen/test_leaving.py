"""Leaving: at once, without a word, and with ninety days of peace. An open link stays open."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import db, now, writing
from community.delegation.models import Appointment
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Group
from community.groups.silences import Silence
from community.invitations.requests import JoinRequest
from community.notifications.ring import Ring
from community.outbox.models import Outbox
from community.people.models import Person
from tests.conftest import Stage
from tests.notifications.post_office import Postman, listen, run_all


def somebody(stage: Stage) -> str:
    """A plain member of the school."""
    with stage.app.app_context():
        for part, number in stage.people.items():
            held = Standing.of(db.session.get_one(Person, number)).memberships
            if held and all(one.role == "member" and one.community_id == stage.school for one in held):
                return part
    raise AssertionError("the school has no plain member")


def held_by(stage: Stage, person: int) -> int:
    mine = sa.select(sa.func.count()).select_from(Membership).where(Membership.person_id == person)
    return db.session.scalar(mine) or 0


class Bell(Ring):
    """Rings for whoever it is told to."""

    def place(self, row: Outbox) -> Group | None:
        return db.session.get(Group, row.args["group"])

    def called(self, row: Outbox) -> tuple[Person, object] | None:  # type: ignore[override]
        return db.session.get_one(Person, row.args["person"]), lambda: b"{}"


def rung(group: int, person: int) -> int:
    return len(Bell().prepare(Outbox(kind="bell", key="bell", args={"group": group, "person": person})).letters)


def test_all_at_once_silently_and_nothing_comes_for_ninety_days(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    postman = Postman()
    monkeypatch.setattr("community.notifications.fanout.sender", lambda: postman)
    part = somebody(stage)
    number, browser, admin = stage.people[part], stage.browser(part), stage.browser("head")
    with stage.app.app_context():
        with writing():
            db.session.get_one(Person, number).quiet_from = db.session.get_one(Person, number).quiet_until = 0
            admit(db.session.get_one(Group, stage.school), db.session.get_one(Person, number))
            JoinRequest.ask(db.session.get_one(Group, stage.school), db.session.get_one(Person, number))
            db.session.commit()
        phone = listen(number)
        db.session.expire_all()
        assert rung(stage.school, number) == 1
        before = db.session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0
        kinds = set(db.session.scalars(sa.select(Outbox.id)))

    answer = browser.post(f"/groups/{stage.school}/seen/end")
    assert answer.status_code == 303
    assert "You left." in browser.get(answer.location + "&lang=en").text or "left=" in answer.location

    with stage.app.app_context():
        person, school = db.session.get_one(Person, number), db.session.get_one(Group, stage.school)
        assert held_by(stage, number) == 0
        fresh = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.id > before)).all()
        assert [one for one in fresh if number in (one.actor_id, one.subject_id)] == []
        promised = db.session.scalars(sa.select(Outbox).where(Outbox.id.not_in(kinds))).all()
        assert {one.kind for one in promised} <= {"count", "recount", "index", "index-people"}, "nobody is told"
        assert JoinRequest.of(person) == []
        grade = db.session.get_one(Group, next(iter(stage.grades.values())))
        assert Silence.holds(person, school)
        assert Silence.holds(person, grade)
        assert rung(school.id, number) == 0
        head = db.session.get_one(Person, stage.people["head"])
        offer = Appointment(
            group=grade, community_id=grade.community_id, issuer=head, role="moderator", person=person, person_id=number
        )
        assert not offer.is_for(person)
        db.session.rollback()
    admin.post(f"/groups/{stage.school}/announcements", data={"text": "Come back", "key": "k" * 20})
    with stage.app.app_context():
        run_all()
        assert phone not in postman.phones
    with time_machine.travel(now() + timedelta(days=91), tick=True), stage.app.app_context():
        assert rung(stage.school, number) == 1
    code = stage.invitation
    assert browser.post(f"/j/{code}").status_code == 303
    with stage.app.app_context():
        assert db.session.scalar(sa.select(Silence.id).where(Silence.person_id == number)) is None
        assert held_by(stage, number) + len(JoinRequest.of(db.session.get_one(Person, number))) > 0


def test_undone_within_ten_minutes_all_is_as_it_was(stage: Stage) -> None:
    part = somebody(stage)
    number, browser = stage.people[part], stage.browser(part)
    with stage.app.app_context():
        before = held_by(stage, number)
    ticket = browser.post(f"/groups/{stage.school}/seen/end").location.partition("left=")[2]
    assert browser.post("/me/seen/undo", data={"left": ticket}).status_code == 303
    with stage.app.app_context():
        assert held_by(stage, number) == before
        assert Silence.of(db.session.get_one(Person, number)) == []


def test_the_last_admin_is_told_why_not(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        tops = sa.select(Membership).where(Membership.group_id == stage.school, Membership.role == "admin")
        keeps, *others = db.session.scalars(tops)
        for one in others:
            one.held_role = "member"
        number = keeps.person_id
        db.session.commit()
    assert stage.signed_in(number).post(f"/groups/{stage.school}/seen/end").status_code == 409


def test_every_ring_says_which_group_it_is_about() -> None:
    """Who has left it is not rung: `Ring.prepare` asks."""
    rings = [one for one in Ring.__subclasses__() if one is not Bell]
    assert len(rings) >= 3
    assert [one.__name__ for one in rings if "place" not in vars(one)] == []


def test_leaving_one_group_leaves_the_others(stage: Stage) -> None:
    number = stage.people[somebody(stage)]
    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, number)
        one, other = (db.session.get_one(Group, group) for group in list(stage.grades.values())[:2])
        held = admit(one, person)
        admit(other, person)
        db.session.commit()
        held_id = held.id
    assert stage.signed_in(number).post(f"/memberships/{held_id}/end").status_code == 303
    with stage.app.app_context():
        person = db.session.get_one(Person, number)
        assert Silence.holds(person, db.session.get_one(Group, one.id))
        assert not Silence.holds(person, db.session.get_one(Group, other.id))


def test_each_announcement_says_why_it_came(stage: Stage) -> None:
    stage.release_all()
    browser = stage.browser(somebody(stage))
    with stage.app.app_context():
        said = list(db.session.scalars(sa.select(Announcement.id).where(Announcement.seq.is_not(None))))
    pages = {one: browser.get(f"/announcements/{one}") for one in said}
    hers = [one for one, page in pages.items() if page.status_code == 200]
    assert hers
    for one in hers:
        assert f'href="/announcements/{one}/why"' in pages[one].text
        assert "data-listen" in browser.get(f"/announcements/{one}/why").text
