"""No number of anybody is shown, except one that she put up for her office; and what people are told before they come."""

import hashlib
import re

import pytest
import sqlalchemy as sa

from community.database import Base, db
from community.groups.contacts import Contact, callable_number
from community.invitations.consent import VERSION, Consent
from tests.house.matrix import ROWS
from tests.house.server import ROOT
from tests.house.test_matrix import ask
from tests.house.village import Village

NUMBER = "9812345670"
OFFICES = {f"/groups/<int:group_id>/{page}" for page in ("overseers", "seen", "contact")}
WORDINGS = {1: "0ee32b2f46b70ef8"}


def test_no_table_has_a_place_for_a_number_but_that_of_an_office() -> None:
    named = re.compile("phone_number|mobile|msisdn|telephone|^number$")
    found = {
        f"{one.table}.{one.name}" for table in Base.metadata.sorted_tables for one in table.c if named.search(one.name)
    }
    assert found == {"contact.number", "deed.number", "sealed_message.number", "sheet_part.number"}, (
        "but the first they count"
    )


@pytest.mark.parametrize(
    ("typed", "dialled"), [("112", "112"), ("+91 98123-45670", "+919812345670"), ("९८१२३ ४५६७०", NUMBER), ("", "")]
)
def test_numbers_are_taken_as_people_write_them(typed: str, dialled: str) -> None:
    assert callable_number(typed) == dialled


@pytest.mark.parametrize("typed", ["12", "1" * 16, "call me", "javascript:alert(1)", "98123/45670", "+", "1+2345"])
def test_what_is_no_number_is_refused_and_kept(village: Village, typed: str) -> None:
    answer = village.browser("admin").post(f"/groups/{village.things['group']}/contact", data={"number": typed})
    assert answer.status_code == 422
    with village.app.app_context():
        assert db.session.scalar(sa.select(Contact.id)) is None


@pytest.mark.large
def test_a_number_stands_where_she_put_it_and_nowhere_else(village: Village) -> None:
    """Every page of the house, as a member, or as an admin above where members do not come."""
    group = village.things["group"]
    assert village.browser("admin").post(f"/groups/{group}/contact", data={"number": NUMBER}).status_code == 303
    known, shown = village.known(), set()
    for row in ROWS:
        role = next((one for one in ("member", "above") if one in row.may), None)
        if row.method == "GET" and role and NUMBER.encode() in ask(village, row, role, known).get_data():
            shown.add(row.rule)
    assert shown <= OFFICES
    assert "/groups/<int:group_id>/overseers" in shown


def test_it_goes_with_her_role(village: Village) -> None:
    group, held = village.things["group"], village.things["admin_membership"]
    assert village.browser("admin").post(f"/groups/{group}/contact", data={"number": NUMBER}).status_code == 303
    assert NUMBER in village.browser("member").get(f"/groups/{group}/overseers").text
    assert village.browser("above").post(f"/memberships/{held}/role", data={"role": "member"}).status_code == 303
    assert NUMBER not in village.browser("member").get(f"/groups/{group}/overseers").text


def test_other_words_are_another_version() -> None:
    """Who has accepted a notice has accepted these words."""
    page = (ROOT / "templates" / "invitations" / "notice.html").read_text()
    said = "\n".join(re.findall(r'_\("([^"]+)"\)', page))
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == WORDINGS[VERSION], "raise VERSION, and add its mark here"


@pytest.mark.parametrize(("door", "name"), [("/j/", "code"), ("/a/", "appointing"), ("/office/", "card")])
def test_coming_in_is_noted_with_the_words_that_were_shown(village: Village, door: str, name: str) -> None:
    browser = village.browser("anonymous")
    page = browser.get(f"{door}{village.things[name]}?lang=ur")
    assert page.status_code == 200
    assert browser.post(f"{door}{village.things[name]}?lang=ur", data={"picture": "fish"}).status_code == 303
    with village.app.app_context():
        noted = db.session.scalars(sa.select(Consent)).all()
    assert [(one.language, one.version, str(one.group_id)) for one in noted] == [
        ("ur", VERSION, village.things["group"])
    ]


@pytest.mark.parametrize("address", ["/j/{code}", "/code", "/a/{appointing}", "/office/{card}"])
def test_the_notice_is_one_tap_away(village: Village, address: str) -> None:
    browser = village.browser("anonymous")
    assert 'href="/notice"' in browser.get(address.format_map(village.things)).text
    assert "data-listen" in browser.get("/notice").text
