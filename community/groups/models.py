"""A community is a tree of groups. Announcements flow down it, so the tree is kept in two ways:

`parent_id` is the truth; `path` (`/1/23/456/`) and `ancestors` say the same thing for range scans and gates.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from blinker import signal
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.audit.models import OPERATOR, AuditEntry
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
    room,
    symbol,
    touched,
)
from community.groups.category import Category as Category
from community.groups.category import GroupCategory as GroupCategory
from community.groups.joined import Joined
from community.groups.locking import lock_trees
from community.groups.moving import DEEPEST, Hook, hung_below, inherited_below
from community.groups.moving import TreeError as TreeError
from community.media.models import Photo
from community.people.models import Person

JOINING = ("link", "ask", "invite")  # anyone with the link · ask first · only by invite
POSTING = ("admins", "everyone")
TALKING = ("admins", "everyone")  # who may talk in it
dressed = signal("dressed")  # sent with the Group that has new looks and rules, in their transaction
IdList = sa.JSON().with_variant(sa.ARRAY(sa.BigInteger()), "postgresql")


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
    talking: Mapped[str] = mapped_column(sa.String(8), default="admins", server_default="admins")  # who may talk
    sensitive: Mapped[bool] = mapped_column(default=False)  # a push names neither it nor what was said
    looks_at_new: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # here and below: `holding`
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
        if parent:
            lock_trees(parent)
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
        lock_trees(self, parent)  # another move, or a merger, may have changed either while we waited
        if self.is_root or parent.community_id != self.community_id:
            raise TreeError("a community can not be moved")
        branch = self._lock_branch()
        if parent.id in {row.id for row in branch}:
            raise TreeError("a group can not be inside itself")
        self.parent = parent  # by itself, so that whoever listens to the session hears of it
        db.session.flush()
        hung = hung_below(self.id, Hook(parent.lineage, parent.path, parent.rests), branch)
        db.session.execute(sa.update(Group), hung)
        db.session.expire_all()
        self._inherit_below(hung)

    def _lock_branch(self) -> Sequence[Any]:
        """The branch as it is now, parents first, locked until the commit. Who reads, joins or announces there waits
        for nothing.
        """
        rows = sa.select(Group.id, Group.parent_id, Group.archived_at).where(Group.below(self.path))
        return db.session.execute(rows.order_by(Group.path).with_for_update(key_share=True)).all()

    def dress(self, looks: Mapping[str, Any], by: Person) -> None:
        """New looks and rules. A new name is in the language of whoever gave it."""
        if looks["name"] != self.name:
            self.language = by.language
        for field, value in looks.items():
            setattr(self, field, value)
        dressed.send(self)
        self.note("changed", by)

    def archive(self, by: Person | None) -> None:
        """Let the group rest, with everything below it: nothing new comes, nobody new joins."""
        lock_trees(self)
        self.archived_at, self.archived_by = now(), by.id if by else None
        self._settle_rest()
        self.note("archived", by)

    def bring_back(self, by: Person) -> None:
        """Wake the group and what rested with it; not what was archived itself, nor below a group that still rests."""
        lock_trees(self)
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

    def note(self, action: str, by: Person | None, **details: Any) -> None:
        actor = by.id if by else OPERATOR
        AuditEntry.add(action, actor_id=actor, community_id=self.community_id, group_id=self.id, **details)

    @property
    def own_categories(self) -> list["Category"]:
        """Those that this group was given itself."""
        return self._carried(own=True)

    @property
    def inherited_categories(self) -> list["Category"]:
        return self._carried(own=False)

    def _carried(self, *, own: bool) -> list["Category"]:
        carried = sa.select(Category).join(GroupCategory, GroupCategory.category_id == Category.id)
        carried = carried.where(GroupCategory.group_id == self.id, GroupCategory.own.is_(own))
        return list(db.session.scalars(carried.order_by(Category.id)))

    def carry(self, *categories: "Category | None") -> None:
        """Give the group these of its community and no others of it; everything below carries them too."""
        lock_trees(self)
        wanted = {category.id for category in categories if category}
        before = {category.id for category in self.own_categories if category.community_id == self.community_id}
        for category_id in before - wanted:
            self._lay_down(category_id)
        for category_id in wanted - before:
            self._take_up(category_id)

    def _take_up(self, category_id: int) -> None:
        """In few statements, however much is below."""
        GroupCategory.give(category_id, self.id)
        GroupCategory.spread(category_id, self._below(self.path))

    def _lay_down(self, category_id: int) -> None:
        GroupCategory.clear(category_id, self._below(self.path))
        GroupCategory.clear(category_id, sa.select(Group.id).where(Group.id == self.id), own=True)
        given = sa.select(Group.path).join(GroupCategory, GroupCategory.group_id == Group.id)
        given = given.where(GroupCategory.category_id == category_id, GroupCategory.own)
        near = sa.or_(Group.below(self.path), Group.id.in_(self.ancestors))
        # What is given above reaches all of it; else only what hangs below a group that was given it itself.
        for path in db.session.scalars(given.where(near)).all():
            GroupCategory.spread(category_id, self._below(path if path.startswith(self.path) else self.path))

    @staticmethod
    def _below(path: str) -> sa.Select[int]:
        return sa.select(Group.id).where(Group.below(path))

    def _inherit_below(self, branch: Sequence[Mapping[str, Any]]) -> None:
        """The same for a whole branch, parents first, in three statements."""
        ids, rows = sa.select(Group.id).where(Group.below(self.path)), GroupCategory
        gone = sa.delete(rows).where(rows.group_id.in_(ids), rows.own.is_(False))
        db.session.execute(gone.execution_options(synchronize_session=False))
        near = sa.or_(rows.group_id.in_(ids), rows.group_id.in_(self.ancestors))
        own = db.session.execute(sa.select(rows.group_id, rows.category_id).where(rows.own, near))
        if inherited := inherited_below(self.ancestors, [(row.group_id, row.category_id) for row in own], branch):
            db.session.execute(sa.insert(rows), inherited)

    def inherit_categories(self) -> None:
        """Rewrite what this group carries from above. Call it parents first."""
        GroupCategory.inherit(self.id, self.ancestors)
