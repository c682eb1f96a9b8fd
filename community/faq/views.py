"""Good answers: the list of a group's line, looking among them, and one that helps."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from community.compression import leave_plain
from community.database import db
from community.faq import finding
from community.faq.models import Entry
from community.form import Form
from community.groups.gates import heard_by
from community.groups.membership import standing
from community.groups.models import Category
from community.http import missing, signed_in, writes
from community.people.attempts import Attempts
from community.people.session import me

blueprint = Blueprint("faq", __name__)
MOST = 300  # letters of what is looked for


def heard_by_me(entry_id: int) -> Entry:
    """The entry, if I hear its group. One that ended only for who may bring it back. Raises Missing."""
    found = db.session.get(Entry, entry_id, options=(joinedload(Entry.voice), joinedload(Entry.group)))
    if found is None:
        missing()
    heard_by(me(), found.group_id)
    return found if found.is_live or may_keep(found) else missing()


def may_keep(entry: Entry) -> bool:
    """Who answers in its group, or above."""
    return standing(me()).is_at_least("responder", entry.group)


@blueprint.get("/groups/<int:group_id>/answers")
@signed_in
def index(group_id: int) -> ResponseReturnValue:
    """With `q` those like it."""
    group, form = heard_by(me(), group_id), Form(request.args)
    asked = form.line("q", most=MOST)[:MOST]
    if asked:
        leave_plain()  # what the address looks for stands among others' words
    every = finding.like(group, asked) if asked else finding.of_line(group)
    categories = _categories(every)
    chosen = form.number("category")
    shown = [one for one in every if one.category_id == chosen] if chosen else every
    page = render_template(
        "faq/answers.html", group=group, form=form, asked=asked, found=shown, categories=categories, chosen=chosen
    )
    return page, 200, {"Cache-Control": "no-store"} if asked else {}


@blueprint.post("/groups/<int:group_id>/answers/like")
@signed_in
def like(group_id: int) -> ResponseReturnValue:
    """The rows like what somebody types, to the composer's script. It writes nothing, but logs hold addresses."""
    group = heard_by(me(), group_id)
    found = finding.offered(group, Form(request.form).line("q", most=MOST)[:MOST])
    return render_template("faq/rows.html", group=group, found=found), 200, {"Cache-Control": "no-store"}


def _categories(entries: list[Entry]) -> list[Category]:
    """Those that any of these is about, each once."""
    return list({one.category.id: one.category for one in entries if one.category}.values())


@blueprint.get("/answers/<int:entry_id>")
@signed_in
def show(entry_id: int) -> ResponseReturnValue:
    entry = heard_by_me(entry_id)
    return render_template(
        "faq/answer.html", entry=entry, group=entry.group, others=entry.others(), keeps=may_keep(entry)
    )


@blueprint.post("/answers/<int:entry_id>/help")
@signed_in
@writes
def helps(entry_id: int) -> ResponseReturnValue:
    """It spared a question: counted once a day and person. Who it was is written nowhere."""
    entry = heard_by_me(entry_id)
    if Attempts.count_one(f"helped:{me().id}:{entry.root_id}", hours=24) == 1:
        entry.help_once()
    number = Form(request.form).number("group")
    return redirect(f"/groups/{heard_by(me(), number).id if number else entry.group_id}", code=303)
