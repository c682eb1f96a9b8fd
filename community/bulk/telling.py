"""Telling those who look after many groups: an announcement whose audience is a group's admins."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.announcements.audience import Audience
from community.announcements.models import Announcement
from community.bulk.works import Work, undoer
from community.database import db
from community.errands.kinds import Refused
from community.errands.models import Deed, Errand
from community.groups.models import Category


class Tell(Work):
    """`given` has the words and their language. Admins of what is inside a chosen group hear it, too, once."""

    name = _l("Tell who looks after them")
    symbol = "megaphone"
    tops = True
    reasons: ClassVar[Mapping[str, LazyString]] = {**Work.reasons, "nobody": _l("Nobody looks after it.")}

    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        group = errand.inside(deed.what["group"], awake=True)
        wanted = sa.select(Category).where(
            Category.community_id == group.community_id, Category.id == deed.what.get("category", 0)
        )
        audience = Audience.of(group, list(db.session.scalars(wanted)), role="admin")
        if not Audience.count(group, audience.categories, role="admin"):
            raise Refused("nobody")
        said = Announcement.publish(
            audience, errand.person, key=f"errand-{errand.id}-{deed.number}", text=errand.given["text"],
            language=errand.given["language"],
        )  # fmt: skip
        return {"announcement": said.id}

    def undo(self, errand: Errand, deed: Deed) -> None:
        said = db.session.get_one(Announcement, (deed.before or {})["announcement"])
        if not said.withdraw():
            said.remove(undoer(errand))

    def ended(self, errand: Errand) -> None:
        errand.given = {**errand.given, "text": ""}  # it stands where it was said
