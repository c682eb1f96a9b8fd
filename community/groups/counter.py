"""The counter row of a community: it hands out `seq`, the order in which everything was released."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, BigId, db
from community.groups.models import Group


class Counter(Base):
    """The last `seq` of a community. Updated by the releasing transaction, so commit order is `seq` order."""

    __tablename__ = "counter"

    community_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True)
    seq: Mapped[int] = mapped_column(BigId, default=0)

    @classmethod
    def next(cls, community_id: int) -> int:
        step = sa.update(cls).where(cls.community_id == community_id).values(seq=cls.seq + 1).returning(cls.seq)
        seq = db.session.scalar(step.execution_options(synchronize_session=False))
        if seq is None:
            db.session.add(cls(community_id=community_id, seq=1))
            db.session.flush()
            return 1
        return seq

    @classmethod
    def now_at(cls, community_id: int) -> int:
        return db.session.scalar(sa.select(cls.seq).where(cls.community_id == community_id)) or 0
