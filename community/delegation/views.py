"""The desk for roles: who holds what, offering one, showing the offer, taking it back; a day at which a role ends."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.compression import leave_plain
from community.database import db, now
from community.delegation import ending, holders
from community.delegation.bringing import Bring
from community.delegation.levels import grow
from community.delegation.models import Appointment, Void
from community.delegation.taking import can_be_undone, change_hands, gives, take_back, take_on
from community.errands.kinds import register
from community.form import Form
from community.groups.gates import heard_by, led_by, membership_led_by
from community.groups.membership import LastAdmin, Membership, Standing, standing
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.groups.planting import planted
from community.groups.proof import prove
from community.http import Changed, missing, signed_in, writes
from community.languages import gettext as _
from community.outbox.models import handles
from community.people.models import Person
from community.people.qr import qr
from community.people.session import me

blueprint = Blueprint("delegation", __name__)
ROLES = ("responder", "moderator", "admin")
LONGEST = timedelta(days=3653)
LAST_SECOND = time(23, 59, 59)
TAKE_BACK = timedelta(minutes=10)
NOT_HER = _l("This person can not take it on, or holds it already.")


def init_app(app: Flask) -> None:
    """What the outbox can be asked to do, and what comes with a new group."""
    planted.connect(grow)
    register(app, "level", Bring())
    handles(app, "change-hands", change_hands)
    handles(app, "role-end", ending.end_role)
    handles(app, "office-end", ending.end_office)


@blueprint.get("/groups/<int:group_id>/roles")
@signed_in
def roles(group_id: int) -> ResponseReturnValue:
    """Members see who oversees them; who leads sees the next step, too."""
    group = heard_by(me(), group_id)
    leads, page = standing(me()).is_at_least("admin", group), min(Form(request.args).number("page") or 0, 10_000)
    inside, more = holders.below(group, page) if leads else ([], None)
    return render_template(
        "delegation/roles.html", group=group, leads=leads, above=[] if page else holders.above(group), inside=inside,
        offices=holders.offices_of(group) if leads and not page else [], more=more, page=page,
        offers=Appointment.of(group) if leads and not page else [], ended=_ended(group),
    )  # fmt: skip


def _ended(group: Group) -> Office | None:
    """The office that I ended just now, to be given back."""
    found = db.session.get(Office, Form(request.args).number("ended") or 0)
    mine = found and found.group_id == group.id and found.ended_by == me().id
    return found if mine and found and found.ended_at and found.ended_at + TAKE_BACK > now() else None


@blueprint.get("/groups/<int:group_id>/appointments/new")
@signed_in
def new(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    named = _named(group, Form(request.args).number("member"))
    return _page(group, named, Form(request.args))


def _named(group: Group, membership_id: int | None) -> Membership | None:
    """Whom it is for: somebody on this group's line or inside it, whose membership I may see."""
    if not membership_id:
        return None
    held = membership_led_by(me(), membership_id, "admin")
    stand = Standing.of(held.person)
    if not (stand.hears(group) or stand.role_in(group)):
        missing()
    return held


def _page(group: Group, named: Membership | None, form: Form, code: int = 200) -> ResponseReturnValue:
    return render_template(
        "delegation/new.html", group=group, named=named, form=form, roles=ROLES, today=_today(group),
        categories=Category.of(group.community_id), hands=_may_hand_over(group),
    ), code  # fmt: skip


def _may_hand_over(group: Group) -> bool:
    return any(held.role == "admin" for held in standing(me()).here(group))


def _today(group: Group) -> date:
    return now().astimezone(ZoneInfo(group.zone)).date()


