"""Alembic's entry: the app's own metadata and connection, batch mode for SQLite."""

from typing import Any

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


def run_migrations() -> None:
    with db.engine.connect() as connection:
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
