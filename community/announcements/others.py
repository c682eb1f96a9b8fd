"""What others were told, as a page for everybody in the community; and a delicate group's way off it, with a reason."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements import told
from community.announcements.unlisted import LONGEST_REASON, Unlisted
from community.announcements.views import blueprint
from community.database import db
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import standing
from community.groups.models import Group
from community.http import missing, signed_in, writes
from community.languages import gettext as _
from community.people.session import me


def _community(group_id: int) -> Group:
    """The top group of a community that I am in, with whatever membership. Raises Missing."""
    if group_id not in standing(me()).communities():
        missing()
    return db.session.get_one(Group, group_id)


@blueprint.get("/groups/<int:group_id>/told")
@signed_in
def what_others_were_told(group_id: int) -> ResponseReturnValue:
    root, before = _community(group_id), Form(request.args).number("before")
    shown, more = told.page(root.id, before)
    held = [] if before else told.held_back(root.id)
    return render_template(
        "announcements/told.html", group=root, told=shown, more=more, first=before is None, held=held,
        closed=0 if before else told.behind_doors(root.id, held),
    )  # fmt: skip


def _delicate(group_id: int) -> Group:
    """A delicate group that I lead; also one that is delicate no more, as long as it is not listed."""
    group = led_by(me(), group_id)
    return group if group.sensitive or Unlisted.of(group.id) else missing()


@blueprint.get("/groups/<int:group_id>/unlisted")
@signed_in
def unlisted(group_id: int) -> ResponseReturnValue:
    return _page(_delicate(group_id), Form({}))


def _page(group: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    return render_template(
        "announcements/unlisted.html", group=group, form=form, held=Unlisted.of(group.id), longest=LONGEST_REASON
    ), code


@blueprint.post("/groups/<int:group_id>/unlisted")
@signed_in
@writes
def unlist(group_id: int) -> ResponseReturnValue:
    group, form = _delicate(group_id), Form(request.form)
    reason = form.line("reason", most=LONGEST_REASON, needed=_("Give the reason: all read it instead of the words."))
    if form.wrong:
        return _page(group, form, 422)
    Unlisted.begin(group, reason, me())
    return redirect(f"/groups/{group.id}/unlisted", code=303)


@blueprint.post("/groups/<int:group_id>/unlisted/end")
@signed_in
@writes
def list_again(group_id: int) -> ResponseReturnValue:
    group = _delicate(group_id)
    if held := Unlisted.of(group.id):
        held.end(group, me())
    return redirect(f"/groups/{group.id}/unlisted", code=303)
