"""A courtyard changes hands only after a day in which each of its owners knows, and can stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from community.audit.models import AuditEntry
from community.database import db
from community.delegation.models import Appointment
from community.outbox.models import Outbox
from community.recovery.ring import HandsOver
from tests.delegation.scene import a_day_later, handed, number_of, take
from tests.groups.town import admins_of, let_in, membership_id, role_of

if TYPE_CHECKING:
    from tests.conftest import Stage


@pytest.fixture
def pending(stage: Stage) -> int:
    """The head hands the school over to the teacher; the parent owns it, too."""
    let_in(stage, "parent", stage.school, "admin")
    assert take(stage.browser("teacher"), handed(stage, "head", "teacher", stage.school, stage.grades[3])) == 303
    return number_of(stage)


def test_nothing_changes_for_a_day_and_every_owner_is_told(stage: Stage, pending: int) -> None:
    assert role_of(stage, "head", stage.school) == "admin"
    assert role_of(stage, "teacher", stage.school) == "member"
    for part, told in (("head", True), ("parent", True), ("teacher", True), ("member", False)):
        assert (f"/appointments/{pending}" in stage.browser(part).get("/").text) is told
    with stage.app.app_context():
        rows = list(db.session.scalars(sa.select(Outbox).where(Outbox.kind == "hands-over")))
        called = {found[0].id for row in rows if (found := HandsOver().called(row))}
        assert called == {stage.people[part] for part in ("head", "parent", "teacher")}
    a_day_later(stage)
    assert role_of(stage, "head", stage.school) == "member"
    assert role_of(stage, "teacher", stage.school) == "admin"
    assert stage.browser("head").post(f"/appointments/{pending}/undo").status_code == 303


@pytest.mark.large
@pytest.mark.parametrize("part", ["head", "parent", "teacher"])
def test_each_of_them_stops_it(stage: Stage, pending: int, part: str) -> None:
    assert f"/appointments/{pending}/withdrawal" in stage.browser(part).get(f"/appointments/{pending}").text
    assert stage.browser("member").post(f"/appointments/{pending}/withdrawal").status_code == 404
    assert stage.browser(part).post(f"/appointments/{pending}/withdrawal").status_code in (303, 404)
    a_day_later(stage)
    assert role_of(stage, "head", stage.school) == "admin"
    assert role_of(stage, "teacher", stage.school) == "member"
    with stage.app.app_context():
        noted = sa.select(AuditEntry.actor_id).where(AuditEntry.action == "role withdrawn")
        assert db.session.scalars(noted).all() == [stage.people[part]]


def test_who_lost_the_role_meanwhile_hands_nothing_over(stage: Stage, pending: int) -> None:
    held = membership_id(stage, "head", stage.school)
    stage.browser("head").post(f"/memberships/{held}/role", data={"role": "member"})
    a_day_later(stage)
    assert role_of(stage, "teacher", stage.school) == "member"
    assert admins_of(stage, stage.school) == 1
    with stage.app.app_context():
        assert db.session.get_one(Appointment, pending).answer == "withdrawn"


@pytest.mark.large
def test_a_second_tap_and_a_second_taker_change_nothing(stage: Stage) -> None:
    where = handed(stage, "head", "teacher", stage.school, stage.grades[3])
    teacher = stage.browser("teacher")
    assert [take(teacher, where) for _again in range(2)] == [303, 303]
    assert take(stage.browser("member"), where) == 410
    with stage.app.app_context():
        kinds = sa.select(sa.func.count()).where(Outbox.kind == "change-hands")
        assert db.session.scalar(kinds) == 1


@pytest.mark.large
def test_the_promise_looks_at_the_clock(stage: Stage, pending: int) -> None:
    from community.database import writing
    from community.delegation.taking import change_hands

    with stage.app.app_context(), writing():
        change_hands(pending)
        assert db.session.get_one(Appointment, pending).is_pending
        db.session.rollback()
