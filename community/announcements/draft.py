"""What the composer's form says, read whole before anything is refused: a refused form comes back as it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from community.announcements.audience import Audience
from community.announcements.models import KINDS, LONGEST, UNDO, Announcement
from community.database import db, now
from community.form import Form
from community.groups.models import Category, Group, GroupCategory
from community.http import missing
from community.languages import gettext as _
from community.media.models import Photo
from community.people.models import Person

EXPIRIES = {"": None, "1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}


@dataclass
class Draft:
    """An announcement that is not one yet. `form.wrong` says what keeps it from being one."""

    group: Group
    form: Form
    text: str = ""
    kind: str = "news"
    pin: bool = False
    category: Category | None = None
    release_at: datetime | None = None
    photo: Photo | None = None

    @classmethod
    def read(cls, group: Group, fields: Mapping[str, str]) -> "Draft":
        form = Form(fields)
        form.choice("expiry", EXPIRIES, "")
        return cls(
            group, form, text=form.text("text", most=LONGEST, needed=_("Say something, or write it here.")),
            kind=form.choice("kind", KINDS, "news"), pin=form.ticked("pin"), category=_category(form, group),
            release_at=_moment(form, group),
        )  # fmt: skip

    @property
    def expires(self) -> datetime | None:
        """So long after it is heard, not after it was written."""
        lasts = EXPIRIES[self.form.values["expiry"]]
        return max(self.release_at or now(), now() + UNDO) + lasts if lasts else None

    def publish(self, author: Person, *, key: str, role: str) -> Announcement:
        """Raises KeyReused where the key was used for something else."""
        return Announcement.publish(
            Audience.of(self.group, self.category), author, key=key, text=self.text, language=author.language,
            role=role, kind=self.kind, release_at=self.release_at, expires=self.expires, photo=self.photo,
        )  # fmt: skip


def _category(form: Form, group: Group) -> Category | None:
    """The community's category that the form names; None for everybody. Raises Missing for another's."""
    number = form.number("category")
    if not number:
        return None
    found = db.session.get(Category, number)
    if found is None or found.community_id != group.community_id:
        missing()
    return found


def _moment(form: Form, group: Group) -> datetime | None:
    """The time to release at, as said in the community's time zone; None for now."""
    value = form.line("at", most=20)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(group.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        form.wrong["at"] = _("This is not a time. Choose a day and an hour.")
        return None
    if not now() - timedelta(minutes=5) <= moment <= now() + timedelta(days=366):
        form.wrong["at"] = _("Choose a time between now and a year from now.")
    return moment


def categories_in(group: Group) -> list[tuple[Category, int]]:
    """The categories that groups here or below carry, each with its head count: what may narrow the audience."""
    carried = (
        sa.select(Category)
        .join(GroupCategory, GroupCategory.category_id == Category.id)
        .join(Group, Group.id == GroupCategory.group_id)
        .where(Group.below(group.path), Group.rests.is_(False))
        .distinct()
        .order_by(Category.id)
        .limit(12)
    )
    return [(category, Audience.count(group, category)) for category in db.session.scalars(carried)]
