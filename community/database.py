"""The database handle, the vocabulary of typed columns, the clock, and SQLite's pragmas.

Models subclass `Base`; views and models reach the session as `db.session`. Nothing here commits.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as PlainSession
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """This moment, in UTC, aware. The one clock: tests move it with time-machine."""
    return datetime.now(UTC)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive one is refused: it would be a guess."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """SQLite's text in one step: a page reads a hundred moments."""
        return _aware if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _aware(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Byte order in every cluster: range scans on `path` find nothing useful under a language's collation.
ByteText = sa.String().with_variant(sa.String(collation="C"), "postgresql")

pk = Annotated[int, mapped_column(BigId, primary_key=True)]
foreign = Annotated[int, mapped_column(BigId, index=True)]
moment = Annotated[datetime, mapped_column(UtcDateTime, default=now)]
touched = Annotated[datetime, mapped_column(UtcDateTime, default=now, onupdate=now)]
maybe_moment = Annotated[datetime | None, mapped_column(UtcDateTime)]
name_text = Annotated[str, mapped_column(sa.String(80))]
language_code = Annotated[str, mapped_column(sa.String(8))]
symbol = Annotated[str, mapped_column(sa.String(24))]
room = Annotated[str, mapped_column(sa.String(12))]
digest = Annotated[str, mapped_column(sa.String(64))]


class Base(DeclarativeBase):
    """Typed models on a plain declarative base. No `.query`, no dataclass mapping."""

    metadata = sa.MetaData(naming_convention=NAMING)


BREATH = 0.05  # seconds
DEADLOCK = "40P01"  # PostgreSQL's word for: two waited for each other, and this one has to begin anew
REPLICA = "replica"  # the key of the engine that only reads, where there is one
_immediate: ContextVar[bool] = ContextVar("immediate", default=False)
_afar: ContextVar[bool] = ContextVar("afar", default=False)


class RoutedSession(PlainSession):
    """One session over both: what is asked inside `from_replica()` goes to the replica, a flush never does."""

    def get_bind(self, *args: Any, **kwargs: Any) -> sa.Engine | sa.Connection:
        if _afar.get() and not self._flushing:
            return db.engines[REPLICA]
        return super().get_bind(*args, **kwargs)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "class_": RoutedSession})
migrate = Migrate(render_as_batch=True)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once, so that none fails half-way.

    A transaction that is open already is ended first: it has read what it wanted.
    """
    db.session.commit()
    token = _immediate.set(True)
    try:
        yield
    finally:
        _immediate.reset(token)


@contextmanager
def beside() -> Iterator[sa.Connection]:
    """A transaction of its own that reads what is committed by now, also inside `writing()`."""
    token = _immediate.set(False)
    try:
        with db.engine.connect() as connection:
            yield connection
    finally:
        _immediate.reset(token)


@contextmanager
def from_replica() -> Iterator[None]:
    """Read from the replica: people.replica says when that is right."""
    token = _afar.set(True)
    try:
        yield
    finally:
        _afar.reset(token)


def let_go(error: DBAPIError) -> None:
    """End what another transaction was in the way of: done once more, it goes. Raises what went wrong otherwise."""
    if not isinstance(error, IntegrityError) and getattr(error.orig, "sqlstate", "") != DEADLOCK:
        raise error
    db.session.rollback()
    if not isinstance(error, IntegrityError):
        time.sleep(BREATH)  # who waited for what was held goes first: else both would wait for each other once more


def community_of(table: str, column: str) -> Callable[[Any], int]:
    """The default of a `community_id`: that of the row of `table` which `column` names. Bulk brings its own."""
    found = sa.text(f'SELECT community_id FROM "{table}" WHERE id = :id')  # noqa: S608  a table's name of ours

    def community(context: Any) -> int:
        of = context.get_current_parameters()[column]
        return int(context.root_connection.scalar(found, {"id": of}) or 0)

    return community


def opaque_id() -> int:
    """An address that says nothing: 40 random bits, safe in JavaScript, known before the insert."""
    return secrets.randbits(40) | 1 << 40


def init_app(app: Flask) -> None:
    url = make_url(app.config["DATABASE_URL"])
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", _engine_options(url, app))
    if replica := app.config["DATABASE_REPLICA_URL"]:
        options = _engine_options(make_url(replica), app)
        app.config["SQLALCHEMY_BINDS"] = {REPLICA: {"url": make_url(replica), **options}}
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS"])
    with app.app_context():
        if url.get_backend_name() == "sqlite":
            _speak_sqlite(db.engine)


def _engine_options(url: sa.URL, app: Flask) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True}  # no log repeats what somebody wrote, or a code
    if url.get_backend_name() == "sqlite":
        return options | {"connect_args": {"timeout": 15}}
    wait = app.config["DATABASE_WAIT"]
    options |= {"pool_size": app.config["DATABASE_POOL"], "max_overflow": 0, "pool_timeout": wait}
    # A connection that died with a server or a line between is noticed before it is used, and by the kernel.
    alive = {"connect_timeout": wait, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    # prepare_threshold=None keeps transaction pooling (PgBouncer) safe.
    connect = {"prepare_threshold": None, **alive}
    return options | {"pool_pre_ping": True, "pool_recycle": 1800, "connect_args": connect}


def _speak_sqlite(engine: Engine) -> None:
    """WAL, full durability, foreign keys, and transactions that we begin ourselves."""

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    # Not an event: where an engine has one, SQLAlchemy asks for listeners around each statement of each request.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]


def _begin(dbapi_connection: Any) -> None:
    dbapi_connection.execute("BEGIN IMMEDIATE" if _immediate.get() else "BEGIN")


def age(app: Flask) -> Literal["head", "older", "newer"]:
    """Whether the database has the migrations that this code knows, fewer, or one that it has never heard of."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(app.config["MIGRATIONS"])
    with app.app_context(), db.engine.connect() as connection:
        current = set(MigrationContext.configure(connection).get_current_heads())
    if current == set(script.get_heads()):
        return "head"
    return "older" if current <= {known.revision for known in script.walk_revisions()} else "newer"
