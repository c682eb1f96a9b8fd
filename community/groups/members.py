"""Who is here; and what an admin may do about one person: another role, removal, a closed door."""

from datetime import datetime
from typing import Any

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer

from community.audit.models import AuditEntry
from community.database import db, now
from community.form import Form
from community.groups.bans import Ban
from community.groups.codes import may_help
from community.groups.gates import heard_by, led_by, membership_led_by, outranks
from community.groups.measures import REASONS, TERMS, Measure
from community.groups.membership import ROLES, TAKE_BACK, LastAdmin, Membership, admit, forget_standing, standing
from community.groups.proof import prove
from community.groups.roster import Roster
from community.groups.terms import last_day
from community.groups.views import blueprint
from community.http import Changed, Refusal, missing, signed_in, writes
from community.people.models import Child, Person
from community.people.session import me
from community.people.sign_in import Recovery

LONGEST = 1000  # characters of a reason in one's own words
LAST = _l("You are the last admin here. Make somebody else an admin first.")


class Above(Refusal):
    """The other person stands beside or above."""

    code = 403
    symbol = "shield"
    said = _l("This person looks after as much as you do, or more. Somebody further up can change that.")


@blueprint.get("/groups/<int:group_id>/members")
@signed_in
def members(group_id: int) -> ResponseReturnValue:
    group, stand = heard_by(me(), group_id), standing(me())
    page = min(Form(request.args).number("page") or 0, 10_000)
    leads = stand.is_at_least("admin", group)
    return render_template(
        "groups/members.html", group=group, roster=Roster.of(group, page), leads=leads, page=page,
        sees_children=stand.is_at_least("moderator", group), bans=Ban.of(group) if leads and not page else [],
        removed=request.args.get("removed", "") if _read(request.args.get("removed", "")) else "",
    )  # fmt: skip


@blueprint.get("/memberships/<int:membership_id>")
@signed_in
def member(membership_id: int) -> ResponseReturnValue:
    return _member(_mine_or_led(membership_id), Form({}))


def _member(held: Membership, form: Form, code: int = 200) -> ResponseReturnValue:
    together = Membership.together(held.group_id, held.person_id)
    before = request.args.get("before", "")
    page = render_template(
        "groups/member.html", held=together[0], children=[one.child for one in together if one.child],
        mine=held.person_id == me().id, decides=_decides(held), roles=_roles(held),
        helps=may_help(standing(me()), held.person), came_back=Recovery.waiting(held.person),
        last_day=last_day(held.role_until, held.group.zone), before=before if _undoes(before, held) else "",
        form=form, longest=LONGEST,
    )  # fmt: skip
    return page, code


def _mine_or_led(membership_id: int) -> Membership:
    own = next((held for held in standing(me()).memberships if held.id == membership_id), None)
    return own or membership_led_by(me(), membership_id, "admin")


def _decides(held: Membership) -> bool:
    """Whether I stand above this person here: over an equal, nobody decides."""
    return held.person_id != me().id and outranks(standing(me()), held.person, held.group)


def _roles(held: Membership) -> list[str]:
    """What I may make of this person; of myself, only what I am already, or less."""
    if _decides(held):
        return list(ROLES)
    if held.person_id != me().id or held.silent:
        return []
    return list(ROLES[: ROLES.index(standing(me()).role_in(held.group) or "member") + 1])


def _led(membership_id: int) -> Membership:
    """Somebody else's membership that I decide over."""
    held = membership_led_by(me(), membership_id, "admin")
    if not _decides(held):
        raise Above
    return held


@blueprint.post("/memberships/<int:membership_id>/role")
@signed_in
@prove
@writes
def appoint(membership_id: int) -> ResponseReturnValue:
    """Another role. A fresh appointment can be taken back for ten minutes, even of an admin beside me."""
    held, form = _mine_or_led(membership_id), Form(request.form)
    undone, before = _undoes(form.line("before", most=500), held), (held.role, _written(held.role_until))
    role, until = undone or (form.choice("role", _roles(held), ""), None)
    if not role:
        raise Above
    try:
        held.appoint(role, me(), _read_moment(until))
    except LastAdmin:
        raise Changed(LAST) from None
    forget_standing()
    return redirect(f"/memberships/{held.id}" if undone else _appointed(held, before), code=303)


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _appointed(held: Membership, before: tuple[str, str | None]) -> str:
    if held.person_id == me().id:
        return f"/groups/{held.group_id}/members"
    ticket = _tickets().dumps({"membership": held.id, "was": before, "now": held.role, "by": me().id})
    return f"/memberships/{held.id}?before={ticket!s}"