@blueprint.post("/groups/<int:group_id>/appointments")
@signed_in
@prove
@writes
def offer(group_id: int) -> ResponseReturnValue:
    group, form = led_by(me(), group_id), Form(request.form)
    if group.rests:
        raise Changed(_l("This group rests. Bring it back first, then invite."))
    named = _named(group, form.number("member"))
    role, hands = form.choice("role", (*ROLES, "all"), ""), form.fields.get("role") == "all"
    until, category = until_of(form, group), _category(group, form)
    if hands and not _may_hand_over(group):
        missing()
    if not role:
        form.wrong["role"] = _("What is it about?")
    if form.wrong:
        return _page(group, named, form, 422)
    terms = {"role": "admin", "hands_over": True} if hands else {"role": role, "category": category, "until": until}
    spoken = not named and form.choice("kind", ("link", "spoken"), "link") == "spoken"
    return redirect(f"/appointments/{_offered(group, named, terms, spoken).id}", code=303)


def _offered(group: Group, named: Membership | None, terms: dict[str, Any], spoken: bool) -> Appointment:
    wish = {**terms, "person": named.person if named else None, "spoken": spoken}
    made = Appointment.just_offered(group, me(), **wish) or Appointment.offer(group, me(), **wish)
    if made.person and not (made.is_for(made.person) and gives(made, made.person)):
        raise Changed(NOT_HER)
    return made


def _category(group: Group, form: Form) -> Category | None:
    number = form.number("category")
    found = {one.id: one for one in Category.of(group.community_id)}
    return found.get(number) or missing() if number else None


def until_of(form: Form, group: Group) -> datetime | None:
    """The end of the day that was chosen, where the group is. A day that has passed is refused in words."""
    text = form.line("until", most=10)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not _today(group) <= day <= _today(group) + LONGEST:
        form.wrong["until"] = _("Choose a day that is still to come, within ten years.")
        return None
    return datetime.combine(day, LAST_SECOND, ZoneInfo(group.zone)).astimezone(UTC)


def _led(number: int) -> Appointment:
    """An offer in a group that I look after, or, once it is handed over, one of the two."""
    found = db.session.get(Appointment, number)
    if found is None or not (standing(me()).is_at_least("admin", found.group) or _is_mine(found)):
        missing()
    return found


def _is_mine(found: Appointment) -> bool:
    return can_be_undone(found, me()) or (found.is_pending and found.answered_by == me().id)


@blueprint.get("/appointments/<int:appointment_id>")
@signed_in
def show(appointment_id: int) -> ResponseReturnValue:
    found = _led(appointment_id)
    leave_plain()
    address = f"{_host()}/code" if found.spoken else f"{_host()}/a/{found.code}"
    return render_template(
        "delegation/hand.html", offer=found, group=found.group, address=address, undo=can_be_undone(found, me()),
        qr=qr(address) if found.is_live and not (found.spoken or found.person) else None,
        other=db.session.get(Person, found.answered_by) if found.answered_by else None,
    )  # fmt: skip


def _host() -> str:
    return current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")


@blueprint.post("/appointments/<int:appointment_id>/withdrawal")
@signed_in
@writes
def withdraw(appointment_id: int) -> ResponseReturnValue:
    found = _led(appointment_id)
    or_changed(lambda: found.settle("withdrawn", me(), was="pending" if found.is_pending else None))
    return redirect(f"/groups/{found.group_id}/roles", code=303)


@blueprint.post("/appointments/<int:appointment_id>/confirmation")
@signed_in
@prove
@writes
def confirm(appointment_id: int) -> ResponseReturnValue:
    """I have looked at who came with the digits: it is she, or it is not."""
    found, right = _led(appointment_id), request.form.get("right") == "1"
    taker = found.taker
    if taker is None or taker.id == me().id:
        missing()
    if right:
        or_changed(lambda: take_on(found, taker))
    else:
        or_changed(lambda: found.settle("declined", me()))
    return redirect(f"/groups/{found.group_id}/roles", code=303)


def or_changed(act: Callable[[], None]) -> None:
    try:
        act()
    except (Void, LastAdmin):
        raise Changed from None


@blueprint.post("/appointments/<int:appointment_id>/undo")
@signed_in
@prove
@writes
def undo(appointment_id: int) -> ResponseReturnValue:
    """The hand-over is taken back, within a day, by either of the two."""
    found = _led(appointment_id)
    or_changed(lambda: take_back(found, me()))
    return redirect(f"/groups/{found.group_id}/roles", code=303)
