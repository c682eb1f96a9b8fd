"""Office bearers come with a card, somebody says that it is them, and their names on the sheet are gone."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.audit.models import AuditEntry
from community.bringing.bearers import Bearer
from community.database import db, now, writing
from community.groups.bans import Ban
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.people.models import Person
from tests.bringing.conftest import Office
from tests.bringing.sheets import csv_of
from tests.conftest import Browser

pytestmark = pytest.mark.sampled

NAME = "सुनीता देवी PLANTED"
ROWS = [
    ["code", "parent", "name", "office bearer", "role"],
    ["d1", "", "Patna", NAME, ""],
    ["d2", "", "Gaya", "Ravi OTHER", "responder"],
    ["d3", "", "Nalanda", "", ""],
]
SHEET = csv_of(ROWS)


@pytest.fixture
def codes(office: Office) -> dict[str, str]:
    """The code on each card, by the role on it."""
    office.brought(SHEET)
    return office.ask(lambda: {one.role: one.code for one in db.session.scalars(sa.select(Bearer))})


def card_of(office: Office, role: str = "admin") -> Bearer:
    return office.ask(lambda: db.session.scalars(sa.select(Bearer).where(Bearer.role == role)).one())


def newcomer(office: Office) -> Browser:
    return office.app.test_client()  # type: ignore[return-value]


def roles(office: Office, code: str) -> set[str]:
    group = office.by_code()[code]
    return office.ask(
        lambda: set(db.session.scalars(sa.select(Membership.role).where(Membership.group_id == group.id)))
    )


def test_each_office_bearer_has_a_card_with_name_place_and_a_qr(office: Office, codes: dict[str, str]) -> None:
    page = office.browser.get(f"/groups/{office.root}/cards").text
    assert NAME in page
    assert "Gaya" in page
    assert page.count("<svg class") >= 2
    assert all(f"/office/{code}" in page for code in codes.values())
    assert {*codes} == {"admin", "responder"}
    assert not any(office.anywhere(code) for code in codes.values())  # a code is not in the database


def test_a_branch_prints_its_own_cards(office: Office, codes: dict[str, str]) -> None:
    branch = office.by_code()["d2"].id
    page = office.browser.get(f"/groups/{branch}/cards").text
    assert "Ravi OTHER" in page
    assert NAME not in page


def test_looking_at_a_card_writes_nothing(office: Office, codes: dict[str, str]) -> None:
    before = office.ask(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(Person)))
    assert newcomer(office).get(f"/office/{codes['admin']}").status_code == 200
    assert office.ask(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(Person))) == before


def test_she_waits_until_somebody_says_that_it_is_her(office: Office, codes: dict[str, str]) -> None:
    hers = newcomer(office)
    hers.get(f"/office/{codes['admin']}")
    assert hers.post(f"/office/{codes['admin']}", data={"name": "Sunita"}).status_code == 303
    assert roles(office, "d1") == set()
    card = card_of(office)
    assert hers.get(f"/groups/{card.group_id}").status_code == 404
    waiting = office.browser.get(f"/groups/{office.root}/bearers").text
    assert NAME in waiting
    assert "Sunita" in waiting
    assert office.browser.post(f"/bearers/{card.id}/yes", data={"list": str(office.root)}).status_code == 303
    assert roles(office, "d1") == {"admin"}
    assert hers.get(f"/groups/{card.group_id}/settings").status_code == 200
    with office.app.app_context():
        noted = sa.select(AuditEntry.actor_id, AuditEntry.subject_id).where(AuditEntry.action == "appointed")
        assert (office.head, card_of(office).person_id) in {tuple(row) for row in db.session.execute(noted)}


def test_names_are_gone_from_the_database_when_a_card_was_used(office: Office, codes: dict[str, str]) -> None:
    assert office.anywhere("PLANTED") == ["office_bearer"]
    newcomer(office).post(f"/office/{codes['admin']}")
    office.browser.post(f"/bearers/{card_of(office).id}/yes")
    assert office.anywhere("PLANTED") == []
    assert office.anywhere("OTHER") == ["office_bearer"]


def test_names_are_gone_when_it_was_somebody_else(office: Office, codes: dict[str, str]) -> None:
    hers = newcomer(office)
    hers.post(f"/office/{codes['admin']}")
    office.browser.post(f"/bearers/{card_of(office).id}/no")
    assert office.anywhere("PLANTED") == []
    assert roles(office, "d1") == set()
    assert hers.get(f"/office/{codes['admin']}").status_code == 410


@pytest.mark.patient
def test_names_are_gone_when_cards_run_out_whoever_came_and_was_not_answered(
    office: Office, codes: dict[str, str]
) -> None:
    newcomer(office).post(f"/office/{codes['admin']}")
    with time_machine.travel(now() + timedelta(days=31)):
        assert newcomer(office).get(f"/office/{codes['responder']}").status_code == 410
        office.keep()
    assert office.anywhere("PLANTED") == office.anywhere("OTHER") == []


def test_names_of_a_sheet_that_nobody_says_yes_to_are_gone_after_a_week(office: Office) -> None:
    office.tried(SHEET)
    assert office.anywhere("PLANTED") == ["sheet_part"]
    with time_machine.travel(now() + timedelta(days=8)):
        office.keep()
    assert office.anywhere("PLANTED") == []


def test_a_card_opens_once(office: Office, codes: dict[str, str]) -> None:
    first, second = newcomer(office), newcomer(office)
    assert first.post(f"/office/{codes['admin']}").status_code == 303
    assert first.post(f"/office/{codes['admin']}").status_code == 303  # a double tap
    assert second.get(f"/office/{codes['admin']}").status_code == 410
    assert second.post(f"/office/{codes['admin']}").status_code == 410
    office.browser.post(f"/bearers/{card_of(office).id}/yes")
    assert second.post(f"/office/{codes['admin']}").status_code == 410
    assert len(roles(office, "d1")) == 1


def test_who_is_banned_gets_no_office(office: Office, codes: dict[str, str]) -> None:
    hers = newcomer(office)
    hers.post(f"/office/{codes['admin']}")
    card = card_of(office)
    with office.app.app_context(), writing():
        person, head = (db.session.get_one(Person, number) for number in (card.person_id, office.head))
        Ban.put(db.session.get_one(Group, card.group_id), person, head)
        db.session.commit()
    assert office.browser.post(f"/bearers/{card.id}/yes").status_code == 409
    assert roles(office, "d1") == set()


def test_a_card_takes_no_role_away(office: Office, codes: dict[str, str]) -> None:
    group = office.by_code()["d2"].id
    with office.app.app_context(), writing():
        admit(db.session.get_one(Group, group), db.session.get_one(Person, office.head), role="admin")
        db.session.commit()
    assert office.browser.post(f"/office/{codes['responder']}").status_code == 303
    assert office.browser.post(f"/bearers/{card_of(office, 'responder').id}/yes").status_code == 303
    assert roles(office, "d2") == {"admin"}


def test_the_same_sheet_makes_no_second_card_and_renews_none_that_was_used(
    office: Office, codes: dict[str, str]
) -> None:
    newcomer(office).post(f"/office/{codes['admin']}")
    office.browser.post(f"/bearers/{card_of(office).id}/yes")
    office.brought(SHEET.replace(b"Ravi OTHER", b"Anil THIRD"))
    assert office.ask(lambda: {one.role: one.code for one in db.session.scalars(sa.select(Bearer))}) == codes
    assert (office.anywhere("PLANTED"), office.anywhere("OTHER"), office.anywhere("THIRD")) == (
        [],
        [],
        ["office_bearer"],
    )


def test_only_who_looks_after_the_place_answers(office: Office, codes: dict[str, str]) -> None:
    newcomer(office).post(f"/office/{codes['admin']}")
    card = card_of(office)
    stranger = newcomer(office)
    stranger.post(f"/office/{codes['responder']}")
    office.browser.post(f"/bearers/{card_of(office, 'responder').id}/yes")
    for path in (f"/bearers/{card.id}/yes", f"/bearers/{card.id}/no"):
        assert stranger.post(path).status_code == 404
    assert stranger.get(f"/groups/{office.root}/bearers").status_code == 404


def test_undo_takes_the_cards_along(office: Office, codes: dict[str, str]) -> None:
    newcomer(office).post(f"/office/{codes['admin']}")
    office.say("/sheets/1", "undo")
    office.keep()
    assert {*office.by_code()} == {"d1"}  # somebody stands at its door
    assert newcomer(office).get(f"/office/{codes['responder']}").status_code == 410
    assert office.anywhere("OTHER") == []
