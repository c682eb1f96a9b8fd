"""The audit log: a row for each thing done with a power over others. Rows are added, never changed."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.audit.lasting import guard
from community.database import Base, BigId, db, foreign, moment, pk

OPERATOR = 0  # the actor, where it was who runs the server: nobody of the community
NOBODY = -1  # the actor of what came of somebody's leaving by herself: it is counted, and names no one


class AuditEntry(Base):
    __tablename__ = "audit_entry"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign]
    actor_id: Mapped[int] = mapped_column(BigId)
    action: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int | None] = mapped_column(BigId)
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created: Mapped[moment]

    @classmethod
    def add(
        cls,
        action: str,
        *,
        actor_id: int,
        community_id: int,
        group_id: int,
        subject_id: int | None = None,
        **details: Any,
    ) -> None:
        """Note who did what where. Never a message's text, a code or a token."""
        entry = cls(
            action=action, actor_id=actor_id, community_id=community_id, group_id=group_id,
            subject_id=subject_id, details=details,
        )  # fmt: skip
        db.session.add(entry)


guard(AuditEntry.__table__)
