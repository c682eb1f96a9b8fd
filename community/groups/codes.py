"""Eight digits, said aloud, with which an admin helps a member onto another phone."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.audit.models import AuditEntry
from community.groups.gates import membership_led_by
from community.groups.membership import Membership, Standing, standing
from community.groups.offices import Office
from community.groups.proof import prove
from community.groups.views import blueprint
from community.http import Refusal, signed_in, writes
from community.outbox.models import Outbox
from community.people.models import HIGHEST_ID, Person
from community.people.phones import unkept
from community.people.session import me, sign_in
from community.people.sign_in import Recovery, SignInCode

LASTS = timedelta(minutes=15)


class NotYours(Refusal):
    """The code would open a room with more in it than the admin looks after."""

    code = 403
    symbol = "shield"
    said = _l("You can not give this person a code. A QR on the old phone helps, or somebody who looks after more.")


@blueprint.post("/memberships/<int:membership_id>/sign-in-code")
@signed_in
@prove
@writes
def give_code(membership_id: int) -> ResponseReturnValue:
    """The page itself and no 303: the digits stand on it, this once, and nowhere else."""
    held = membership_led_by(me(), min(membership_id, HIGHEST_ID), "admin")
    if not may_help(standing(me()), held.person):
        raise NotYours
    recovery = Recovery.begin(held.person, me())
    code = SignInCode.issue(held.person, issuer=me(), spoken=True, lasts=LASTS, recovery=recovery)
    Outbox.promise("recovery", f"recovery:{recovery.id}", recovery_id=recovery.id)
    _note(held)
    minutes = int(LASTS.total_seconds()) // 60
    return unkept(render_template("groups/code.html", whose=held.person, group=held.group, code=code, minutes=minutes))


def may_help(stand: Standing, person: Person, *, beside: bool = False) -> bool:
    """Whether everything that the person is, anywhere, lies in the issuer's hands.

    A code opens her whole room. So each role of hers must be below an admin's role of the issuer, and she is in no
    community in which the issuer is admin of nothing: else anybody who founds one and invites her could be her.
    With `beside` an admin of the top group stands over another one of it: nobody is above these.
    """
    their = Standing.of(person)
    mine = [held for held in stand.memberships if held.role == "admin"]
    known = {held.community_id for held in mine}
    if not all(_holds_over(mine, office) for office in their.offices.held):
        return False
    theirs = their.memberships
    return all(one.community_id in known and _lies_below(one, mine, beside) for one in theirs)


def come_back(digits: str) -> bool:
    """Open her room with digits that were said aloud or sent to her number; False where they open none.

    Whoever gave them must still look after all that she is.
    """
    code = SignInCode.find(digits, spoken=True)
    if code is None or (code.issuer and not may_help(Standing.of(code.issuer), code.person)) or not code.spend():
        return False
    code.mark(sign_in(code.person))
    return True


def _holds_over(mine: list[Membership], office: Office) -> bool:
    """An office is less than its branch: who is admin of that, or above, holds over it."""
    return bool({held.group_id for held in mine} & set(office.group.lineage))


def _lies_below(one: Membership, mine: list[Membership], beside: bool) -> bool:
    at_top = beside and one.group.is_root and any(held.group_id == one.group_id for held in mine)
    return one.role == "member" or at_top or _is_below(one, mine)


def _is_below(role: Membership, mine: list[Membership]) -> bool:
    """Whether one of these admins' roles is held further up, or in the same group over a weaker role."""
    above = {held.group_id for held in mine}
    return bool(above & set(role.group.ancestors)) or (role.group_id in above and role.role != "admin")


def _note(held: Membership) -> None:
    AuditEntry.add(
        "helped to another phone", actor_id=me().id, community_id=held.community_id, group_id=held.group_id,
        subject_id=held.person_id,
    )  # fmt: skip
