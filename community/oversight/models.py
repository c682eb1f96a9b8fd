"""The counters of a group, its own and those of its branch; the marks of what has to be counted anew.

A request never touches a counter: it leaves a mark beside its own rows, in the same commit, and no two requests wait
for each other. The outbox takes the marks away, counts these groups, and sums up along the way to the root.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, BigId, db, maybe_moment, moment, pk

OWN = (
    "groups",
    "people",
    "new_7",
    "new_30",
    "phones",
    "died",
    "reached",
    "heard",
    "said",
    "waiting",
    "asleep",
    "needs",
    "reports",
    "urgent",
    "questions",
    "rumours",
)


class GroupCounter(Base):
    """What is known of one group in numbers. A group that rests counts nothing, nor does it need anybody.

    Own numbers are of different people in this one group. Those with `all_` are sums over the branch, so who is in two
    groups of it counts in both.
    """

    __tablename__ = "group_counter"

    community_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    counted_at: Mapped[moment]
    groups: Mapped[int] = mapped_column(default=0)  # 1, where it does not rest
    people: Mapped[int] = mapped_column(default=0)
    new_7: Mapped[int] = mapped_column(default=0)  # came in the last 7 days
    new_30: Mapped[int] = mapped_column(default=0)
    phones: Mapped[int] = mapped_column(default=0)  # may be pushed to, and were here in the last 7 days
    died: Mapped[int] = mapped_column(default=0)  # phones that a push service forgot in the last 30 days
    reached: Mapped[int] = mapped_column(default=0)  # people whose phone showed something in the last 30 days
    heard: Mapped[int] = mapped_column(default=0)  # people who have heard the newest that is two days old
    said: Mapped[int] = mapped_column(default=0)  # announced in this group in the last 30 days
    waiting: Mapped[int] = mapped_column(default=0)  # wishes to come in without an answer
    asleep: Mapped[int] = mapped_column(default=0)  # 1, where it has admins and none was here for 14 days
    needs: Mapped[int] = mapped_column(default=0)  # 1, where it needs a human
    reports: Mapped[int] = mapped_column(default=0)  # what was reported and waits here for who decides
    urgent: Mapped[int] = mapped_column(default=0)  # urgent help that is asked for, and not answered
    questions: Mapped[int] = mapped_column(default=0)  # other questions without an answer
    rumours: Mapped[int] = mapped_column(default=0)  # "is this true?", and nobody has said it yet
    press: Mapped[int] = mapped_column(BigId, default=0)  # what waits most, and since when: pressing.py; 0: nothing
    press_plain: Mapped[int] = mapped_column(BigId, default=0)  # the same without reports: they may be of who looks
    why: Mapped[int] = mapped_column(default=0)  # the reasons, a bit each
    need: Mapped[int] = mapped_column(default=0)  # how much; 0: nobody has to come
    admins: Mapped[int] = mapped_column(default=0)
    all_groups: Mapped[int] = mapped_column(default=0)
    all_people: Mapped[int] = mapped_column(BigId, default=0)
    all_new_7: Mapped[int] = mapped_column(BigId, default=0)
    all_new_30: Mapped[int] = mapped_column(BigId, default=0)
    all_phones: Mapped[int] = mapped_column(BigId, default=0)
    all_died: Mapped[int] = mapped_column(BigId, default=0)
    all_reached: Mapped[int] = mapped_column(BigId, default=0)
    all_heard: Mapped[int] = mapped_column(BigId, default=0)
    all_said: Mapped[int] = mapped_column(BigId, default=0)
    all_waiting: Mapped[int] = mapped_column(BigId, default=0)
    all_asleep: Mapped[int] = mapped_column(default=0)
    all_needs: Mapped[int] = mapped_column(default=0)
    all_reports: Mapped[int] = mapped_column(BigId, default=0)
    all_urgent: Mapped[int] = mapped_column(BigId, default=0)
    all_questions: Mapped[int] = mapped_column(BigId, default=0)
    all_rumours: Mapped[int] = mapped_column(BigId, default=0)

    __table_args__ = (
        sa.Index(
            "ix_group_counter_need", "community_id", "need", "group_id",
            sqlite_where=sa.text("need > 0"), postgresql_where=sa.text("need > 0"),
        ),
        *(
            sa.Index(
                f"ix_group_counter_{name}", "community_id", name, "group_id",
                sqlite_where=sa.text(f"{name} > 0"), postgresql_where=sa.text(f"{name} > 0"),
            )
            for name in ("press", "press_plain")
        ),
    )  # fmt: skip

    @classmethod
    def of(cls, community_id: int, group_id: int) -> "GroupCounter | None":
        return db.session.get(cls, (community_id, group_id))


class CounterChange(Base):
    """Something changed in this group since it was counted; with `branch` in everything below it, too."""

    __tablename__ = "counter_change"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId)
    group_id: Mapped[int] = mapped_column(BigId)
    branch: Mapped[bool] = mapped_column(default=False)


class CounterCheck(Base):
    """What a night's recount found: how many groups it looked at, and how many had been counted wrong."""

    __tablename__ = "counter_check"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId)
    day: Mapped[str] = mapped_column(sa.String(10))
    looked: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[maybe_moment]

    __table_args__ = (sa.UniqueConstraint("community_id", "day"),)
