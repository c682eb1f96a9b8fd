"""Every gate respects the mark: what only a role opens is closed to an admin who came back by a code. From the matrix."""

import pytest
import sqlalchemy as sa

from community.database import db, writing
from community.people.models import Session
from tests.house.matrix import ROWS, Row
from tests.house.test_matrix import ask, may
from tests.house.village import Village

HELD = ("admin", "above", "moderator", "responder")
# Hers as whoever she is: the work that she began herself, and her own membership.
HER_OWN = {
    ("GET /errands/<int:errand_id>", "admin"),
    ("GET /memberships/<int:membership_id> admin_membership", "admin"),
    ("GET /memberships/<int:membership_id> above_membership", "above"),
}
SAMPLE = 16  # in the normal run, one row in so many


def cells() -> list[object]:
    """(row, role) where the role opens what a plain member does not get."""
    chosen = [(row, role) for row in ROWS for role in HELD if role in row.may and "member" not in row.may]
    chosen = [cell for cell in chosen if (str(cell[0]), cell[1]) not in HER_OWN]
    return [
        pytest.param(row, role, id=f"{row} as {role}", marks=[] if place % SAMPLE == 0 else [pytest.mark.large])
        for place, (row, role) in enumerate(chosen)
    ]


@pytest.mark.parametrize(("row", "role"), cells())
def test_no_gate_opens_to_who_acts_without_her_roles(village: Village, row: Row, role: str) -> None:
    mark(village, role)
    answer = ask(village, row, role, village.known())
    assert not may(answer), f"{row} as {role}: {answer.status}"
    mark(village, role, marked=False)
    village.dirty = False


def mark(village: Village, role: str, *, marked: bool = True) -> None:
    with village.app.app_context(), writing():
        hers = sa.update(Session).where(Session.person_id == village.people[role], Session.recovery_id.is_(None))
        db.session.execute(hers.values(without_roles=marked))
        db.session.commit()


@pytest.mark.parametrize("path", ["/me/erasure", "/groups/{}/seen/end", "/me/phones/new"])
def test_nothing_that_closes_her_room_or_opens_another_is_hers_before_somebody_says_so(
    village: Village, path: str
) -> None:
    mark(village, "member")
    refused = village.browser("member").post(path.format(village.known()["group"]))
    mark(village, "member", marked=False)
    assert refused.status_code == 403
    village.dirty = False


def test_there_are_gates_to_look_at() -> None:
    assert len(cells()) > 100
