"""A role lasts until it is taken, or until its date. `Membership.role` is the role that is held *now*, in Python and in
every statement: nobody can ask for one that has ended by mistake.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import Comparator, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from community.database import BigId, UtcDateTime, maybe_moment, now

ROLES = ("member", "responder", "moderator", "admin")  # each may do what those before it may
HELD = "role <> 'member'"  # of the index over the few rows that carry a role


class RoleNow(Comparator[str]):
    """The role in statements. Compared with a role it stays something that an index can answer."""

    def __init__(self, cls: Any) -> None:
        self.cls = cls
        super().__init__(_when(cls, "member"))

    def __eq__(self, other: object) -> sa.ColumnElement[bool]:  # type: ignore[override]
        return sa.not_(self._held()) if other == "member" else sa.and_(self.cls.held_role == other, lasts(self.cls))

    def __ne__(self, other: object) -> sa.ColumnElement[bool]:  # type: ignore[override]
        return self._held() if other == "member" else sa.not_(self == other)

    __hash__ = Comparator.__hash__

    def in_(self, other: Iterable[str]) -> sa.ColumnElement[bool]:  # type: ignore[override]
        return sa.or_(*(self == role for role in other))

    def _bulk_update_tuples(self, value: Any) -> list[tuple[Any, Any]]:
        """How an UPDATE writes it."""
        return [(self.cls.held_role, value)]

    def _held(self) -> sa.ColumnElement[bool]:
        # Spelled as in the index: SQLite takes a partial index for nothing less.
        return sa.and_(self.cls.held_role != sa.literal_column("'member'"), lasts(self.cls))


def _when(cls: Any, ended: str) -> sa.ColumnElement[str]:
    return sa.case((lasts(cls), cls.held_role), else_=sa.literal_column(f"'{ended}'"))


def lasts(cls: Any) -> sa.ColumnElement[bool]:
    """Whether the role has not ended, at the moment at which the statement runs."""
    return sa.or_(cls.role_until.is_(None), cls.role_until > _this_moment())


def _this_moment() -> sa.BindParameter[datetime]:
    return sa.bindparam("this_moment", callable_=now, type_=UtcDateTime(), unique=True)


class Termed:
    """The columns of a role: which, since when and by whom, until when."""

    held_role: Mapped[str] = mapped_column("role", sa.String(10), default="member")
    role_until: Mapped[maybe_moment]
    role_since: Mapped[maybe_moment]
    role_by: Mapped[int | None] = mapped_column(BigId)
    has_office: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    @hybrid_property
    def role(self) -> str:
        ended = self.role_until is not None and self.role_until <= now()
        return "member" if ended else self.held_role or "member"

    @role.inplace.setter
    def _give(self, role: str) -> None:
        self.held_role = role

    @role.inplace.comparator
    @classmethod
    def _role_now(cls) -> RoleNow:
        return RoleNow(cls)

    def has_role_until(self, until: datetime | None, by: int) -> None:
        """Note since when and by whom, with what is new about the role."""
        self.role_until, self.role_since, self.role_by = until, now(), by


def last_day(until: datetime | None, zone: str) -> str:
    """The last day of a role, as a form says days; "" where it has none."""
    return until.astimezone(ZoneInfo(zone)).date().isoformat() if until else ""
