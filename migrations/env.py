"""Alembic's entry: the app's own metadata and connection, batch mode for SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from community.database import BigId, ByteText, UtcDateTime, db
from community.groups.models import IdList

config = context.config


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Our own column types, written as plain SQLAlchemy: a migration must outlive our classes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is BigId:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if kind == "type" and item is ByteText:
        return 'sa.String().with_variant(sa.String(collation="C"), "postgresql")'
    if kind == "type" and item is IdList:
        return 'sa.JSON().with_variant(sa.ARRAY(sa.BigInteger()), "postgresql")'
    return False


@contextmanager
def unreferenced(connection: sa.Connection) -> Iterator[None]:
    """SQLite makes a changed table anew and drops the old one, to which others point: they are checked afterwards."""
    raw = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if astray := raw.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"rows point to what is not there: {astray[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def run_migrations() -> None:
    with db.engine.connect() as connection, unreferenced(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


current_app.logger.debug("migrating")
run_migrations()
