"""Short hands: an offer that somebody of the cast makes, and what is at its address."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from community.audit.models import AuditEntry
from community.database import db, now, writing
from community.delegation.models import DELAY, Appointment
from community.delegation.taking import change_hands
from community.groups.models import Group
from tests.conftest import Browser, Stage
from tests.groups.town import membership_id


def offered(stage: Stage, by: str, group_id: int, role: str = "admin", **form: str) -> str:
    """The address of a new offer."""
    answer = stage.browser(by).post(f"/groups/{group_id}/appointments", data={"role": role, **form})
    assert answer.status_code == 303, answer.text
    return address(stage, int(answer.location.rpartition("/")[2]))


def handed(stage: Stage, by: str, to: str, group_id: int, at: int | None = None) -> str:
    member = str(membership_id(stage, to, at or group_id))
    return offered(stage, by, group_id, "all", member=member)


def a_day_later(stage: Stage) -> None:
    """A whole courtyard waits for a day before it changes hands; it did, and the outbox looked."""
    with stage.app.app_context(), writing():
        db.session.execute(sa.update(Appointment).values(answered_at=now() - DELAY))
        change_hands(db.session.scalar(sa.select(sa.func.max(Appointment.id))) or 0)
        db.session.commit()


def address(stage: Stage, number: int) -> str:
    with stage.app.test_request_context():
        return f"/a/{db.session.get_one(Appointment, number).code}"


def today_at(stage: Stage, group_id: int) -> str:
    """The day that it is where this group is: another one than in Greenwich, late in the evening."""
    with stage.app.app_context():
        return now().astimezone(ZoneInfo(db.session.get_one(Group, group_id).zone)).date().isoformat()


def number_of(stage: Stage) -> int:
    """The latest offer."""
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.max(Appointment.id))) or 0


def take(browser: Browser, where: str) -> int:
    return int(browser.post(where).status_code)


def audited(stage: Stage) -> list[str]:
    with stage.app.app_context():
        return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def category_of(stage: Stage, group_id: int) -> int:
    with stage.app.app_context():
        return db.session.get_one(Group, group_id).own_categories[0].id


def count(stage: Stage, model: type, **where: object) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).filter_by(**where)) or 0


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile, by whatever request."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
