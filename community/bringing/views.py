"""A sheet comes in: it is brought, looked at in a dry run, brought in, stopped, taken out again."""

import functools
from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.bringing.bearers import forget_names
from community.bringing.models import BUSY, BroughtSheet
from community.bringing.reading import Unreadable, looked_at
from community.bringing.words import REASONS, problem
from community.bringing.work import (
    Read,
    bring_in,
    forget_sheet,
    note,
    promise_forgetting,
    promise_part,
    promise_undo,
    undo,
)
from community.database import db, now
from community.form import Form
from community.groups.gates import led_by
from community.groups.models import Group
from community.groups.proof import prove
from community.http import Changed, TooMany, View, Wrapped, missing, signed_in, writes
from community.outbox.models import LATER, Outbox, handles
from community.people.models import fingerprint
from community.people.session import me

blueprint = Blueprint("bringing", __name__)
MOST = 30  # sheets that a person brings within an hour
HOUR = timedelta(hours=1)
AGAIN = "4"  # seconds after which a page of something under way is fetched anew


def init_app(app: Flask) -> None:
    """What the outbox can be asked to do."""
    handles(app, "read sheet", Read())
    handles(app, "bring in", bring_in)
    handles(app, "take out", undo)
    handles(app, "forget sheet", forget_sheet)
    handles(app, "forget names", forget_names)


def _carried(view: View[Wrapped]) -> View[Wrapped]:
    """Read the form's file before the request's transaction begins: a slow phone takes minutes to send it."""

    @functools.wraps(view)
    def first(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        file = request.files.get("sheet")
        g.sheet = None
        if file and file.filename:
            g.sheet = file.stream.read()
            file.close()
        return view(*args, **kwargs)

    return first


@blueprint.get("/groups/<int:group_id>/sheets")
@signed_in
def sheets(group_id: int) -> ResponseReturnValue:
    return _upload(led_by(me(), group_id), Form({}))


def _upload(group: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    """It holds a fresh key, so no phone may store it."""
    page = render_template(
        "bringing/upload.html", group=group, form=form, key=uuid4().hex, sheets=BroughtSheet.of(group)
    )
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/groups/<int:group_id>/sheets")
@signed_in
@_carried
@writes
def bring(group_id: int) -> ResponseReturnValue:
    """Nothing but the promise to read it: the answer comes at once, whatever the sheet holds."""
    group, form = led_by(me(), group_id), Form(request.form)
    if g.sheet is None:
        raise Changed(REASONS["empty"])
    try:
        looked_at(g.sheet)
    except Unreadable as no:
        form.wrong["sheet"] = str(REASONS[no.reason])
        return _upload(group, form, 422)
    key = fingerprint(f"{me().id}:{form.line('key', most=64) or uuid4().hex}")
    known = db.session.scalar(sa.select(BroughtSheet.id).where(BroughtSheet.key == key))
    return redirect(f"/sheets/{known or _kept(group, key)}", code=303)


def _kept(group: Group, key: str) -> int:
    lately = sa.select(sa.func.count()).where(BroughtSheet.person_id == me().id, BroughtSheet.created > now() - HOUR)
    if (db.session.scalar(lately) or 0) >= MOST:
        raise TooMany
    sheet = BroughtSheet(community_id=group.community_id, group=group, person=me(), key=key, raw=g.sheet)
    db.session.add(sheet)
    db.session.flush()
    Outbox.promise("read sheet", f"read:{sheet.id}", rank=LATER, sheet=sheet.id)
    promise_forgetting(sheet)
    return sheet.id


def _mine(sheet_id: int) -> BroughtSheet:
    """A sheet for a group that I look after."""
    found = db.session.get(BroughtSheet, sheet_id) or missing()
    led_by(me(), found.group_id)
    return found


@blueprint.get("/sheets/<int:sheet_id>")
@signed_in
def sheet(sheet_id: int) -> ResponseReturnValue:
    found = _mine(sheet_id)
    problems = [(number, column, problem(kind, detail)) for number, column, kind, detail in found.problems if number]
    same = [column for number, column, *_rest in found.problems if not number]
    page = render_template(
        "bringing/sheet.html", sheet=found, group=found.group, problems=problems, same=same,
        reason=REASONS.get(found.reason),
    )  # fmt: skip
    return _again(make_response(page)) if found.is_busy else page


def _again(page: Response) -> Response:
    """A page of something under way comes anew by itself, also without JavaScript."""
    page.headers["Refresh"], page.headers["Cache-Control"] = AGAIN, "no-store"
    return page


@blueprint.post("/sheets/<int:sheet_id>/bringing")
@signed_in
@prove
@writes
def begin(sheet_id: int) -> ResponseReturnValue:
    """The yes after the dry run, or after a stop."""
    found = _locked(sheet_id)
    if found.state in ("checked", "stopped"):
        _alone(found)
        found.go("coming", me())
        promise_part(found, found.done)
        note("sheet brought in", found, me().id, **found.counts)
    return _back(found)


def _locked(sheet_id: int) -> BroughtSheet:
    found = _mine(sheet_id)
    db.session.refresh(found, with_for_update=True)
    return found


def _alone(found: BroughtSheet) -> None:
    """One sheet of a community at a time changes the tree."""
    others = sa.select(BroughtSheet.id).where(
        BroughtSheet.community_id == found.community_id, BroughtSheet.id != found.id, BroughtSheet.state.in_(BUSY[1:])
    )
    if db.session.scalar(others.limit(1)):
        raise Changed(_l("Another sheet is just being brought in. Wait until it has ended."))


@blueprint.post("/sheets/<int:sheet_id>/stop")
@signed_in
@writes
def stop(sheet_id: int) -> ResponseReturnValue:
    found = _locked(sheet_id)
    if found.state in BUSY[1:]:
        found.stop("person")
        note("sheet stopped", found, me().id)
    return _back(found)


@blueprint.post("/sheets/<int:sheet_id>/undo")
@signed_in
@prove
@writes
def take_out(sheet_id: int) -> ResponseReturnValue:
    found = _locked(sheet_id)
    if found.state in ("undoing", "undone"):
        return _back(found)
    if not found.can_be_undone:
        raise Changed
    _alone(found)
    found.go("undoing", me())
    promise_undo(found)
    note("sheet undone", found, me().id)
    return _back(found)


def _back(found: BroughtSheet) -> ResponseReturnValue:
    return redirect(f"/sheets/{found.id}", code=303)
