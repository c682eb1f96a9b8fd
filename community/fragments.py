"""Parts of pages that are drawn once and kept in this process while they are true.

A key holds all that its part shows, the moments of last change among it, so nothing is ever taken out: what changed is
asked for under another key. FRAGMENT_CACHE=0 draws everything anew.
"""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g
from markupsafe import Markup

from community.languages import current
from community.saver.level import level

MOST = 8000  # parts of about 1 KB
QUARTER = 900  # seconds: "today" ends with a quarter of an hour in every zone
Key = tuple[Any, ...]
_kept: dict[Key, Markup] = {}


def init_app(app: Flask) -> None:
    """`kept(key, macro, *arguments)` for templates: the macro's markup, perhaps from before."""
    app.jinja_env.globals["kept"] = kept


def kept(key: Key, draw: Callable[..., Markup], *arguments: Any) -> Markup:
    """What `draw(*arguments)` gives, which depends on the key, the language, the saver level and the hour alone."""
    whole = (*seen_by(), *key)
    found = recall(whole)
    return found if found is not None else keep(whole, draw(*arguments))


def seen_by() -> Key:
    """What every part depends on."""
    return current().code, bool(g.get("native_digits")), level(), int(time.time()) // QUARTER


def recall(key: Key) -> Markup | None:
    return _kept.get(key)


def keep(key: Key, drawn: Markup) -> Markup:
    if current_app.config["FRAGMENT_CACHE"]:
        if len(_kept) > MOST:
            _kept.clear()
        _kept[key] = drawn
    return drawn
