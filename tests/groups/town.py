"""Short hands for these tests: a row by its number, a membership by who and where, many phones at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa

from community.database import db, writing
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.people.models import Child, Person
from tests.conftest import Stage

Answer = TypeVar("Answer")


def together(what: Callable[..., Answer], each: Iterable[Any]) -> list[Answer]:
    """What every thread answered, started as nearly at once as threads can be."""
    all_of_them = list(each)
    with ThreadPoolExecutor(len(all_of_them)) as pool:
        return list(pool.map(what, all_of_them))


def membership_id(stage: Stage, part: str, group_id: int) -> int:
    with stage.app.app_context():
        mine = (Membership.group_id == group_id, Membership.person_id == stage.people[part])
        return db.session.scalars(sa.select(Membership.id).where(*mine).order_by(Membership.id)).first() or 0


def role_of(stage: Stage, part: str, group_id: int) -> str | None:
    with stage.app.app_context():
        mine = (Membership.group_id == group_id, Membership.person_id == stage.people[part])
        return db.session.scalar(sa.select(Membership.role).where(*mine))


def let_in(stage: Stage, part: str, group_id: int, role: str = "member", *, nickname: str = "") -> int:
    """Make somebody of the cast a member; the membership's number."""
    with stage.app.test_request_context(), writing():
        person = db.session.get_one(Person, stage.people[part])
        child = Child(parent=person, picture="fish", colour="mor", nickname=nickname) if nickname else None
        if child:
            db.session.add(child)
            db.session.flush()
        held = admit(db.session.get_one(Group, group_id), person, child, role)
        db.session.commit()
        return held.id


def admins_of(stage: Stage, group_id: int) -> int:
    with stage.app.app_context():
        people = sa.func.count(Membership.person_id.distinct())  # who is there for a child, too, has the role on both
        admins = sa.select(people).where(Membership.group_id == group_id, Membership.role == "admin")
        return db.session.scalar(admins) or 0


def field(stage: Stage, group_id: int, name: str) -> Any:
    with stage.app.app_context():
        return db.session.scalar(sa.select(getattr(Group, name)).where(Group.id == group_id))
