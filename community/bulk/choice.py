"""Which groups are meant: some that were ticked, or all that fit, inside one branch. Never the branch's own top."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from community.database import db
from community.form import Form
from community.groups.models import Category, Group, GroupCategory
from community.search.finding import named
from community.search.models import GroupWord

PAGE = 50
NUMBER = re.compile("[0-9]{1,17}")
FILTERS = ("q", "category", "level", "resting")
LEVELS = 12  # that are offered to choose from


@dataclass
class Choice:
    """What a form says of the groups inside `branch`. Everything is asked anew whenever it is read."""

    branch: Group
    form: Form
    picks: list[int] = field(default_factory=list)
    everything: bool = False
    page: int = 0

    @classmethod
    def read(cls, branch: Group, fields: MultiDict[str, str]) -> "Choice":
        form = Form(fields)
        form.line("q", most=60)
        form.ticked("resting")
        form.line("level", most=40)
        picks = [
            int(one) for one in fields.getlist("pick")[:PAGE] if one.isascii() and one.isdecimal() and len(one) < 18
        ]
        made = cls(branch, form, picks, form.ticked("all"), form.number("page") or 0)
        form.values["category"] = str(made.category.id) if made.category else ""
        return made

    @cached_property
    def category(self) -> Category | None:
        wanted = self.form.number("category")
        return next((one for one in self.categories if one.id == wanted), None)

    @cached_property
    def categories(self) -> list[Category]:
        return Category.of(self.branch.community_id)

    @cached_property
    def levels(self) -> list[str]:
        """What kinds of groups there are inside."""
        inside = sa.select(Group.level).where(Group.below(self.branch.path), Group.level != "")
        return sorted(db.session.scalars(inside.group_by(Group.level).order_by(sa.func.count().desc()).limit(LEVELS)))

    @property
    def asked(self) -> str:
        return self.form.values["q"][:60]

    @property
    def resting(self) -> bool:
        return bool(self.form.values["resting"])

    def _fitting(self) -> list[sa.ColumnElement[bool]]:
        rests = Group.archived_at.is_not(None) if self.resting else Group.rests.is_(False)
        conditions = [Group.below(self.branch.path), Group.id != self.branch.id, rests]
        if self.asked:
            conditions.append(named(GroupWord, Group.id, [self.branch.community_id], self.asked))
        if self.form.values["level"]:
            conditions.append(Group.level == self.form.values["level"])
        if self.category:
            carries = sa.select(GroupCategory.group_id).where(GroupCategory.category_id == self.category.id)
            conditions.append(Group.id.in_(carries))
        return conditions

    @cached_property
    def fitting(self) -> int:
        """How many groups fit."""
        return db.session.scalar(sa.select(sa.func.count(Group.id)).where(*self._fitting())) or 0

    def some(self) -> list[Group]:
        """One page of those that fit, beside each other those that are."""
        wanted = sa.select(Group).where(*self._fitting()).order_by(Group.parent_id, Group.position, Group.id)
        return list(db.session.scalars(wanted.offset(self.page * PAGE).limit(PAGE)))

    @property
    def more(self) -> int | None:
        return self.page + 1 if self.fitting > (self.page + 1) * PAGE else None

    def _chosen(self) -> list[sa.ColumnElement[bool]]:
        inside = [Group.below(self.branch.path), Group.id != self.branch.id]
        return self._fitting() if self.everything else [*inside, Group.id.in_(self.picks)]

    @cached_property
    def count(self) -> int:
        """How many groups are chosen."""
        return db.session.scalar(sa.select(sa.func.count(Group.id)).where(*self._chosen())) or 0

    def first(self, most: int = 5) -> list[Group]:
        return list(
            db.session.scalars(
                sa.select(Group).where(*self._chosen()).order_by(Group.parent_id, Group.position).limit(most)
            )
        )

    def whats(self, *, tops: bool) -> Iterator[dict[str, int]]:
        """A deed for each chosen group; with `tops` only where no chosen group is above it: the rest goes with that."""
        found = db.session.execute(sa.select(Group.id, Group.path).where(*self._chosen()).order_by(Group.path))
        rows = ((number, path) for number, path in found)
        return ({"group": number} for number, _path in (_tops(rows) if tops else rows))

    @property
    def as_one(self) -> list[dict[str, int]]:
        """The branch itself, perhaps with a category, where that says the same as all its groups; else nothing."""
        if not self.everything or self.asked or self.resting or self.form.values["level"]:
            return []
        return [{"group": self.branch.id, **({"category": self.category.id} if self.category else {})}]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The choice as fields of a form."""
        own = [
            (name, self.form.values[name]) for name in ("q", "category", "level", "resting") if self.form.values[name]
        ]
        return [*own, ("all", "1")] if self.everything else [*own, *(("pick", str(one)) for one in self.picks)]


def _tops(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    last = "?"
    for number, path in rows:
        if not path.startswith(last):
            last = path
            yield number, path
