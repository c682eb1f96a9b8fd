"""A community is a tree of groups. Announcements flow down it, so the tree is kept in two ways:

`parent_id` is the truth; `path` (`/1/23/456/`) and `ancestors` say the same thing for range scans and gates.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import (
    Base,
    BigId,
    ByteText,
    db,
    foreign,
    language_code,
    maybe_moment,
    moment,
    name_text,
    now,
    opaque_id,
    pk,
    room,
    symbol,
    touched,
)
from community.groups.joined import Joined
from community.media.models import Photo
from community.people.models import Person

JOINING = ("link", "ask", "invite")  # anyone with the link · ask first · only by invite
POSTING = ("admins", "everyone")
DEEPEST = 40
IdList = sa.JSON().with_variant(sa.ARRAY(sa.BigInteger()), "postgresql")


class TreeError(ValueError):
    """A move that would break the tree: below itself, into another community, or too deep."""


class Group(Base):
    """A node of the tree. The root is the community."""

    __tablename__ = "group"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, default=opaque_id)
    community_id: Mapped[foreign]
    parent_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("group.id"), index=True)
    path: Mapped[str] = mapped_column(ByteText, index=True)
    ancestors: Mapped[list[int]] = mapped_column(IdList)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[name_text]
    language: Mapped[language_code]
    level: Mapped[str] = mapped_column(sa.String(40), default="")
    picture: Mapped[symbol]
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Photo.id))
    colour: Mapped[room]
    joining: Mapped[str] = mapped_column(sa.String(8), default="link")
    posting: Mapped[str] = mapped_column(sa.String(8), default="admins")
    sensitive: Mapped[bool] = mapped_column(default=False)  # a push names neither it nor what was said
    zone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Kolkata")
    created: Mapped[moment]
    changed: Mapped[touched]
    archived_at: Mapped[maybe_moment]
    archived_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    rests: Mapped[bool] = mapped_column(default=False)  # archived itself, or below something archived
    start_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    joined: Mapped[str | None] = mapped_column(sa.String(600))  # as `Joined` says it, one for each merger above
    merged_at: Mapped[maybe_moment]  # when it came below another community, or another one came below it

    parent: Mapped["Group | None"] = relationship(remote_side=[id])
    photo: Mapped[Photo | None] = relationship()

    @classmethod
    def plant(cls, parent: "Group | None" = None, **looks: Any) -> "Group":
        """A new group below `parent`; without one, the root of a new community."""
        group = cls(id=opaque_id(), parent=parent, **looks)
        group.community_id = parent.community_id if parent else group.id
        group.zone = parent.zone if parent else looks.get("zone", "Asia/Kolkata")
        group.joined = parent.joined if parent else None
        group._hang_below(parent)
        db.session.add(group)
        db.session.flush()
        group.inherit_categories()
        return group

    def _hang_below(self, parent: "Group | None") -> None:
        self.parent_id = parent.id if parent else None
        self.ancestors = [*parent.ancestors, parent.id] if parent else []
        self.path = f"{parent.path if parent else '/'}{self.id}/"
        self.rests = bool(self.archived_at or (parent and parent.rests))
        if len(self.ancestors) >= DEEPEST:
            raise TreeError("too deep")

    @property
    def is_root(self) -> bool:
        return self.parent_id is None

    @property
    def joins(self) -> list[Joined]:
        """The mergers through which it hears what is said above it."""
        return Joined.on(self.lineage, self.joined or "")

    @property
    def root(self) -> "Group":
        """The community."""
        return self if self.is_root else db.session.get_one(Group, self.community_id)

    @property
    def lineage(self) -> list[int]:
        """The ids from the root down to this group."""
        return [*self.ancestors, self.id]

    @classmethod
    def below(cls, path: str) -> sa.ColumnElement[bool]:
        """The group with this path and everything below it, as a range that an index can walk.

        '0' is the character after '/', so the range ends just behind the last descendant.
        """
        return sa.and_(cls.path >= path, cls.path < path[:-1] + "0")

    def branch(self) -> list["Group"]:
        """This group and everything below it, parents first."""
        return list(db.session.scalars(sa.select(Group).where(Group.below(self.path)).order_by(Group.path)))

    def move_below(self, parent: "Group") -> None:
        """Hang this group, with all below it, under another. Memberships and roles stay with their groups."""
        if self.is_root or parent.community_id != self.community_id:
            raise TreeError("a community can not be moved")
        branch = self.lock_branch()
        db.session.refresh(parent)  # another move may have moved it while we waited
        if parent.id in {group.id for group in branch}:
            raise TreeError("a group can not be inside itself")
        by_id = {group.id: group for group in branch}
        for group in branch:
            group._hang_below(parent if group is self else by_id[group.parent_id or 0])
        self.parent = parent
        db.session.flush()
        for group in branch:
            group.inherit_categories()

    def lock_branch(self) -> list["Group"]:
        """The branch as it is now, parents first, locked until the commit (SQLite locks every writer anyway).

        The root is locked first: two moves in one community wait for each other, so no cycle can slip between.
        """
        self._lock_tree()
        db.session.refresh(self)
        branch = sa.select(Group).where(Group.below(self.path)).order_by(Group.path)
        return list(db.session.scalars(branch.with_for_update().execution_options(populate_existing=True)))

    def _lock_tree(self) -> None:
        db.session.execute(sa.select(Group.id).where(Group.id == self.community_id).with_for_update())

    def dress(self, looks: Mapping[str, Any], by: Person) -> None:
        """New looks and rules. A new name is in the language of whoever gave it."""
        if looks["name"] != self.name:
            self.language = by.language
        for field, value in looks.items():
            setattr(self, field, value)
        self.note("changed", by)

    def archive(self, by: Person) -> None:
        """Let the group rest, with everything below it: nothing new comes, nobody new joins."""
        self._lock_tree()
        self.archived_at, self.archived_by = now(), by.id
        self._settle_rest()
        self.note("archived", by)

    def bring_back(self, by: Person) -> None:
        """Wake the group and what rested with it; not what was archived itself, nor below a group that still rests."""
        self._lock_tree()
        self.archived_at = self.archived_by = None
        self._settle_rest()
        self.note("brought back", by)

    def _settle_rest(self) -> None:
        db.session.flush()
        rests = bool(self.archived_at or (self.parent and self.parent.rests))
        archived = sa.select(Group.path).where(Group.below(self.path), Group.archived_at.is_not(None))
        db.session.execute(sa.update(Group).where(Group.below(self.path)).values(rests=rests))
        for path in db.session.scalars(archived).all():
            db.session.execute(sa.update(Group).where(Group.below(path)).values(rests=True))

    def note(self, action: str, by: Person, **details: Any) -> None:
        AuditEntry.add(action, actor_id=by.id, community_id=self.community_id, group_id=self.id, **details)

    @property
    def category(self) -> "Category | None":
        """The category that this group was given itself."""
        own = sa.select(Category).join(GroupCategory, GroupCategory.category_id == Category.id)
        return db.session.scalar(own.where(GroupCategory.group_id == self.id, GroupCategory.own))

    def carry(self, category: "Category | None") -> None:
        """Give the group this category (or none); everything below carries it too."""
        db.session.execute(sa.delete(GroupCategory).where(GroupCategory.group_id == self.id))
        if category:
            db.session.add(GroupCategory(group_id=self.id, category_id=category.id, own=True))
        db.session.flush()
        for group in self.branch():
            group.inherit_categories()

    def inherit_categories(self) -> None:
        """Rewrite what this group carries from above. Call it parents first."""
        own, given = GroupCategory.group_id, GroupCategory.own
        db.session.execute(sa.delete(GroupCategory).where(own == self.id, given.is_(False)))
        kept = sa.select(GroupCategory.category_id).where(own == self.id)
        above = sa.select(GroupCategory.category_id).where(own.in_(self.ancestors), given)
        for category_id in db.session.scalars(above.where(GroupCategory.category_id.not_in(kept)).distinct()).all():
            db.session.add(GroupCategory(group_id=self.id, category_id=category_id, own=False))
        db.session.flush()


class Category(Base):
    """A label of the community that groups carry: grade 3, maths, farmers. People are in it by joining."""

    __tablename__ = "category"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    name: Mapped[name_text]
    language: Mapped[language_code]
    picture: Mapped[symbol]
    colour: Mapped[room]

    @classmethod
    def make(cls, community_id: int, name: str, language: str, picture: str, colour: str) -> "Category":
        made = cls(community_id=community_id, name=name, language=language, picture=picture, colour=colour)
        db.session.add(made)
        db.session.flush()
        return made

    @classmethod
    def of(cls, community_id: int) -> list["Category"]:
        return list(db.session.scalars(sa.select(cls).where(cls.community_id == community_id).order_by(cls.id)))


class GroupCategory(Base):
    """A group carries a category: its own, or one from above."""

    __tablename__ = "group_category"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True)
    category_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Category.id), primary_key=True, index=True)
    own: Mapped[bool]
