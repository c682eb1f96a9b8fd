"""A part of what is held of a person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString

from community.groups.models import Group

Wanted = sa.Select[*tuple[Any, ...]]
PLACE = (Group.name.label("group"), Group.language.label("group_language"))


@dataclass(frozen=True)
class Part:
    """One kind of thing. `words` is the column that the page shows in bold; `group` and `moment` stand below it."""

    name: str
    title: LazyString
    tables: tuple[str, ...]
    rows: Callable[[int], Wanted]
    words: str = ""
