"""What can be held. Each noun that people write with registers what becomes of it: nothing here knows any of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

if TYPE_CHECKING:
    from community.holding.models import Held


def _nothing(_held: Sequence["Held"]) -> Mapping[int, Any]:
    return {}


def _announced(held: "Held") -> str:
    return f"/groups/{held.group_id}/announcements/new"


def _openly(_held: "Held") -> bool:
    return False


@dataclass(frozen=True)
class Kind:
    """In the transaction that decides. `let` and `again` answer False where it is too late: nothing is decided then."""

    let: Callable[["Held"], bool]  # others see it from now on
    refuse: Callable[["Held"], None]  # nobody will
    again: Callable[["Held"], bool]  # it waits once more, as before the decision
    # By `Held.id` the things themselves, where there is more to them than words: asked for many at once.
    wholes: Callable[[Sequence["Held"]], Mapping[int, Any]] = _nothing
    hides: Callable[["Held"], bool] = _openly  # whether who looks does not learn who wrote it
    anew: Callable[["Held"], str] = _announced  # the page on which its writer says it in another way


def holds(app: Flask, name: str, kind: Kind) -> None:
    app.extensions.setdefault("holding", {})[name] = kind


def kind_of(name: str) -> Kind:
    found: Kind = current_app.extensions["holding"][name]
    return found