def _undoes(ticket: str, held: Membership) -> tuple[str, str | None] | None:
    """The role before my last appointment of her, if I am still an admin here and she is still as I left her."""
    found = _read(ticket) or {}
    same = found.get("membership") == held.id and found.get("now") == held.role
    return tuple(found["was"]) if same and "was" in found and standing(me()).is_at_least("admin", held.group) else None


@blueprint.post("/memberships/<int:membership_id>/removal")
@signed_in
@writes
def remove(membership_id: int) -> ResponseReturnValue:
    """Out of the group, with a reason that the person hears; she may ask somebody further up to look again."""
    held, form = _led(membership_id), Form(request.form)
    words, reason = form.text("words", most=LONGEST), form.choice("reason", REASONS, "other")
    if form.wrong:
        return _member(held, form, 422)
    together = Membership.together(held.group_id, held.person_id)
    ticket = _removal(together)
    for one in together:
        one.end()
    Measure.take("removal", held.group, held.person, me(), reason=reason, words=words, kept=_kept(together))
    _note("removed", held, reason=reason)
    return redirect(f"/groups/{held.group_id}/members?removed={ticket}", code=303)


def _removal(together: list[Membership]) -> str:
    held = [(one.child_id, one.role, _written(one.role_until), one.level, one.heard_seq) for one in together]
    first = together[0]
    return str(_tickets().dumps({"group": first.group_id, "person": first.person_id, "were": held, "by": me().id}))


def _kept(together: list[Membership]) -> dict[str, str | int | None]:
    """For whom she was there: what coming back after an appeal takes."""
    children = [one.child_id for one in together if one.child_id]
    return {"own": int(len(children) < len(together)), "children": " ".join(map(str, children))}


def _note(action: str, held: Membership, **details: str) -> None:
    AuditEntry.add(
        action, actor_id=me().id, community_id=held.community_id, group_id=held.group_id, subject_id=held.person_id,
        **details,
    )  # fmt: skip


@blueprint.post("/removals/undo")
@signed_in
@prove
@writes
def undo_removal() -> ResponseReturnValue:
    """Back in, as before, within ten minutes of the removal."""
    found = _read(request.form.get("removed", ""))
    if found is None or "were" not in found:
        raise Changed
    group, person = led_by(me(), found["group"]), db.session.get(Person, found["person"]) or missing()
    if group.rests or Ban.holds(person, group):
        raise Changed
    for child_id, *what in found["were"]:
        _put_back(admit(group, person, db.session.get(Child, child_id) if child_id else None), *what)
    Measure.put_back(group, person, me())
    return redirect(f"/groups/{group.id}/members", code=303)


def _put_back(held: Membership, role: str, until: str | None, level: str, heard: int) -> None:
    held.role, held.level, held.heard_seq = role, level, heard
    held.has_role_until(_read_moment(until), me().id)
    _note("put back", held)


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="members")


def _read(ticket: str) -> dict[str, Any] | None:
    """What I did to somebody, by the ticket that it gave me; None where it is forged, another's or too old."""
    try:
        found: dict[str, Any] = _tickets().loads(ticket, max_age=int(TAKE_BACK.total_seconds()))
    except BadData:
        return None
    return found if found["by"] == me().id else None


@blueprint.post("/memberships/<int:membership_id>/ban")
@signed_in
@writes
def ban(membership_id: int) -> ResponseReturnValue:
    held, form = _led(membership_id), Form(request.form)
    term = TERMS.get(form.choice("for", TERMS, ""))
    until = now() + term if term else None
    if not Ban.holds(held.person, held.group):
        reason = form.choice("reason", REASONS, "other")
        Measure.take("ban", held.group, held.person, me(), reason=reason, until=until)
    Ban.put(held.group, held.person, me(), until)
    return redirect(f"/groups/{held.group_id}/members#bans", code=303)


@blueprint.post("/bans/<int:ban_id>/lift")
@signed_in
@writes
def lift(ban_id: int) -> ResponseReturnValue:
    found = db.session.get(Ban, ban_id)
    if found is None or not standing(me()).is_at_least("admin", found.group):
        missing()
    found.lift(me())
    return redirect(f"/groups/{found.group_id}/members", code=303)
