"""The dry run: what a sheet would make of the tree as it is now, and why some of its rows would be left out."""

from collections.abc import Iterator

from community.bringing.known import Known, known
from community.bringing.wanted import Place, Problem, Sheet
from community.groups.models import Category, Group
from community.groups.moving import DEEPEST

CATEGORIES = 60  # of a community
WORD_OF = {"twice": "code", "no parent": "parent", "elsewhere": "code", "moved": "parent", "circle": "parent"}


class DryRun:
    """`order` has the places that would be brought in, parents first; nothing is written."""

    def __init__(self, sheet: Sheet, group: Group) -> None:
        self.sheet, self.group = sheet, group
        self.places = {code: self._aliased(place) for code, place in sheet.places.items()}
        self.known = known(group.community_id, {*self.places, *(one.parent for one in self.places.values())})
        self.problems = list(sheet.problems)
        self.out: set[str] = set()
        for place in self.places.values():
            self._check(place)
        self._check_categories()
        self.order = list(self._ordered())
        self._leave_circles()
        self.counts = self._counted()

    def _aliased(self, place: Place) -> Place:
        return place._replace(parent=self.sheet.also.get(place.parent, place.parent))

    def _wrong(self, place: Place, kind: str, detail: str = "") -> None:
        if place.code not in self.out:
            fields, words = self.sheet.columns.fields, self.sheet.columns.words
            at = fields.get(WORD_OF.get(kind, ""), -1)
            self.problems.append(Problem(place.number, words[at] if at >= 0 else "", kind, detail))
        self.out.add(place.code)

    def _check(self, place: Place) -> None:
        there, above = self.known.get(place.code), self.known.get(place.parent)
        if there and not self._is_mine(there):
            self._wrong(place, "elsewhere", place.code)
        elif place.parent and place.parent not in self.places and not above:
            self._wrong(place, "no parent", place.parent)
        elif above and not self._is_mine(above):
            self._wrong(place, "elsewhere", place.parent)
        elif there and there.id != self.group.id and there.parent_id != self._parent_id(place):
            self._wrong(place, "moved", place.code)

    def _is_mine(self, there: Known) -> bool:
        return there.path.startswith(self.group.path)

    def _parent_id(self, place: Place) -> int | None:
        above = self.known.get(place.parent)
        return above.id if above else None if place.parent else self.group.id

    def _check_categories(self) -> None:
        names = {category.name for category in Category.of(self.group.community_id)}
        self.new_categories: set[str] = set()
        for place in self.places.values():
            new = set(place.categories) - names - self.new_categories
            if len(names) + len(self.new_categories) + len(new) > CATEGORIES:
                self._wrong(place, "categories")
            else:
                self.new_categories |= new

    def _ordered(self) -> Iterator[Place]:
        """Level by level from the top, so that every parent comes before what is in it. Fills `seen`."""
        inside: dict[str, list[Place]] = {}
        for place in self.places.values():
            inside.setdefault(place.parent if place.parent in self.places else "", []).append(place)
        self.seen: set[str] = set()
        row, depth = inside.get("", []), 0
        while row:
            for place in row:
                self.seen.add(place.code)
                self._check_depth(place, depth)
                if place.code not in self.out:
                    yield place
            row, depth = (
                [one for place in row for one in inside.get(place.code, []) if one.code not in self.seen],
                depth + 1,
            )

    def _check_depth(self, place: Place, depth: int) -> None:
        if place.parent in self.out:
            self._wrong(place, "above")
        above = self.known.get(place.parent)
        start = (
            above.path.count("/") - 1 if above and place.parent not in self.places else len(self.group.ancestors) + 1
        )
        if start + depth >= DEEPEST:
            self._wrong(place, "deep")

    def _leave_circles(self) -> None:
        """Whatever the way down from the top never came to stands in a circle, or hangs on one."""
        for place in self.places.values():
            if place.code not in self.seen:
                self._wrong(place, "circle" if self._is_round(place) else "above")

    def _is_round(self, place: Place) -> bool:
        at, steps = place.parent, {place.code}
        while at in self.places and at not in steps:
            steps.add(at)
            at = self.places[at].parent
        return at == place.code

    def _counted(self) -> dict[str, int]:
        there = [(place, self.known[place.code]) for place in self.order if place.code in self.known]
        changed = sum(is_changed(place, one) for place, one in there)
        return {
            "make": len(self.order) - len(there), "change": changed, "same": len(there) - changed,
            "out": len({problem.number for problem in self.problems}), "problems": len(self.problems),
            "bearers": sum(bool(place.role) for place in self.order),
        }  # fmt: skip


def is_changed(place: Place, there: Known) -> bool:
    """Whether the sheet says another name, or another level, than the group has."""
    return place.name != there.name or (bool(place.level) and place.level != there.level)
