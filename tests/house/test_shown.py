"""What shows a photo or a voice is found by index, however many rows show none; so is what a group may see."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from community.database import Base, db
from community.groups.models import Group
from community.questions.models import Question
from community.questions.queue import before_the_group

SHOW = [
    (table.name, column.name, key.column.table.name)
    for table in Base.metadata.sorted_tables
    for column in table.c
    for key in column.foreign_keys
    if key.column.table.name in ("photo", "voice")
]


@pytest.fixture
def asked(app: Flask) -> Iterator[sa.Connection]:
    """Of tables with nothing in them PostgreSQL would read all; its check of foreign keys plans for any number."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            connection.execute(sa.text("SET LOCAL plan_cache_mode = force_generic_plan"))
        yield connection


def plan(asked: sa.Connection, statement: str) -> list[str]:
    how = "EXPLAIN QUERY PLAN" if asked.dialect.name == "sqlite" else "EXPLAIN"
    return [str(line[-1]) for line in asked.exec_driver_sql(f"{how} {statement}")]


def test_who_lets_go_of_one_asks_each_table_by_index(asked: sa.Connection) -> None:
    assert len(SHOW) > 15
    for table, column, kind in SHOW:
        hers = f"SELECT id FROM {kind} WHERE owner_id = 5"
        for statement in (
            f'SELECT 1 FROM "{table}" WHERE {column} = 5 LIMIT 1',
            f'UPDATE "{table}" SET {column} = NULL WHERE {column} IN ({hers})',
        ):
            assert f"ix_{table}_{column}" in "\n".join(plan(asked, statement)), (table, column)


def test_so_does_the_database_before_a_row_goes(asked: sa.Connection) -> None:
    if asked.dialect.name == "sqlite":
        for kind in ("photo", "voice"):
            steps = plan(asked, f"DELETE FROM {kind} WHERE id = 5")
            assert not [step for step in steps if step.startswith("SCAN")]
            assert {step.split()[1] for step in steps} == {kind, *(table for table, _, of in SHOW if of == kind)}
        return
    for table, column, _kind in SHOW:  # in the words of its trigger
        child = f'SELECT 1 FROM ONLY "{table}" x WHERE $1 OPERATOR(pg_catalog.=) {column} FOR KEY SHARE OF x'
        asked.exec_driver_sql(f"PREPARE {table}_{column} (bigint) AS {child}")
        steps = plan(asked, f"EXECUTE {table}_{column}(5)")
        assert f"ix_{table}_{column}" in "\n".join(steps), (table, column)


NOTHING = {int: "1", str: "n::text", bool: "true", object: "now()"}


def _many_questions(asked: sa.Connection) -> None:
    """In forty groups, of nobody; they go with this transaction, which nobody ends."""
    filled = {one.name: NOTHING[one.type.python_type] for one in Question.__table__.c if not one.nullable}
    filled |= {"id": "n", "group_id": "mod(n, 40)", "shared": "mod(n, 3) = 0"}
    asked.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no foreign keys
    rows = f"SELECT {', '.join(filled.values())} FROM generate_series(1, 8000) n"
    asked.exec_driver_sql(f"INSERT INTO question ({', '.join(filled)}) {rows}")
    asked.exec_driver_sql("ANALYZE question")


def test_what_a_group_may_see_of_its_questions(asked: sa.Connection) -> None:
    heard: list[Any] = []

    def note(state: Any) -> None:
        heard.append(state.statement)

    sa.event.listen(db.session, "do_orm_execute", note)
    try:
        before_the_group(Group(id=1), before=9000)
    finally:
        sa.event.remove(db.session, "do_orm_execute", note)
        db.session.rollback()
    said = heard[0].compile(dialect=asked.dialect, compile_kwargs={"literal_binds": True})
    if asked.dialect.name == "postgresql":  # few rows are as well read in any way
        _many_questions(asked)
    steps = "\n".join(plan(asked, str(said)))
    assert "ix_question_shared" in steps
    assert "TEMP B-TREE" not in steps
    assert "Sort" not in steps
