"""Rows by COPY: what a model says of its columns stands in for all that is not given."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg
import sqlalchemy as sa

from community.database import Base

CHUNK = 5000


class Table:
    """One model's table, of which only some columns differ from row to row."""

    def __init__(self, model: type[Base], *given: str, **same: Any) -> None:
        self.table = model.__table__
        rest = {column.name: _default(column) for column in self.table.c if column.name not in (*given, *same)}
        fixed = {name: value for name, value in (rest | same).items() if value is not None}
        self.columns = (*given, *fixed)
        self.tail = "".join(f"\t{text(value)}" for value in fixed.values()) + "\n"

    def fill(self, connection: psycopg.Connection[Any], rows: Iterable[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{name}"' for name in self.columns)
        with connection.cursor().copy(f'COPY "{self.table.name}" ({names}) FROM STDIN') as copy:
            left, tail = iter(rows), self.tail
            while chunk := "".join(["\t".join(map(text, row)) + tail for row in islice(left, CHUNK)]):
                copy.write(chunk)


def _default(column: sa.Column[Any]) -> Any:
    """What the model puts there by itself; None where nothing is needed. Raises where nobody knows."""
    if isinstance(column.default, sa.ColumnDefault):
        arg: Any = column.default.arg
        return arg(None) if callable(arg) else arg
    if column.nullable or column.server_default is not None or column.primary_key:
        return None
    raise RuntimeError(f"bench.scale does not know what to put into {column.table.name}.{column.name}")


def text(value: Any) -> str:
    """A value as COPY reads it."""
    if type(value) is int or type(value) is str:
        return value if type(value) is str else str(value)
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return json.dumps(value) if isinstance(value, dict) else str(value)


@contextmanager
def bare(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Tables without the indexes that may be made afterwards, and nobody looks at foreign keys: as one imports."""
    indexes = connection.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND NOT EXISTS "
        "(SELECT FROM pg_constraint c WHERE c.conname = i.indexname) AND i.tablename <> 'alembic_version'"
    ).fetchall()
    uniques = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'u' AND connamespace = 'public'::regnamespace"
    ).fetchall()
    connection.execute("SET session_replication_role = replica")
    for name, _made in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    for table, name, _made in uniques:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for table, name, made in uniques:
        connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}')
    for _name, made in indexes:
        connection.execute(made)
    connection.execute("RESET session_replication_role")


def go_on_counting(connection: psycopg.Connection[Any]) -> None:
    """Sequences stand behind what was copied."""
    for table in Base.metadata.sorted_tables:
        serial = (
            connection.execute("SELECT pg_get_serial_sequence(%s, 'id')", (f'"{table.name}"',))
            if "id" in table.c
            else None
        )
        if serial and (name := (serial.fetchone() or (None,))[0]):
            connection.execute(f"SELECT setval('{name}', (SELECT coalesce(max(id), 0) + 1 FROM \"{table.name}\"))")
