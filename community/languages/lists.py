"""Several things said in one breath: "Asha, Bina and Chitra". In words of ours: CLDR has no "or" for six languages."""

from collections.abc import Sequence
from functools import reduce

from community.languages.translations import gettext as _


def all_of(things: Sequence[str]) -> str:
    """The things as one says that each is meant. One thing is itself, none is an empty text."""
    if len(things) < 2:
        return "".join(things)
    # Translators: the end of a list: "Asha, Bina and Chitra". some is all but the last; each may be a name.
    return _("%(some)s and %(last)s", some=_begun(things), last=things[-1])


def one_of(things: Sequence[str]) -> str:
    """The things as one says that any of them will do."""
    if len(things) < 2:
        return "".join(things)
    # Translators: the end of a list: "today, tomorrow or Monday". some is all but the last.
    return _("%(some)s or %(last)s", some=_begun(things), last=things[-1])


def _begun(things: Sequence[str]) -> str:
    return reduce(_next, things[:-1])


def _next(some: str, thing: str) -> str:
    # Translators: the middle of a list, "Asha, Bina": only the comma may change.
    return _("%(some)s, %(next)s", some=some, next=thing)
