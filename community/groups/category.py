"""The community's list of categories, and which groups carry them."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, validates

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, foreign, language_code, maybe_moment, name_text, now, pk, room, symbol
from community.groups.ready import READY, ready_named
from community.languages import current
from community.languages.folding import likeness
from community.people.models import Person

MOST = 60  # categories that a community uses at a time
CARRIED = 6  # that a group is given itself


class Category(Base):
    """A label of the community that groups carry: grade 3, maths, farmers. People are in it by joining.

    One of the ready list has a `key` and says its name in each reader's language; any other says it as it was typed.
    """

    __tablename__ = "category"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    key: Mapped[symbol | None]
    name: Mapped[name_text]
    likeness: Mapped[str] = mapped_column(sa.String(64))  # equal where people take two names for the same
    language: Mapped[language_code]
    picture: Mapped[symbol]
    colour: Mapped[room]
    retired_at: Mapped[maybe_moment]
    retired_by: Mapped[int | None] = mapped_column(BigId)

    __table_args__ = (
        sa.Index("uq_category_community_id_key", "community_id", "key", unique=True),
        sa.Index("uq_category_community_id_likeness", "community_id", "likeness", unique=True),
    )

    @validates("name")
    def _liken(self, _field: str, name: str) -> str:
        self.likeness = likeness(name)
        return name

    @classmethod
    def make(cls, community_id: int, name: str, language: str, picture: str, colour: str) -> "Category":
        """A new one. Where the ready list knows the name, in whatever language, it is said in all of them."""
        made = cls(
            community_id=community_id, name=name, language=language, picture=picture, colour=colour,
            key=ready_named(name),
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made

    @classmethod
    def take(cls, community_id: int, key: str) -> "Category":
        """The one of the ready list, as it stands there."""
        ready = READY[key]
        made = cls(
            community_id=community_id, key=key, name=ready.english, language="en", picture=ready.picture,
            colour=ready.colour,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made

    @classmethod
    def of(cls, community_id: int) -> list["Category"]:
        """Those that the community uses."""
        return list(db.session.scalars(cls._all(community_id).where(cls.retired_at.is_(None))))

    @classmethod
    def retired(cls, community_id: int) -> list["Category"]:
        """Those that it used once, the last first."""
        once = cls._all(community_id).where(cls.retired_at.is_not(None)).order_by(None)
        return list(db.session.scalars(once.order_by(cls.retired_at.desc(), cls.id.desc()).limit(MOST)))

    @classmethod
    def called(cls, community_id: int, name: str) -> "Category | None":
        """The one that this name would double, in use or not: in another case or spelling, or from the ready list."""
        key, wanted = ready_named(name), likeness(name)
        for known in db.session.scalars(cls._all(community_id)):
            if likeness(known.name) == wanted or (key and key in (known.key, ready_named(known.name))):
                return known
        return None

    @classmethod
    def _all(cls, community_id: int) -> sa.Select["Category"]:
        return sa.select(cls).where(cls.community_id == community_id).order_by(cls.id)

    @property
    def name_in_my_language(self) -> str:
        return READY[self.key].name if self.key in READY else self.name

    @property
    def language_of_name(self) -> str:
        """Of the name as the reader sees it."""
        return current().code if self.key in READY else self.language

    def retire(self, by: Person) -> None:
        """Nobody can be told something by it any more. Groups keep it, and so does what was said."""
        self.retired_at, self.retired_by = now(), by.id
        self.note("category retired", by)

    def come_back(self, by: Person) -> None:
        self.retired_at = self.retired_by = None
        self.note("category brought back", by)

    def note(self, action: str, by: Person) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.community_id, category=self.id
        )


class GroupCategory(Base):
    """A group carries a category: its own, or one from above."""

    __tablename__ = "group_category"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("group.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Category.id), primary_key=True, index=True)
    own: Mapped[bool]

    @classmethod
    def spread(cls, category_id: int, groups: sa.Select[int]) -> None:
        """Let these groups carry the category from above, where they do not carry it yet. One statement."""
        found = groups.subquery()
        carries = sa.select(cls.group_id).where(cls.group_id == found.c[0], cls.category_id == category_id)
        rows = sa.select(found.c[0], sa.literal(category_id, sa.BigInteger), sa.false()).where(~carries.exists())
        db.session.execute(sa.insert(cls).from_select(["group_id", "category_id", "own"], rows))

    @classmethod
    def give(cls, category_id: int, group_id: int) -> None:
        """Now it is the group's own, whether or not it came from above."""
        cls.clear(category_id, sa.select(sa.literal(group_id, sa.BigInteger)))
        db.session.execute(sa.insert(cls).values(group_id=group_id, category_id=category_id, own=True))

    @classmethod
    def clear(cls, category_id: int, groups: sa.Select[int], *, own: bool = False) -> None:
        """What these groups carry of the category from above; or what is their own."""
        rows = sa.delete(cls).where(cls.category_id == category_id, cls.own.is_(own), cls.group_id.in_(groups))
        db.session.execute(rows.execution_options(synchronize_session=False))

    @classmethod
    def inherit(cls, group_id: int, ancestors: list[int]) -> None:
        """Rewrite what one group carries from above."""
        above = sa.select(cls.category_id).where(cls.group_id.in_(ancestors), cls.own).distinct()
        kept = sa.select(cls.category_id).where(cls.group_id == group_id, cls.own)
        inherited = sa.delete(cls).where(cls.group_id == group_id, cls.own.is_(False))
        db.session.execute(inherited.execution_options(synchronize_session=False))
        found = above.where(cls.category_id.not_in(kept)).subquery()
        rows = sa.select(sa.literal(group_id, sa.BigInteger), found.c[0], sa.false())
        db.session.execute(sa.insert(cls).from_select(["group_id", "category_id", "own"], rows))
