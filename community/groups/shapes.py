"""Ready-made communities: a school, a health network, a women's circle, a housing society, volunteers.

Names are said in the starter's language and kept with it. Afterwards everything can be renamed, moved and archived.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.groups.models import Category, Group
from community.languages import gettext as _
from community.languages import ngettext
from community.people.pictures import ROOMS


@dataclass(frozen=True)
class Seed:
    """A group to be: its looks, the name of the category that it carries, and what grows inside it."""

    name: str
    picture: str
    level: str
    joining: str = "link"
    category: str = ""
    inside: tuple["Seed", ...] = ()


@dataclass(frozen=True)
class Shape:
    """One kind of community: how it is offered, in which sizes, and what it grows into."""

    key: str
    picture: str
    colour: str
    word: LazyString
    name: LazyString
    level: LazyString
    sizes: tuple[int, ...]
    size_word: Callable[[int], str]
    grow: Callable[[int, bool], Iterable[Seed]]
    extra: LazyString | None = None
    size_pictures: tuple[str, ...] = ()  # where a number would say nothing

    def plant(self, name: str, size: int, language: str, *, extra: bool, start_key: str) -> Group:
        """The whole tree, in the caller's transaction; its root."""
        root = Group.plant(
            name=name, language=language, picture=self.picture, colour=self.colour, level=str(self.level),
            joining="ask", start_key=start_key,
        )  # fmt: skip
        _Garden(root).sow(root, self.grow(size, extra))
        return root


class _Garden:
    """Plants seeds below a root; the same category name is one category of the community."""

    def __init__(self, root: Group) -> None:
        self.root = root
        self.categories: dict[str, Category] = {}

    def sow(self, parent: Group, seeds: Iterable[Seed]) -> None:
        for position, seed in enumerate(seeds):
            group = self._planted(parent, seed, position)
            if seed.category:
                group.carry(self._category(seed, group))
            self.sow(group, seed.inside)

    def _planted(self, parent: Group, seed: Seed, position: int) -> Group:
        after = ROOMS.index(parent.colour) + 1 + position
        return Group.plant(
            parent, name=seed.name, language=parent.language, picture=seed.picture, level=seed.level,
            joining=seed.joining, colour=ROOMS[after % len(ROOMS)], position=position,
        )  # fmt: skip

    def _category(self, seed: Seed, group: Group) -> Category:
        if seed.category not in self.categories:
            self.categories[seed.category] = Category.make(
                self.root.community_id, seed.category, self.root.language, seed.picture, group.colour
            )
        return self.categories[seed.category]


def _grades(last: int, subjects: bool) -> Iterable[Seed]:
    level = _("Grade")
    for number in range(1, last + 1):
        name = _("Grade %(number)s", number=number)
        yield Seed(name, f"n{number}", level, "ask", name, _subjects() if subjects else ())


def _subjects() -> tuple[Seed, ...]:
    named = ((_("Hindi"), "la"), (_("English"), "lb"), (_("Maths"), "sums"), (_("The world around us"), "tree"))
    return tuple(Seed(name, picture, _("Subject"), "link", name) for name, picture in named)


def _network(levels: int, _extra: bool) -> Iterable[Seed]:
    """Two of each below each other: enough to see how it grows. `levels` counts the root."""
    kinds = ((_("District"), "map"), (_("Block"), "clinic"), (_("Village"), "village"))
    return _two_of_each(kinds[len(kinds) + 1 - levels :])


def _two_of_each(kinds: tuple[tuple[str, str], ...]) -> tuple[Seed, ...]:
    if not kinds:
        return ()
    (level, picture), *below = kinds
    names = (_("%(level)s %(number)s", level=level, number=number) for number in (1, 2))
    return tuple(Seed(name, picture, level, "ask", level, _two_of_each(tuple(below))) for name in names)


def _topics(most: int, _extra: bool) -> Iterable[Seed]:
    named = (
        (_("Savings"), "rupee"), (_("Health"), "clinic"), (_("Children"), "baby"), (_("Sewing and work"), "needle"),
        (_("Cooking"), "food"), (_("Help for one another"), "hands"),
    )  # fmt: skip
    return [Seed(name, picture, _("Topic")) for name, picture in named[:most]]


def _society(blocks: int, _extra: bool) -> Iterable[Seed]:
    houses = [_("Block %(number)s", number=number) for number in range(1, blocks + 1)]
    tasks = (
        (_("Gate and guards"), "gate"), (_("Repairs"), "tools"), (_("Water"), "tap"), (_("Cleaning"), "trash"),
        (_("Parking"), "parking"), (_("Children and games"), "shuttle"),
    )  # fmt: skip
    return [
        *(Seed(name, "building", _("Block"), "ask", name) for name in houses),
        *(Seed(name, picture, _("Task")) for name, picture in tasks),
    ]


def _teams(most: int, _extra: bool) -> Iterable[Seed]:
    named = (
        (_("Food"), "food"), (_("Medicine"), "pill"), (_("Transport"), "bus"), (_("Money and receipts"), "rupee"),
        (_("Teaching"), "slate"), (_("Trees"), "tree"),
    )  # fmt: skip
    return [Seed(name, picture, _("Team"), "ask") for name, picture in named[:most]]


def _health_word(levels: int) -> str:
    words = {4: _("From state to village"), 3: _("From district to village"), 2: _("From block to village")}
    return words[levels]


SHAPES = {
    shape.key: shape
    for shape in (
        Shape(
            "school", "school", "haldi", _l("School"), _l("Our school"), _l("School"), (5, 8, 12),
            lambda last: _("Grades 1 to %(last)s", last=last), _grades,
            _l("Subjects inside each grade: Hindi, English, maths, the world around us"),
        ),
        Shape(
            "health", "nurse", "neem", _l("Health network"), _l("Our health network"), _l("Network"), (4, 3, 2),
            _health_word, _network, size_pictures=("map", "road", "clinic"),
        ),
        Shape(
            "circle", "mother", "gulab", _l("Women's circle"), _l("Our circle"), _l("Circle"), (3, 6),
            lambda num: ngettext("%(num)s topic", "%(num)s topics", num), _topics,
        ),
        Shape(
            "society", "building", "neela", _l("Housing society"), _l("Our society"), _l("Society"), (2, 4, 8),
            lambda num: ngettext("%(num)s block", "%(num)s blocks", num), _society,
        ),
        Shape(
            "volunteers", "hands", "moong", _l("Volunteers"), _l("Our volunteers"), _l("Volunteers"), (3, 6),
            lambda num: ngettext("%(num)s team", "%(num)s teams", num), _teams,
        ),
    )
}  # fmt: skip
