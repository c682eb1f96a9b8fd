"""The ready list of categories: every community can take one with a tap, and each reader sees it in her language."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.languages import LANGUAGES, speaking
from community.languages import gettext as _
from community.languages.folding import likeness


@dataclass(frozen=True)
class Ready:
    """A category that can be taken as it is."""

    key: str
    picture: str
    colour: str
    message: LazyString | Callable[[], str]

    @property
    def name(self) -> str:
        """In the reader's language."""
        return str(self.message() if callable(self.message) else self.message)

    @property
    def english(self) -> str:
        with speaking("en"):
            return self.name


def _grade(number: int) -> Ready:
    return Ready(f"grade-{number}", f"n{number}", "haldi", lambda: _("Grade %(number)s", number=number))


READY = {
    one.key: one
    for one in (
        Ready("nursery", "baby", "haldi", _l("Nursery")),
        *map(_grade, range(1, 13)),
        Ready("hindi", "la", "geru", _l("Hindi")),
        Ready("english", "lb", "geru", _l("English")),
        Ready("maths", "sums", "geru", _l("Maths")),
        Ready("science", "plug", "geru", _l("Science")),
        Ready("world", "tree", "geru", _l("The world around us")),
        Ready("computer", "computer", "geru", _l("Computer")),
        Ready("games", "shuttle", "geru", _l("Games")),
        Ready("students", "slate", "neela", _l("Students")),
        Ready("teachers", "school", "neela", _l("Teachers")),
        Ready("parents", "family", "neela", _l("Parents")),
        Ready("children", "girl", "gulab", _l("Children")),
        Ready("young", "people", "gulab", _l("Young people")),
        Ready("women", "mother", "gulab", _l("Women")),
        Ready("elderly", "elder", "gulab", _l("Elderly people")),
        Ready("farmers", "rice", "neem", _l("Farmers")),
        Ready("animals", "goat", "neem", _l("Animal keepers")),
        Ready("workers", "bricks", "jamun", _l("Daily wage workers")),
        Ready("crafts", "loom", "jamun", _l("Craftspeople")),
        Ready("traders", "shop", "jamun", _l("Traders")),
        Ready("drivers", "bus", "jamun", _l("Drivers")),
        Ready("professionals", "meeting", "jamun", _l("Professionals")),
        Ready("health", "nurse", "mor", _l("Health workers")),
        Ready("savings", "rupee", "mor", _l("Savings groups")),
        Ready("volunteers", "hands", "mor", _l("Volunteers")),
    )
}


def ready_named(name: str) -> str | None:
    """The key of the one that is called so in any language, whatever its case and spelling."""
    return _by_likeness().get(likeness(name))


@lru_cache(maxsize=1)
def _by_likeness() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in LANGUAGES:
        with speaking(code):
            for one in READY.values():
                found.setdefault(likeness(one.name), one.key)
    return found
