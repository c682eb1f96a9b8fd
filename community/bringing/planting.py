"""One part of a sheet becomes groups: a handful of statements, however many places stand in it."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from community.bringing.columns import plain
from community.bringing.dry_run import CATEGORIES, is_changed
from community.bringing.known import Known, known, lots
from community.bringing.models import BroughtSheet, PlaceCode
from community.bringing.wanted import Place
from community.database import db, now, opaque_id
from community.groups.models import Category, Group, GroupCategory
from community.groups.moving import DEEPEST
from community.people.models import Person
from community.people.pictures import GROUP_PICTURES, ROOMS

PICTURES = {
    "school": "school", "grade": "slate", "class": "slate", "state": "map", "district": "map", "block": "clinic",
    "village": "village", "ward": "hut", "booth": "hut", "team": "hands",
}  # fmt: skip
# What a child asks its parent for.
TAKEN = (
    "path",
    "ancestors",
    "zone",
    "colour",
    "rests",
    "picture",
    "sensitive",
    "joined",
)  # what a child asks its parent for
Looks = dict[str, Any]


class Bed:
    """Plants what is new and dresses what has changed. `placed` has every place that stands, by its code."""

    def __init__(self, sheet: BroughtSheet, places: list[Place], by: Person) -> None:
        self.sheet, self.places, self.by, self.root = sheet, places, by, sheet.group
        self.known = known(sheet.community_id, {code for one in places for code in (one.code, one.parent) if code})
        ids = {one.id for one in self.known.values()} | {self.root.id}
        self.looks = _looks(ids)
        self.next = _next_places(ids)
        self.carried = _carried(ids)
        self.categories = {one.name: one.id for one in Category.of(sheet.community_id)}
        self.placed: dict[str, int] = {}
        self.new: list[Looks] = []
        self.codes: list[Looks] = []
        self.given: list[Looks] = []  # categories
        self.dressed: list[Looks] = []
        self.became: list[Any] = []
        self.refused = 0

    def plant(self) -> None:
        for place in self.places:
            self._settle(place)
        self._write()

    def _settle(self, place: Place) -> None:
        if there := self.known.get(place.code):
            self._meet(place, there)
        else:
            self._begin(place)

    def _meet(self, place: Place, there: Known) -> None:
        """A place that is there: it gets the sheet's name and level, and its categories besides its own."""
        if not there.path.startswith(self.root.path):
            self.refused += 1
            return
        self.placed[place.code] = there.id
        if is_changed(place, there):
            level = place.level or there.level
            self.dressed.append({"id": there.id, "name": place.name, "level": level, "changed": now()})
            self.became.append([there.id, [there.name, there.level, place.name, level]])
        for category_id in self._own(place) - self.carried.get(there.id, set()):
            self._carry_below(there.path, there.id, category_id)

    def _begin(self, place: Place) -> None:
        parent_id = self._parent(place)
        above = self.looks.get(parent_id or 0)
        if parent_id is None or above is None or len(above["ancestors"]) + 1 >= DEEPEST:
            self.refused += 1  # what it was to stand in has gone since the dry run
            return
        looks = self._looks_of(place, parent_id, above)
        self.new.append(looks)
        self.codes.append({"community_id": self.sheet.community_id, "code": place.code, "group_id": looks["id"]})
        self.placed[place.code], self.looks[looks["id"]] = looks["id"], looks
        self.became.append([looks["id"], None])
        self._carry(place, looks["id"], parent_id)

    def _parent(self, place: Place) -> int | None:
        there = self.known.get(place.parent)
        if there and not there.path.startswith(self.root.path):
            return None
        return self.placed.get(place.parent) or (there.id if there else None if place.parent else self.root.id)

    def _looks_of(self, place: Place, parent_id: int, above: Looks) -> Looks:
        number, position = opaque_id(), self.next.get(parent_id, 0)
        self.next[parent_id] = position + 1
        picture = place.picture if place.picture in GROUP_PICTURES else PICTURES.get(plain(place.level))
        return {
            "id": number, "community_id": self.sheet.community_id, "parent_id": parent_id,
            "path": f"{above['path']}{number}/", "ancestors": [*above["ancestors"], parent_id], "position": position,
            "name": place.name, "language": self.by.language, "level": place.level,
            "picture": picture or above["picture"],
            "colour": ROOMS[(ROOMS.index(above["colour"]) + 1 + position) % len(ROOMS)], "joining": "ask",
            "zone": above["zone"], "rests": above["rests"], "sensitive": above["sensitive"],
            "joined": above["joined"],
        }  # fmt: skip

    def _carry(self, place: Place, group_id: int, parent_id: int) -> None:
        """Its own categories, and those that what it stands in carries."""
        own, above = self._own(place), self.carried.get(parent_id, set())
        self.carried[group_id] = own | above
        self.given += [{"group_id": group_id, "category_id": one, "own": one in own} for one in own | above]

    def _own(self, place: Place) -> set[int]:
        return {self._category(name, place) for name in place.categories if self._may_have(name)}

    def _may_have(self, name: str) -> bool:
        return name in self.categories or len(self.categories) < CATEGORIES

    def _category(self, name: str, place: Place) -> int:
        if name not in self.categories:
            picture = place.picture if place.picture in GROUP_PICTURES else self.root.picture
            colour = ROOMS[len(self.categories) % len(ROOMS)]
            made = Category.make(self.sheet.community_id, name, self.by.language, picture, colour)
            self.categories[name] = made.id
        return self.categories[name]

    def _carry_below(self, path: str, group_id: int, category_id: int) -> None:
        """A category for a group that is there, and for all below it that do not carry it yet."""
        carries = sa.exists().where(GroupCategory.group_id == Group.id, GroupCategory.category_id == category_id)
        fields = (Group.id, sa.literal(category_id, Group.id.type), Group.id == group_id)
        below = sa.select(*fields).where(Group.below(path), ~carries)
        db.session.execute(sa.insert(GroupCategory).from_select(["group_id", "category_id", "own"], below))
        self.carried.setdefault(group_id, set()).add(category_id)

    def _write(self) -> None:
        """All at once, and past the session: it would else keep every group that it ever made."""
        for model, rows in ((Group, self.new), (PlaceCode, self.codes), (GroupCategory, self.given)):
            if rows:
                db.session.execute(sa.insert(model), rows)
        if self.dressed:
            db.session.execute(sa.update(Group), self.dressed)


def _looks(ids: Iterable[int]) -> dict[int, Looks]:
    fields = [Group.id, *(getattr(Group, field) for field in TAKEN)]
    wanted = (sa.select(*fields).where(Group.id.in_(lot)) for lot in lots(ids))
    return {row.id: dict(row._mapping) for some in wanted for row in db.session.execute(some)}


def _next_places(ids: Iterable[int]) -> dict[int, int]:
    """The free place after the last group inside each."""
    last = sa.select(Group.parent_id, sa.func.max(Group.position)).group_by(Group.parent_id)
    rows = (row for lot in lots(ids) for row in db.session.execute(last.where(Group.parent_id.in_(lot))))
    return {parent: position + 1 for parent, position in rows if parent}


def _carried(ids: Iterable[int]) -> dict[int, set[int]]:
    fields = sa.select(GroupCategory.group_id, GroupCategory.category_id)
    carried: dict[int, set[int]] = {}
    for lot in lots(ids):
        for group_id, category_id in db.session.execute(fields.where(GroupCategory.group_id.in_(lot))):
            carried.setdefault(group_id, set()).add(category_id)
    return carried
