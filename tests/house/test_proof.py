"""Every powerful deed: nothing of it is done before she has proved that it is she, and all that she sent goes on then."""

import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from community.database import db, writing
from community.people.models import Person, Session
from community.phones.models import Pin
from tests.house.matrix import PROVEN, ROWS, UNPROVEN, Row
from tests.house.test_matrix import may, routes
from tests.house.village import DIGITS, ROLES, Village, path_of

NORMALLY = 15  # one route in so many
NEVER_DONE = {"POST /me/passkeys", "POST /mergers/<int:merger_id>/undo"}  # nobody may, as the village stands
FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def rows() -> list[object]:
    """The first row of each route that lets somebody in."""
    found: dict[str, Row] = {}
    for row in ROWS:
        if row.route in PROVEN and (row.may or row.route in NEVER_DONE):
            found.setdefault(row.route, row)
    return [
        pytest.param(row, id=row.route, marks=[] if place % NORMALLY == 0 else [pytest.mark.large])
        for place, row in enumerate(found.values())
    ]


def test_these_routes_and_no_others_ask_for_a_proof(village: Village) -> None:
    views = village.app.view_functions
    rules = village.app.url_map.iter_rules()
    asking = {f"POST {rule.rule}" for rule in rules if getattr(views[rule.endpoint], "asks_proof", False)}
    assert asking == PROVEN
    assert routes(village) >= UNPROVEN
    assert not PROVEN & UNPROVEN
    assert {row.id for row in rows()} == PROVEN  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", rows())
def test_it_waits_for_the_proof_and_then_goes_on_with_all_that_was_sent(village: Village, row: Row) -> None:
    role = next(role for role in ROLES if role in (row.may or {"above"}))
    _with_a_pin(village, role)
    browser, path = village.browser(role), _path(village, row)
    fields = MultiDict([(name, value.format_map(village.known())) for name, value in row.form.items()])
    fields.setlist("several", ['पहला "&<b>', "second\nline", ""])

    asked = browser.post(path, data=fields)
    assert asked.status_code == 403
    assert asked.headers["Cache-Control"] == "no-store"
    assert _sent(asked) == sorted(fields.items(multi=True))
    assert not village.dirty, "something was done before the proof"

    wrong = _answered(browser, asked, "000000")
    assert wrong.status_code == 422
    assert _sent(wrong) == _sent(asked)
    assert not village.powers, "a wrong proof opened it"

    done = _answered(browser, wrong, DIGITS)
    assert row.route in NEVER_DONE or may(done), done.status
    assert DIGITS not in done.text
    assert row.route in NEVER_DONE or 'name="proof"' not in done.text
    assert _proved(village, role)


def test_who_may_not_is_asked_alike_whether_it_is_there_or_not(village: Village) -> None:
    """And is not told afterwards either."""
    row = next(row for row in ROWS if row.route == "POST /templates/<int:template_id>/removal")
    _with_a_pin(village, "member")
    browser, said = village.browser("member"), set()
    rule = next(rule for rule in village.app.url_map.iter_rules() if rule.rule == row.rule and "POST" in rule.methods)
    for things in (village.known(), village.as_if_missing):
        path = path_of(rule, things, row.names)
        answer = browser.post(path)
        assert answer.status_code == 403
        said.add(answer.text.replace(path, ""))
    assert len(said) == 1
    assert _answered(browser, answer, DIGITS).status_code == 404


def _path(village: Village, row: Row) -> str:
    rule = next(rule for rule in village.app.url_map.iter_rules() if rule.rule == row.rule and "POST" in rule.methods)
    return path_of(rule, village.known(), row.names)


def _with_a_pin(village: Village, role: str) -> None:
    """She has a PIN on this phone, and showed it long ago."""
    with village.app.app_context(), writing():
        person = db.session.get_one(Person, village.people[role])
        own = db.session.scalars(_sessions(person.id)).first()
        assert own
        own.proved_at = None
        Pin.keep(own.phone_id, person, DIGITS, "bee", "neem")
        db.session.commit()
    village.dirty, village.powers = False, set()


def _sessions(person_id: int) -> sa.Select[Session]:
    return sa.select(Session).where(Session.person_id == person_id).order_by(Session.id)


def _proved(village: Village, role: str) -> bool:
    with village.app.app_context():
        own = db.session.scalars(_sessions(village.people[role])).first()
        return bool(own and own.proved_at)


def _sent(page: TestResponse) -> list[tuple[str, str]]:
    return sorted((unescape(name), unescape(value)) for name, value in FIELD.findall(page.text))


def _answered(browser: FlaskClient, page: TestResponse, digits: str) -> TestResponse:
    """As the form of that page is sent."""
    action = re.search(r'<form class="stack" method="post" action="([^"]+)"', page.text)
    assert action
    return browser.post(unescape(action[1]), data=MultiDict([*_sent(page), ("proof", digits)]))
