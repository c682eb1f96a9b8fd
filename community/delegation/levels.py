"""What each new group of a level gets: "each new district gets these five groups". A template hangs in a branch and
knows a level by its name. What it makes carries no level of its own, so no template can ever call itself.
"""

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, foreign, language_code, moment, name_text, pk, room, symbol
from community.groups.membership import Membership
from community.groups.models import Category, Group, TreeError
from community.people.models import Person

MOST = 8  # groups of one template


class LevelTemplate(Base):
    __tablename__ = "level_template"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))  # the branch
    level: Mapped[str] = mapped_column(sa.String(40))
    created: Mapped[moment]
    made_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    groups: Mapped[list["TemplateGroup"]] = relationship(
        order_by="TemplateGroup.id", back_populates="template", cascade="all, delete-orphan"
    )

    __table_args__ = (sa.UniqueConstraint("group_id", "level"),)

    @classmethod
    def of(cls, group: Group) -> list["LevelTemplate"]:
        return list(db.session.scalars(sa.select(cls).where(cls.group_id == group.id).order_by(cls.id)))

    @classmethod
    def over(cls, group: Group) -> list["LevelTemplate"]:
        """What says something about this group: its level's name, in it or above it."""
        if not group.level:
            return []
        wanted = sa.select(cls).where(cls.group_id.in_(group.ancestors), cls.level == group.level)
        return list(db.session.scalars(wanted.order_by(cls.id)))

    @property
    def targets(self) -> sa.Select[int]:
        """The groups below the branch that this is about, parents first."""
        below = (Group.below(self.group.path), Group.id != self.group_id, Group.rests.is_(False))
        return sa.select(Group.id).where(*below, Group.level == self.level).order_by(Group.path)

    def grow_in(self, group: Group) -> list[int]:
        """Make what is missing here; the ids of what was made. Raises TreeError where the tree is too deep.

        What this template has made once it does not make again, though it was renamed, moved or archived; and a group
        that has the name already is left as it is.
        """
        there = _names_in(group)
        wanted = [one for one in self.groups if one.name not in there and not one.has_made_in(group)]
        return [one.plant_in(group, position).id for position, one in enumerate(wanted, len(there))]


class TemplateGroup(Base):
    """One group that each of them gets."""

    __tablename__ = "template_group"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    template_id: Mapped[foreign] = mapped_column(sa.ForeignKey(LevelTemplate.id))
    category_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Category.id))
    name: Mapped[name_text]
    language: Mapped[language_code]
    picture: Mapped[symbol]
    colour: Mapped[room]

    template: Mapped[LevelTemplate] = relationship(back_populates="groups")
    category: Mapped[Category | None] = relationship()

    def key_in(self, group: Group) -> str:
        return f"level:{self.id}:{group.id}"

    def has_made_in(self, group: Group) -> bool:
        return db.session.scalar(sa.select(Group.id).where(Group.start_key == self.key_in(group))) is not None

    def plant_in(self, group: Group, position: int) -> Group:
        made = Group.plant(
            group, name=self.name, language=self.language, picture=self.picture, colour=self.colour,
            position=position, sensitive=group.sensitive, start_key=self.key_in(group), joining=group.joining,
        )  # fmt: skip
        if self.category:
            made.carry(self.category)
        return made


def _names_in(group: Group) -> set[str]:
    awake = sa.select(Group.name).where(Group.parent_id == group.id, Group.archived_at.is_(None))
    return set(db.session.scalars(awake))


def is_empty(group: Group) -> bool:
    """Nobody is in it, and nothing inside."""
    held = sa.select(Membership.id).where(Membership.group_id == group.id)
    inside = sa.select(Group.id).where(Group.parent_id == group.id)
    return db.session.scalar(sa.union_all(held, inside).limit(1)) is None


def grow(group: Group, by: Person) -> None:
    """A new group gets what the templates above it say. Where the tree is too deep for that it stands without."""
    for template in LevelTemplate.over(group):
        with suppress(TreeError):
            if made := template.grow_in(group):
                group.note("template used", by, template=template.id, made=made)
