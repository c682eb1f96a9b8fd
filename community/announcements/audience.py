"""Whom an announcement is for, and how many people that is."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, foreign, pk
from community.groups.membership import Membership
from community.groups.models import Category, Group, GroupCategory


class Audience(Base):
    """Whom an announcement is for: a group and all below it, perhaps only those that carry a category."""

    __tablename__ = "audience"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    category_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Category.id))
    pins: Mapped[int] = mapped_column(default=0)  # how many of its announcements are pinned now

    group: Mapped[Group] = relationship()
    category: Mapped[Category | None] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_audience_group_id", "group_id", unique=True,
            sqlite_where=sa.text("category_id IS NULL"), postgresql_where=sa.text("category_id IS NULL"),
        ),
        sa.Index(
            "uq_audience_group_id_category_id", "group_id", "category_id", unique=True,
            sqlite_where=sa.text("category_id IS NOT NULL"), postgresql_where=sa.text("category_id IS NOT NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def of(cls, group: Group, category: Category | None = None) -> "Audience":
        """The one row for this audience, made if there is none."""
        same = cls.category_id == category.id if category else cls.category_id.is_(None)
        found = db.session.scalar(sa.select(cls).where(cls.group_id == group.id, same))
        if found is None:
            found = cls(group=group, community_id=group.community_id, category=category)
            db.session.add(found)
            db.session.flush()
        return found

    @staticmethod
    def count(group: Group, category: Category | None = None) -> int:
        """How many different people it reaches now."""
        return db.session.scalar(sa.select(sa.func.count()).select_from(Audience.hearers(group, category))) or 0

    @staticmethod
    def hearers(group: Group, category: Category | None = None) -> sa.Subquery:
        """The ids of the people it reaches now, each once. Groups that rest inside it hear nothing."""
        awake = sa.or_(Group.rests.is_(False), Group.id == group.id)
        reached = sa.select(Membership.person_id).distinct().join(Group, Membership.group_id == Group.id)
        if category:
            carries = sa.select(GroupCategory.group_id).where(GroupCategory.category_id == category.id)
            reached = reached.where(Group.id.in_(carries))
        return reached.where(Group.below(group.path), awake).subquery()
