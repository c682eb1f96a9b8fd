"""Whatever somebody does with a power over others leaves a row in the audit log, and nobody takes it out again."""

import zlib
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from community.audit.models import AuditEntry
from community.database import db, writing
from community.groups.membership import Membership
from community.seen.record import ACTIONS
from tests.house.matrix import ROWS, Row
from tests.house.test_matrix import ask, may
from tests.house.village import Village

POWERS = ("moderator", "admin", "above")
PLAIN = {"anonymous", "stranger", "elsewhere", "member", "sister"}
# Writes that do nothing to anybody, each with its reason.
SILENT: Mapping[str, str] = {
    "POST /groups/<int:group_id>/headcount": "it counts, and changes nothing",
    "POST /groups/<int:group_id>/announcements/ready": "it only shows what would be said",
    "PATCH /groups/<int:group_id>/recordings/<key>": "a part of her own recording; saying it is audited",
    "POST /questions/<int:question_id>/heard": "a step of the question says who and when",
    "POST /questions/<int:question_id>/taker": "a step of the question says who and when",
    "POST /questions/<int:question_id>/taker/end": "a step of the question says who and when",
    "POST /questions/<int:question_id>/handover": "a step of the question says who and when",
    "POST /questions/<int:question_id>/closing": "a step of the question says who and when",
    "POST /questions/<int:question_id>/answers": "a step of the question says who and when",
    "POST /questions/<int:question_id>/good/wish": "the asker is asked, and decides",
    # In the village there is nothing to do for these, and what does nothing leaves nothing.
    "POST /announcements/<int:announcement_id>/languages/<language>/removal": "nothing is said in it",
    "POST /translations/<int:translation_id>/undo": "nobody has answered it",
    "POST /groups/<int:group_id>/return": "the group does not rest",
    "POST /groups/<int:group_id>/call": "its only admin is who calls",
    "POST /categories/<int:category_id>/return": "the category is in use",
    "POST /sheets/<int:sheet_id>/stop": "nothing is being brought in",
    "POST /groups/<int:group_id>/templates": "the level has its template",
    "POST /templates/<int:template_id>/groups": "it has a group of this name",
    "POST /groups/<int:group_id>/membership": "a moderator asks, as everybody does; below, an admin walks in",
}


def admin_writes() -> list[object]:
    """Rows for who holds a role, by who may do it with the least; in the normal run, one in so many."""
    found = []
    for row in ROWS:
        role = next((one for one in POWERS if one in row.may), None)
        if row.method in ("POST", "PATCH") and role and not row.may & PLAIN:
            marks = [] if zlib.crc32(str(row).encode()) % 16 == 0 else [pytest.mark.large]
            found.append(pytest.param(row, role, id=f"{row} as {role}", marks=marks))
    return found


def newest(village: Village) -> int:
    with village.app.app_context():
        return db.session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0


@pytest.mark.parametrize(("row", "role"), admin_writes())
def test_what_is_done_with_a_role_is_written_down(village: Village, row: Row, role: str) -> None:
    before = newest(village)
    answer = ask(village, row, role, village.known())
    assert may(answer), answer.status
    with village.app.app_context():
        fresh = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.id > before)).all()
    assert bool(fresh) != (row.route in SILENT), f"{row}: {[one.action for one in fresh]}"
    assert not fresh or village.people[role] in {one.actor_id for one in fresh}
    assert {one.action for one in fresh} <= set(ACTIONS), "community/seen/record.py has no words for it"


def test_the_list_names_what_is_there() -> None:
    assert set(SILENT) <= {row.route for row in ROWS}


def test_an_admin_who_walks_in_is_written_down_and_who_leaves_is_not(village: Village) -> None:
    before, group = newest(village), village.things["closed"]
    browser = village.browser("above")
    assert browser.post(f"/groups/{group}/membership").status_code == 303
    with village.app.app_context():
        fresh = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.id > before)).all()
        mine = (Membership.person_id == village.people["above"], Membership.group_id == int(group))
        held = db.session.scalar(sa.select(Membership.id).where(*mine))
    assert [one.action for one in fresh] == ["came in from above"]
    before = newest(village)
    assert browser.post(f"/memberships/{held}/end").status_code == 303
    assert newest(village) == before


# In each dialect, the way around a trigger for rows: emptying all at once, or putting another row in one's place.
AROUND = {
    "postgresql": "TRUNCATE audit_entry RESTART IDENTITY CASCADE",
    "sqlite": "REPLACE INTO audit_entry SELECT * FROM audit_entry",
}


@pytest.mark.parametrize("what", ["UPDATE audit_entry SET actor_id = 1", "DELETE FROM audit_entry", "around"])
def test_the_database_itself_refuses_to_rewrite_it(village: Village, what: str) -> None:
    before = newest(village)
    assert before
    with village.app.app_context():
        with pytest.raises(sa.exc.DBAPIError, match="only ever added to"), writing():
            db.session.execute(sa.text(AROUND[db.engine.dialect.name] if what == "around" else what))
        db.session.rollback()
        count = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.id <= before)
        assert db.session.scalar(count) == before


def test_members_read_it_and_see_neither_whom_it_was_done_to_nor_a_name_of_who_is_gone(village: Village) -> None:
    """Whom somebody was let in, sent out or helped to a phone is between them; a role is everybody's to know."""
    held = village.things["moderator_membership"]
    assert village.browser("admin").post(f"/memberships/{held}/role", data={"role": "responder"}).status_code == 303
    page = village.browser("member").get(f"/groups/{village.things['group']}/record", query_string={"lang": "en"}).text
    with village.app.app_context():
        group = int(village.things["group"])
        told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.group_id == group)).all()
    assert told
    assert page.count('<li class="row">') == min(len(told), 40)
