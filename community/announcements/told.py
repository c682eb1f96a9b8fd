"""The page of what others were told: everything that was said to some only, for all members of the community."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from community.announcements.audience import Audience, AudienceCategory
from community.announcements.line import PAGE, Line, told_lines
from community.announcements.models import Announcement
from community.announcements.sheets import whole
from community.announcements.unlisted import CLOSED, WITHHELD, Unlisted
from community.database import db
from community.groups.models import Category

WORDS = 7  # of a title
LETTERS = 60
REASONS = 20


@dataclass
class Told:
    """One announcement, and to whom it was said."""

    line: Line
    role: str
    categories: list[Category] = field(default_factory=list)

    @property
    def title(self) -> str:
        return title_of(self.line.text)

    @property
    def said(self) -> Any:
        return whole(self.line)


@dataclass
class Held:
    """How many announcements are not listed, and why."""

    why: Unlisted
    count: int


def title_of(text: str) -> str:
    """Its first words; "" where it was only spoken."""
    words = text.split()
    title = " ".join(words[:WORDS])
    return title[:LETTERS].rstrip() + "…" if len(title) > LETTERS or len(words) > WORDS else title


def page(community_id: int, before: int | None) -> tuple[list[Told], int | None]:
    """The newest before this `seq`, and the `seq` at which the next page begins; None where there is no more."""
    lines = told_lines(community_id, before)
    shown = lines[:PAGE]
    return _told(shown), shown[-1].seq if len(lines) > PAGE else None


def _told(lines: Sequence[Line]) -> list[Told]:
    wanted = {line.audience_id for line in lines}
    roles = dict(db.session.execute(sa.select(Audience.id, Audience.role).where(Audience.id.in_(wanted))).all())
    found = [Told(line, roles[line.audience_id]) for line in lines]
    for audience_id, category in db.session.execute(_categories(wanted)):
        for one in found:
            if one.line.audience_id == audience_id:
                one.categories.append(category)
    return found


def _categories(audiences: set[int]) -> sa.Select[int, Category]:
    rows = sa.select(AudienceCategory.audience_id, Category).join(Category, Category.id == AudienceCategory.category_id)
    return rows.where(AudienceCategory.audience_id.in_(audiences)).order_by(Category.id)


def held_back(community_id: int) -> list[Held]:
    """Of the delicate groups that are not listed now: how many announcements, and the reason. They are not named."""
    held = sa.select(Unlisted).where(Unlisted.community_id == community_id, Unlisted.ended_at.is_(None))
    newest = db.session.scalars(held.order_by(Unlisted.id.desc()).limit(REASONS)).all()
    return [held for held in (Held(one, _count(one)) for one in newest) if held.count]


def _count(why: Unlisted) -> int:
    at_group = sa.select(Audience.id).where(Audience.group_id == why.group_id)
    said = sa.select(sa.func.count()).where(Announcement.audience_id.in_(at_group), Announcement.told.is_not(None))
    return db.session.scalar(said) or 0


def behind_doors(community_id: int, held: Sequence[Held]) -> int:
    """How many were said in closed groups, apart from those that a reason is given for."""
    unread = db.session.scalar(_not_listed(community_id)) or 0
    return max(0, unread - sum(one.count for one in held))


def _not_listed(community_id: int) -> sa.Select[int]:
    said = sa.select(sa.func.count()).select_from(Announcement).where(Announcement.community_id == community_id)
    return said.where(Announcement.told.in_((CLOSED, WITHHELD)))
