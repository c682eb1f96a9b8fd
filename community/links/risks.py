"""Why to think before following a link, in words that can be heard."""

import re
from functools import lru_cache

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.links.known import cheats, shortens
from community.links.likeness import looks_like_another

NUMBER = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)\.?$")  # what a browser takes for the number of a machine
RISKS: dict[str, LazyString] = {
    "cheats": _l("This address is known for cheating people. Give no money, no code and no password there."),
    "alike": _l("This address looks like a well-known one, and is another."),
    "short": _l("This is a short address. Nobody can see before where it leads."),
    "number": _l("This address is a number. It says nothing of who is behind it."),
}


@lru_cache(maxsize=2000)
def _standing_risks(host: str) -> tuple[str, ...]:
    found = {"short": shortens(host), "number": bool(NUMBER.search(host))}
    return tuple(risk for risk, there in found.items() if there)


def risks_of(host: str) -> tuple[str, ...]:
    """Keys of RISKS, the worst first; none, where nothing is known against it."""
    worse = {"cheats": cheats(host), "alike": looks_like_another(host)}
    return (*(risk for risk, there in worse.items() if there), *_standing_risks(host))
