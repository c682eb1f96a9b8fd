"""What is the same for each test's app, and need not be made anew for each: packed files, code of routes and templates."""

import functools
from collections.abc import Callable
from typing import Any

import jinja2
from werkzeug.routing import Rule

from community import assets


def _once(make: Callable[..., Any], key_of: Callable[..., Any]) -> Callable[..., Any]:
    """The same method; what it has made under a key is given again."""
    made: dict[Any, Any] = {}

    @functools.wraps(make)
    def method(self: Any, *args: Any) -> Any:
        key = (key_of(self), *args)
        if key not in made:
            made[key] = make(self, *args)
        return made[key]

    return method


def hold() -> None:
    """From now on, in this process."""
    assets.Asset.of = functools.cache(assets.Asset.of)  # type: ignore[method-assign]
    # A builder of addresses gets its rule as an argument; templates are compiled in one way by all our apps.
    builder = _once(Rule._compile_builder, lambda rule: (rule.rule, tuple(rule._trace), str(rule.defaults)))
    Rule._compile_builder = builder  # type: ignore[method-assign]
    jinja2.Environment.compile = _once(jinja2.Environment.compile, lambda _: None)  # type: ignore[method-assign]
