"""What ends: a role on a day, an office in one step; and having seen that one's own has ended."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from community.database import db, now
from community.delegation import ending
from community.delegation.views import TAKE_BACK, blueprint, or_changed, until_of
from community.form import Form
from community.groups.bans import Ban
from community.groups.gates import membership_led_by, outranks
from community.groups.membership import Membership, forget_standing, standing
from community.groups.offices import Office
from community.groups.proof import prove
from community.http import Changed, missing, signed_in, writes
from community.people.session import me


@blueprint.post("/memberships/<int:membership_id>/term")
@signed_in
@prove
@writes
def set_term(membership_id: int) -> ResponseReturnValue:
    """The day at which a role ends; an empty one takes the day away."""
    held, form = membership_led_by(me(), membership_id, "admin"), Form(request.form)
    if held.role == "member" or not outranks(standing(me()), held.person, held.group):
        missing()
    until = until_of(form, held.group)
    if form.wrong:
        raise Changed(form.wrong["until"], 422)
    if until == held.role_until:
        return redirect(f"/memberships/{held.id}", code=303)  # a second tap: nothing is new
    since, by = held.role_since or held.created, held.role_by
    or_changed(lambda: held.appoint(held.role, me(), until))
    held.role_since, held.role_by = since, by  # the day is new, the role is not
    ending.promise_end(held)
    forget_standing()
    return redirect(f"/memberships/{held.id}", code=303)


def _office(office_id: int) -> Office:
    found = db.session.get(Office, office_id)
    if found is None or not standing(me()).is_at_least("admin", found.group):
        missing()
    return found


@blueprint.post("/offices/<int:office_id>/end")
@signed_in
@prove
@writes
def end_office(office_id: int) -> ResponseReturnValue:
    found = _office(office_id)
    found.end(me())
    ending.forget_flag(found)
    return redirect(f"/groups/{found.group_id}/roles?ended={found.id}", code=303)


@blueprint.post("/offices/<int:office_id>/return")
@signed_in
@prove
@writes
def give_back_office(office_id: int) -> ResponseReturnValue:
    """A thumb slipped: the office again, within ten minutes, by who ended it, if she is still in the branch."""
    found = _office(office_id)
    if found.ended_at is None:
        return redirect(f"/groups/{found.group_id}/roles", code=303)
    here = Membership.together(found.group_id, found.person_id)
    late = found.ended_at + TAKE_BACK < now() or found.ended_by != me().id
    if late or not here or Ban.holds(found.person, found.group) or found.is_held_anew:
        raise Changed
    here[0].has_office = True
    found.begin_again(me())
    return redirect(f"/groups/{found.group_id}/roles", code=303)


@blueprint.post("/role-ends/<int:role_end_id>/seen")
@signed_in
@writes
def seen(role_end_id: int) -> ResponseReturnValue:
    found = db.session.get(ending.RoleEnd, role_end_id)
    if found is None or found.person_id != me().id:
        missing()
    found.seen_at = found.seen_at or now()
    return redirect("/", code=303)
