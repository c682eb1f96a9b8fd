"""What can be held. Each noun that people write with registers what becomes of it: nothing here knows any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

if TYPE_CHECKING:
    from community.holding.models import Held


def _nothing(_held: "Held") -> Any:
    return None


@dataclass(frozen=True)
class Kind:
    """In the transaction that decides. `let` and `again` answer False where it is too late: nothing is decided then."""

    let: Callable[["Held"], bool]  # others see it from now on
    refuse: Callable[["Held"], None]  # nobody will
    again: Callable[["Held"], bool]  # it waits once more, as before the decision
    whole: Callable[["Held"], Any] = _nothing  # the thing itself, where there is more to it than words


def holds(app: Flask, name: str, kind: Kind) -> None:
    app.extensions.setdefault("holding", {})[name] = kind


def kind_of(name: str) -> Kind:
    found: Kind = current_app.extensions["holding"][name]
    return found
