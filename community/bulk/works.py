"""What can be done with many groups: each kind does one group at a time, and puts it back as it was."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.database import db
from community.errands.kinds import Kind, Refused
from community.errands.models import Deed, Errand
from community.groups.membership import Standing
from community.groups.models import Group, TreeError
from community.invitations.models import Invitation
from community.media.models import Photo
from community.people.models import Person


class Work(Kind):
    """Work on the groups of a branch. `tops`: what is inside a chosen group goes with it."""

    tops = False
    resting = False  # whether it is for groups that rest
    reasons: ClassVar[Mapping[str, LazyString]] = {
        "place": _l("The new place is not there any more, or it rests."),
        "there": _l("It is here now."),
        "inside": _l("A group can not be inside itself, in another courtyard, or too deep."),
    }

    def back(self, errand: Errand) -> str:
        return f"/groups/{errand.group_id}/bulk"


class Archive(Work):
    name = _l("Let them rest")
    symbol = "moon"
    tops = True

    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        errand.inside(deed.what["group"], awake=True).archive(errand.person)
        return {}

    def undo(self, errand: Errand, deed: Deed) -> None:
        group = errand.inside(deed.what["group"])
        if not group.archived_at or group.archived_by != errand.person_id:
            raise Refused("changed")
        group.bring_back(undoer(errand))


class Return(Work):
    name = _l("Bring them back")
    symbol = "undo"
    resting = True

    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        group = errand.inside(deed.what["group"])
        if not group.archived_at:
            raise Refused("changed")
        group.bring_back(errand.person)
        return {}

    def undo(self, errand: Errand, deed: Deed) -> None:
        errand.inside(deed.what["group"], awake=True).archive(undoer(errand))


class Move(Work):
    """`given["parent"]` is the new place. It has to be hers as well, each time."""

    name = _l("Move to another place")
    symbol = "swap"
    tops = True

    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        group = errand.inside(deed.what["group"], awake=True)
        before = group.parent_id
        _hang(group, errand.given["parent"], errand.person)
        return {"parent": before}

    def undo(self, errand: Errand, deed: Deed) -> None:
        group = db.session.get(Group, deed.what["group"])
        if group is None or group.parent_id != errand.given["parent"]:
            raise Refused("changed")
        _hang(group, (deed.before or {})["parent"], undoer(errand))

    def told(self, errand: Errand) -> str:
        place = db.session.get(Group, errand.given["parent"])
        return f"→ {place.name}" if place else ""


def _hang(group: Group, place: int, by: Person) -> None:
    """Whoever moves leads what it is moved out of, and the new place, now."""
    parent, stand, before = db.session.get(Group, place), Standing.of(by), group.parent_id
    if parent is None or parent.rests:
        raise Refused("place")
    if not (group.parent and stand.is_at_least("admin", group.parent) and stand.is_at_least("admin", parent)):
        raise Refused("role")
    if parent.id == before:
        raise Refused("there")
    try:
        group.move_below(parent)
    except TreeError:
        raise Refused("inside") from None
    group.note("moved", by, place=parent.id, before=before)


class Look(Work):
    """`given` may have a picture and a colour. A photo makes way for a picture."""

    name = _l("Another picture")
    symbol = "photo"

    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        group = errand.inside(deed.what["group"])
        before = {"picture": group.picture, "colour": group.colour, "photo": group.photo_id}
        _dress(group, {**errand.given, **({"photo": None} if "picture" in errand.given else {})}, errand.person)
        return before

    def undo(self, errand: Errand, deed: Deed) -> None:
        group = errand.inside(deed.what["group"])
        if any(getattr(group, field) != value for field, value in errand.given.items()):
            raise Refused("changed")
        _dress(group, deed.before or {}, undoer(errand))


def _dress(group: Group, looks: Mapping[str, Any], by: Person) -> None:
    group.picture, group.colour = looks.get("picture", group.picture), looks.get("colour", group.colour)
    if "photo" in looks:
        group.photo = db.session.get(Photo, looks["photo"]) if looks["photo"] else None
    group.note("changed", by)


class Invite(Work):
    """An invitation into each group; the page of messages and the sheet of QRs are made of them."""

    name = _l("Invite somebody")
    symbol = "qr"

    def do(self, errand: Errand, deed: Deed) -> dict[str, Any]:
        group = errand.inside(deed.what["group"], awake=True)
        made = Invitation.make(group, errand.person)
        db.session.flush()
        return {"invitation": made.id}

    def undo(self, errand: Errand, deed: Deed) -> None:
        made = db.session.get(Invitation, (deed.before or {})["invitation"])
        if made is None or made.revoked_at:
            raise Refused("changed")
        made.revoke(undoer(errand))

    def result(self, errand: Errand) -> str:
        return f"/errands/{errand.id}/invitations" if errand.done else ""


WORKS: dict[str, Work] = {
    "archive": Archive(), "return": Return(), "move": Move(), "looks": Look(), "invite": Invite(),
}  # fmt: skip


def undoer(errand: Errand) -> Person:
    """Who takes it back, who need not be who began it."""
    return db.session.get_one(Person, errand.undo_by or errand.person_id)


def invited(errand: Errand, page: int, most: int) -> list[tuple[Group, Invitation]]:
    """The invitations that this errand made and that still open something, page by page."""
    deeds = sa.select(Deed).where(Deed.errand_id == errand.id, Deed.outcome == "done").order_by(Deed.number)
    numbers = [(deed.before or {})["invitation"] for deed in db.session.scalars(deeds.offset(page * most).limit(most))]
    found = {one.id: one for one in db.session.scalars(sa.select(Invitation).where(Invitation.id.in_(numbers)))}
    return [(one.group, one) for number in numbers if (one := found.get(number)) and one.is_live]
