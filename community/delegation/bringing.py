"""The errand that brings a template's groups to what is there already. Done twice it makes nothing twice."""

from typing import Any

from flask_babel import lazy_gettext as _l

from community.database import db
from community.delegation.levels import LevelTemplate, is_empty
from community.errands.kinds import Kind, Refused
from community.errands.models import Deed, Errand
from community.groups.models import Group, TreeError
from community.people.models import Person


class Bring(Kind):
    name = _l("What new groups get")
    symbol = "groups"

    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        """Make what is missing in one group."""
        template = db.session.get(LevelTemplate, errand.given["template"])
        group = errand.inside(deed.what["group"], awake=True)
        if template is None or group.level != template.level:
            raise Refused("changed")
        try:
            made = template.grow_in(group)
        except TreeError:
            raise Refused("deep") from None
        if made:
            group.note("template used", errand.person, template=template.id, made=made)
        return {"made": made}

    def undo(self, errand: Errand, deed: Deed) -> None:
        """What is empty rests. Where somebody has come in by now it stays."""
        made = [db.session.get(Group, number) for number in (deed.before or {}).get("made", [])]
        by = db.session.get_one(Person, errand.undo_by)
        for group in made:
            if group and not group.archived_at and is_empty(group):
                group.archive(by)

    def told(self, errand: Errand) -> str:
        template = db.session.get(LevelTemplate, errand.given["template"])
        return template.level if template else ""

    def back(self, errand: Errand) -> str:
        return f"/groups/{errand.group_id}/templates"
