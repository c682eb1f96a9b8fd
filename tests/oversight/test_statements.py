"""Who oversees has no way to what people say: not one statement of her pages names where words, voices or photos lie."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from community.database import Base, db, writing
from community.groups.models import Group
from community.oversight.counting import renew
from community.oversight.recount import places
from tests.conftest import Stage
from tests.oversight.test_counters import count_all

# All that the pages may read. Whoever adds a table here says what of it is seen.
MAY_READ = {
    "session", "person", "phone",  # who is asking
    "membership", "group", "child", "group_category", "category", "office",  # where she and others stand
    "group_counter", "admin_call",
    "duty",  # in which of these groups somebody is trained for urgent help: the roster, which who oversees may open
    "contact",  # the office numbers that those who oversee have put up for all who may see them there
}  # fmt: skip
# What counting may read besides: that something was said, when and where; never what.
MAY_COUNT = MAY_READ | {
    "announcement", "audience", "delivery", "join_request", "listener", "subscription", "counter_change",
    "audience_category", "care_case", "question",
}  # fmt: skip
SAID = {
    "text",
    "sheet",
    "voice_id",
    "body_digest",
    "words_digest",
    "words",
}  # columns that hold or point to what was said
TABLES = set(Base.metadata.tables)


@contextmanager
def recorded(app: Flask) -> Iterator[list[str]]:
    """Every statement that the database is given meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def tables(statement: str) -> set[str]:
    """The tables that it names, quoted or not, wherever in it; not columns that are called like one."""
    return (set(re.findall(r"(?<![.\w])\w+\b", statement)) & TABLES) - _named_in(statement)


def _named_in(statement: str) -> set[str]:
    """What a statement gives a name to for itself stands for that alone in it, and not for a table called so."""
    return set(re.findall(r"\b(\w+) AS\s+(?:MATERIALIZED\s+)?\(", statement))


def _hold(statements: list[str], may: set[str]) -> None:
    assert statements
    for statement in statements:
        assert tables(statement) <= may, statement
        assert not {word for word in re.findall(r"\.(\w+)", statement)} & SAID, statement


def test_the_record_would_notice(stage: Stage) -> None:
    with recorded(stage.app) as statements:
        stage.browser("head").get(f"/groups/{stage.school}")
    with pytest.raises(AssertionError):
        _hold(statements, MAY_READ)


def test_a_name_is_a_table_only_where_it_stands_for_one() -> None:
    assert tables('SELECT contact.number FROM contact JOIN "group" ON 1') == {"contact", "group"}
    assert tables("WITH held AS \n(SELECT person.id FROM person) SELECT held.id FROM held") == {"person"}
    assert tables("SELECT id FROM held, number") == {"held", "number"}


@pytest.mark.parametrize("page", ["oversight", "oversight/map", "oversight/map?page=1", "overseers", "triage"])
def test_no_page_asks_for_what_was_said(stage: Stage, page: str) -> None:
    with stage.app.app_context():
        count_all()
    head = stage.browser("head")
    with recorded(stage.app) as statements:
        assert head.get(f"/groups/{stage.school}/{page}").status_code == 200
        assert head.get(f"/groups/{stage.grades[3]}/{page}").status_code == 200
    _hold(statements, MAY_READ)


def test_counting_reads_that_something_was_said_and_not_what(stage: Stage) -> None:
    with recorded(stage.app) as statements, stage.app.app_context(), writing():
        renew(stage.school, places([Group.community_id == stage.school]))
        db.session.rollback()
    _hold(statements, MAY_COUNT)
