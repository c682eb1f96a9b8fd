"""A branch is a range of paths: the right one under every collation, and found by index."""

import random

import pytest
import sqlalchemy as sa
from flask import Flask

from community.database import db, now, writing
from community.groups.models import Group

LOOKS = {"name": "x", "language": "hi", "picture": "school", "colour": "neem", "level": "", "position": 0,
         "joining": "link", "posting": "admins", "zone": "Asia/Kolkata"}  # fmt: skip
BESIDE = (2, 20, 21, 22, 23, 24, 29, 230, 231, 2300, 2399, 3, 10, 100)  # numbers that begin like each other


def row(number: int, parent: "dict[str, object] | None") -> dict[str, object]:
    path = f"{parent['path'] if parent else '/'}{number}/"
    lineage = [int(part) for part in path.split("/") if part]
    return {**LOOKS, "id": number, "community_id": lineage[0], "parent_id": parent and parent["id"], "path": path,
            "ancestors": lineage[:-1], "created": now()}  # fmt: skip


def planted(count: int) -> list[dict[str, object]]:
    """A community of so many groups, with neighbours whose numbers begin like each other."""
    chance = random.Random(7)
    rows = [row(1, None)]
    rows += [row(number, rows[0]) for number in BESIDE]
    for number in range(10_000, 10_000 + count - len(rows)):
        rows.append(row(number, chance.choice(rows)))
    with writing():
        db.session.execute(sa.insert(Group), rows)
        db.session.commit()
    return rows


def walked(rows: list[dict[str, object]], top: object) -> set[object]:
    """The branch as `parent_id` tells it."""
    branch = {top}
    while more := {one["id"] for one in rows if one["parent_id"] in branch} - branch:
        branch |= more
    return branch


@pytest.fixture
def rows(app: Flask) -> list[dict[str, object]]:
    with app.app_context():
        return planted(3000)


def test_a_branch_is_what_walking_the_tree_gives(app: Flask, rows: list[dict[str, object]]) -> None:
    chance = random.Random(8)
    with app.app_context():
        for one in [*rows[: len(BESIDE) + 1], *chance.sample(rows, 60)]:
            found = db.session.scalars(sa.select(Group.id).where(Group.below(str(one["path"]))))
            assert set(found) == walked(rows, one["id"]), one["path"]


def test_parents_come_before_their_children_in_the_order_of_paths(app: Flask, rows: list[dict[str, object]]) -> None:
    with app.app_context():
        seen = {None}
        for found in db.session.execute(sa.select(Group.id, Group.parent_id).order_by(Group.path)):
            assert found.parent_id in seen
            seen.add(found.id)


def test_the_range_is_walked_by_index(app: Flask, rows: list[dict[str, object]]) -> None:
    smallest = min(rows[1:200], key=lambda one: len(walked(rows, one["id"])))
    wanted = sa.select(Group.id).where(Group.below(str(smallest["path"])))
    with app.app_context():
        db.session.execute(sa.text("ANALYZE"))
        dialect = db.engine.dialect
        text = str(wanted.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        how = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
        plan = "\n".join(str(line) for line in db.session.execute(sa.text(f"{how} {text}")))
        db.session.rollback()
    assert "ix_group_path" in plan, plan
    if dialect.name == "postgresql":
        assert "Index Cond" in plan, plan
