"""What an errand can be: a kind says what one deed does, how it is undone, and in which words it is told of."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.database import db
from community.groups.models import Group

if TYPE_CHECKING:
    from community.errands.models import Deed, Errand

# Why a deed is refused, or an errand stops. A kind may know more.
REASONS: dict[str, LazyString] = {
    "gone": _l("It is not here any more, or not in your part of the tree."),
    "role": _l("Who began it does not look after this any more."),
    "rests": _l("It rests."),
    "changed": _l("Something changed in between. Look again."),
    "deep": _l("The tree is too deep here. Choose a place further up."),
    "unknown": _l("This can not be done any more."),
}


class Refused(Exception):
    """A deed that can not be done, or not be undone: the key of a reason. What it had begun is taken back."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Thing(NamedTuple):
    """What a deed is about, as its line shows it; `href` is empty where there is no page of it."""

    name: str
    language: str
    href: str = ""


class Kind:
    """One kind of work. `do` and `undo` read and write in a savepoint of their own, never commit, and go nowhere."""

    name: LazyString = _l("Big tasks")
    symbol = "gear"
    role = "admin"  # held in the errand's group, or above it, by whoever began: asked anew before each batch
    undoable = True
    reasons: ClassVar[Mapping[str, LazyString]] = {}

    def do(self, errand: "Errand", deed: "Deed") -> dict[str, Any] | None:
        """Do it; returns what has to be put back one day. Raises Refused."""
        raise Refused("unknown")

    def undo(self, errand: "Errand", deed: "Deed") -> None:
        """Put back what `deed.before` says. Raises Refused."""
        raise Refused("unknown")

    def ended(self, errand: "Errand") -> None:
        """What is to be done once, in the commit of the last deed."""

    def told(self, errand: "Errand") -> str:
        """One sentence more about this errand, under its name."""
        return ""

    def result(self, errand: "Errand") -> str:
        """The page of what it made, where there is one."""
        return ""

    def back(self, errand: "Errand") -> str:
        """The page from which such work is begun."""
        return f"/groups/{errand.group_id}/settings"

    def things(self, deeds: Sequence["Deed"]) -> dict[int, Thing]:
        """What each of these deeds is about, by its id. As it is: what `what` names by "group", or its "name"."""
        ids = [deed.what["group"] for deed in deeds if "group" in deed.what]
        found = {one.id: one for one in db.session.scalars(sa.select(Group).where(Group.id.in_(ids)))} if ids else {}
        return {deed.id: _thing(found.get(deed.what.get("group", 0)), deed) for deed in deeds}

    def reason(self, key: str) -> str:
        return str(self.reasons.get(key) or REASONS.get(key) or REASONS["unknown"])


def _thing(group: Group | None, deed: "Deed") -> Thing:
    if group:
        return Thing(group.name, group.language, f"/groups/{group.id}/settings")
    return Thing(str(deed.what.get("name", "")), str(deed.what.get("language", "")))


def register(app: Any, name: str, kind: Kind) -> None:
    """From now on errands of this name are done by `kind`."""
    app.extensions.setdefault("errands", {})[name] = kind


def kind_of(name: str) -> Kind:
    """What does these errands; where an earlier release left one that nobody knows, its deeds are refused in words."""
    known: dict[str, Kind] = current_app.extensions.get("errands", {})
    return known.get(name) or Kind()
