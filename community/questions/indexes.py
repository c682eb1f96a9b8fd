"""Indexes that hold only what is open: what nobody has taken yet, what somebody has; and what a group may see."""

import sqlalchemy as sa

OPEN = "ended_at IS NULL AND answered_at IS NULL"
FREE = f"{OPEN} AND taken_by IS NULL AND trouble IS NULL"
HELP = f"{OPEN} AND taken_by IS NULL AND trouble IS NOT NULL"
TAKEN = f"{OPEN} AND taken_by IS NOT NULL"
# Its `shared` is a column: as a condition SQLite would not prefer it to the one on `group_id`.
STANDS = "trouble IS NULL AND ended_at IS NULL AND removed_at IS NULL AND held_id IS NULL"


def partial(name: str, *columns: str, where: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
