"""Who sees what of me, asked of the very rules that let them: a test holds this list to the pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.groups.codes import may_help
from community.groups.gates import outranks
from community.groups.membership import Membership, Standing
from community.groups.models import Group
from community.people.models import Person

Rule = Callable[[Standing, Membership], bool]


@dataclass(frozen=True)
class Sight:
    """Something that somebody sees of me, or may do about me, in a group of mine."""

    key: str
    symbol: str
    words: LazyString
    rule: Rule


def _face(their: Standing, mine: Membership) -> bool:
    """As `gates.heard_by`, which opens the page of who is there."""
    return their.hears(mine.group) or their.is_at_least("moderator", mine.group)


def _child(their: Standing, mine: Membership) -> bool:
    return mine.child_id is not None and their.is_at_least("moderator", mine.group)


def _found(their: Standing, mine: Membership) -> bool:
    """As `search.finding.people`: who leads a branch finds the people in it."""
    return bool(mine.person.name) and any(mine.group.path.startswith(led.path) for led in their.leads())


def _role(their: Standing, mine: Membership) -> bool:
    return their.is_at_least("admin", mine.group) and outranks(their, mine.person, mine.group)


def _phone(their: Standing, mine: Membership) -> bool:
    return their.is_at_least("admin", mine.group) and may_help(their, mine.person)


SIGHTS = (
    Sight("face", "eye", _l("Sees your picture and your name"), _face),
    Sight("child", "people", _l("Sees which child you are here for"), _child),
    Sight("found", "me", _l("Can look for you by your name"), _found),
    Sight("role", "shield", _l("Can give you another role, or put you out"), _role),
    Sight("phone", "phone", _l("Can give you a code for another phone"), _phone),
)


def sights(other: Person, mine: Sequence[Membership]) -> list[Sight]:
    """What this person sees of me, or may do about me, in any of these groups of mine."""
    their = Standing.of(other)
    return [one for one in SIGHTS if any(one.rule(their, held) for held in mine)]


def groups_of(mine: Sequence[Membership]) -> list[Group]:
    """My groups, each once, from the top of the tree on."""
    found = {held.group_id: held.group for held in mine}
    return sorted(found.values(), key=lambda group: group.path)
