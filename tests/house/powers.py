"""What power is made of: rows that say who holds a role or a community, and work on many groups at once.

A route that writes one of them is powerful, whatever it is called.
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from community.groups.membership import Membership

WRITE = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?')
SET = re.compile(r'(?:SET|,) "?(\w+)"?=')
ALL = "INSERT INTO", "UPDATE", "DELETE FROM"
# Of a table the writes that are power: these kinds of statement, or these columns of an UPDATE.
ROWS = {
    "office": ALL,
    "appointment": ALL,
    "level_template": ALL,
    "template_group": ALL,
    "errand": ("INSERT INTO",),
    "passkey": ("INSERT INTO",),
    "recovery": ("INSERT INTO",),
    "group_category": ("INSERT INTO", "DELETE FROM"),
}
COLUMNS = {
    "membership": {"role", "role_until", "has_office"},
    "group": {"parent_id", "community_id", "archived_at"},
    "errand": {"undo_at"},
    "brought_sheet": {"state"},
    "merger": {"answered_at", "agreed_at", "undone_at"},
    "session": {"without_roles"},
}
MANY = {"invitation", "group"}  # one is an everyday thing


def powers_of(statement: str, times: int) -> Iterator[str]:
    """What power this statement is, if any; `times` says how many rows it brings."""
    found = WRITE.match(statement)
    if found is None:
        return
    kind, table = found.groups()
    if kind in ROWS.get(table, ()):
        yield f"{kind} {table}"
    if kind == "UPDATE":
        named = set(SET.findall(statement.partition(" WHERE ")[0])) & COLUMNS.get(table, set())
        yield from (f"{table}.{name}" for name in sorted(named))
    if kind == "INSERT INTO" and table in MANY and times > 1:
        yield f"many of {table}"


def roles_given(session: sa.orm.Session, *_rest: Any) -> None:
    """A role that comes with its membership is noted where the statements are."""
    if any(isinstance(one, Membership) and one.role != "member" for one in session.new):
        session.connection().info.setdefault("powers", []).append("a membership with a role")
