"""Eight digits, said aloud, with which an admin helps a member onto another phone."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.audit.models import AuditEntry
from community.groups.gates import membership_led_by
from community.groups.membership import Membership, Standing, standing
from community.groups.offices import Office
from community.groups.views import blueprint
from community.http import Refusal, signed_in, writes
from community.people.models import HIGHEST_ID, Person
from community.people.phones import unkept
from community.people.session import me
from community.people.sign_in import SignInCode

LASTS = timedelta(minutes=15)


class NotYours(Refusal):
    """The code would open a room with more in it than the admin looks after."""

    code = 403
    symbol = "shield"
    said = _l("You can not give this person a code. A QR on the old phone helps, or somebody who looks after more.")


@blueprint.post("/memberships/<int:membership_id>/sign-in-code")
@signed_in
@writes
def give_code(membership_id: int) -> ResponseReturnValue:
    """The page itself and no 303: the digits stand on it, this once, and nowhere else."""
    held = membership_led_by(me(), min(membership_id, HIGHEST_ID), "admin")
    if not may_help(standing(me()), held.person):
        raise NotYours
    code = SignInCode.issue(held.person, issuer=me(), spoken=True, lasts=LASTS)
    _note(held)
    minutes = int(LASTS.total_seconds()) // 60
    return unkept(render_template("groups/code.html", whose=held.person, group=held.group, code=code, minutes=minutes))


def may_help(stand: Standing, person: Person) -> bool:
    """Whether everything that the person is, anywhere, lies in the issuer's hands.

    A code opens her whole room. So each role of hers must be below an admin's role of the issuer, and she is in no
    community in which the issuer is admin of nothing: else anybody who founds one and invites her could be her.
    """
    their = Standing.of(person)
    mine = [held for held in stand.memberships if held.role == "admin"]
    known = {held.community_id for held in mine}
    if not all(_holds_over(mine, office) for office in their.offices.held):
        return False
    theirs = their.memberships
    return all(one.community_id in known and (one.role == "member" or _is_below(one, mine)) for one in theirs)


def _holds_over(mine: list[Membership], office: Office) -> bool:
    """An office is less than its branch: who is admin of that, or above, holds over it."""
    return bool({held.group_id for held in mine} & set(office.group.lineage))


def _is_below(role: Membership, mine: list[Membership]) -> bool:
    """Whether one of these admins' roles is held further up, or in the same group over a weaker role."""
    above = {held.group_id for held in mine}
    return bool(above & set(role.group.ancestors)) or (role.group_id in above and role.role != "admin")


def _note(held: Membership) -> None:
    AuditEntry.add(
        "helped to another phone", actor_id=me().id, community_id=held.community_id, group_id=held.group_id,
        subject_id=held.person_id,
    )  # fmt: skip
