"""In the audit log two actors are no person: who runs the server, and nobody. Neither is taken for the other."""

import ast
import re

import pytest
import sqlalchemy as sa

from community.audit.models import NOBODY, OPERATOR, AuditEntry
from community.database import db, writing
from community.groups.models import Group
from community.people.models import Person
from community.seen.record import lines
from tests.conftest import Stage
from tests.delegation.scene import category_of, offered, take
from tests.groups.town import membership_id
from tests.house.postgres import cluster
from tests.house.server import ROOT

GONE, SERVER = "Someone who left", "Who runs this server"
# Who may be the actor where no person is: each file, and which of the two it writes.
WRITERS = {
    "groups/offices.py": {"NOBODY"}, "announcements/models.py": {"OPERATOR"}, "groups/measures.py": {"OPERATOR"},
    "groups/models.py": {"OPERATOR"}, "seen/record.py": {"OPERATOR"}, "talk/models.py": {"OPERATOR"},
}  # fmt: skip


def told(stage: Stage) -> str:
    return stage.browser("english reader").get(f"/groups/{stage.school}/record", query_string={"lang": "en"}).text


def actors(stage: Stage, action: str) -> list[int]:
    with stage.app.app_context():
        return list(db.session.scalars(sa.select(AuditEntry.actor_id).where(AuditEntry.action == action)))


def test_neither_is_a_person_nor_the_other(stage: Stage) -> None:
    with stage.app.app_context():
        assert NOBODY < OPERATOR < (db.session.scalar(sa.select(sa.func.min(Person.id))) or 0)


def test_what_ends_because_she_left_is_nobodys_deed_and_not_the_servers(stage: Stage) -> None:
    category = str(category_of(stage, stage.grades[3]))
    take(stage.browser("parent"), offered(stage, "head", stage.school, "admin", category=category))
    assert stage.browser("parent").post(f"/memberships/{membership_id(stage, 'parent', stage.school)}/end").location
    assert actors(stage, "office ended") == [NOBODY]
    page = told(stage)
    assert page.count(GONE) == 1
    assert SERVER not in page


def test_what_who_runs_the_server_did_is_not_told_as_somebodys_who_left(stage: Stage) -> None:
    with stage.app.test_request_context(), writing():
        db.session.get_one(Group, stage.school).archive(None)
        db.session.commit()
    assert actors(stage, "archived") == [OPERATOR]
    page = told(stage)
    assert page.count(SERVER) == 1
    assert GONE not in page


def test_in_one_list_each_is_told_as_what_it_is(stage: Stage) -> None:
    with stage.app.test_request_context(), writing():
        group = db.session.get_one(Group, stage.school)
        for actor in (NOBODY, OPERATOR, stage.people["head"]):
            AuditEntry.add("changed", actor_id=actor, community_id=group.community_id, group_id=group.id)
        db.session.flush()
        found = [(line.by and line.by.id, line.by_server) for line in lines(group, 0)[:3]]
        db.session.rollback()
    assert found == [(stage.people["head"], False), (None, True), (None, False)]


@pytest.mark.sqlite_only
def test_whoever_writes_one_of_them_is_known_and_none_is_told_by_being_zero_or_not() -> None:
    """0 is false and -1 is true: only `==` tells them apart."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "community").rglob("*.py"):
        text, name = path.read_text(), str(path.relative_to(ROOT / "community"))
        if "AuditEntry" not in text or name == "audit/models.py":
            continue
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        if names & {"NOBODY", "OPERATOR"}:
            found[name] = names & {"NOBODY", "OPERATOR"}
        assert not re.search(r"(?:if|not|and|or|while) (?:\w+\.)?actor_id\b(?! (?:==|!=|in))|actor_id=-?\d", text), name
    assert found == WRITERS


@pytest.mark.postgres
@pytest.mark.sqlite_only
def test_on_postgresql_the_log_is_not_emptied_all_at_once_either() -> None:
    with cluster("C.UTF-8") as url:
        engine = sa.create_engine(url)
        AuditEntry.__table__.create(engine)  # type: ignore[attr-defined]
        with pytest.raises(sa.exc.DBAPIError, match="only ever added to"), engine.begin() as connection:
            connection.exec_driver_sql("TRUNCATE audit_entry")
        engine.dispose()
