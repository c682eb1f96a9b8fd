"""How often something was tried: what stands between few digits and who guesses them."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, db, digest, now
from community.people.models import fingerprint


class Attempts(Base):
    """How often something was tried within an hour. Counted here, so that a restart forgets nothing."""

    __tablename__ = "attempts"

    key: Mapped[digest] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]

    @classmethod
    def count_one(cls, what: str, *, hours: int = 1) -> int:
        """Count a try at `what` and return how many this hour has seen (or so many `hours`, a day at most).

        Old hours are swept away.
        """
        hour = int(now().timestamp()) // 3600
        kept = hour - hour % hours
        db.session.execute(sa.delete(cls).where(cls.hour < hour - 24))
        row = {"key": fingerprint(what), "hour": kept}
        statement = sa.text(
            "INSERT INTO attempts (key, hour, count) VALUES (:key, :hour, 1) "
            "ON CONFLICT (key, hour) DO UPDATE SET count = attempts.count + 1 RETURNING count"
        )
        return int(db.session.execute(statement, row).scalar_one())

    @classmethod
    def take_back_one(cls, what: str) -> None:
        """The try just counted was right: it is not held against anybody."""
        hour = int(now().timestamp()) // 3600
        mine = sa.update(cls).where(cls.key == fingerprint(what), cls.hour == hour, cls.count > 0)
        db.session.execute(mine.values(count=cls.count - 1))
