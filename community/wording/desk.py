"""The desk of better words: who leads the top group takes or leaves them; who runs the server sees all communities."""

import sqlalchemy as sa
from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import db
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import standing
from community.groups.models import Group
from community.http import Changed, missing, signed_in, writes
from community.languages import LANGUAGES, Language
from community.outbox.views import operators
from community.people.session import me
from community.wording.export import words_po
from community.wording.models import Answer, Suggestion
from community.wording.views import blueprint


def _root(group_id: int) -> Group:
    """The top group of a community, which I lead."""
    group = led_by(me(), group_id)
    return missing() if group.parent_id else group


def _led(suggestion_id: int) -> Suggestion:
    """A suggestion from a community whose top group I lead."""
    one = db.session.get(Suggestion, suggestion_id)
    root = db.session.get(Group, one.community_id) if one else None
    if one is None or root is None or not standing(me()).is_at_least("admin", root):
        missing()
    return one


@blueprint.get("/groups/<int:group_id>/words")
@signed_in
def queue(group_id: int) -> ResponseReturnValue:
    root, answered = _root(group_id), Form(request.args).number("answered")
    done = Suggestion.of(root, answered=True)
    return render_template(
        "wording/queue.html", group=root, waiting=Suggestion.of(root), tongues=LANGUAGES,
        taken=[one for one in done if one.answer == "taken"], left=[one for one in done if one.answer == "left"],
        answered=next((one for one in done if one.id == answered), None),
    )  # fmt: skip


@blueprint.get("/groups/<int:group_id>/words/<tongue>.po")
@signed_in
def taken(group_id: int, tongue: str) -> ResponseReturnValue:
    root, spoken = _root(group_id), LANGUAGES.get(tongue) or missing()
    return _file(spoken, Suggestion.taken(spoken, root))


def _file(tongue: Language, wanted: list[Suggestion]) -> Response:
    answer = Response(words_po(tongue, wanted), content_type="text/x-gettext-translation; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="aangan-{tongue.code}.po"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/suggestions/<int:suggestion_id>/taking")
@signed_in
@writes
def take(suggestion_id: int) -> ResponseReturnValue:
    return _settled(_led(suggestion_id), "taken")


@blueprint.post("/suggestions/<int:suggestion_id>/refusal")
@signed_in
@writes
def leave(suggestion_id: int) -> ResponseReturnValue:
    return _settled(_led(suggestion_id), "left")


def _settled(one: Suggestion, answer: Answer) -> ResponseReturnValue:
    """Back to the queue, which offers to undo it. The same tap again changes nothing; another's answer stands."""
    if not one.settle(answer, me()):
        db.session.refresh(one)
        if one.answer != answer:
            raise Changed
    return redirect(f"/groups/{one.community_id}/words?answered={one.id}", code=303)


@blueprint.post("/suggestions/<int:suggestion_id>/undo")
@signed_in
@writes
def undo(suggestion_id: int) -> ResponseReturnValue:
    one = _led(suggestion_id)
    one.undo(me())
    return redirect(f"/groups/{one.community_id}/words", code=303)


@blueprint.get("/operator/words")
@operators
def everywhere() -> ResponseReturnValue:
    counts = sa.select(Suggestion.language, Suggestion.answer, sa.func.count()).group_by("language", "answer")
    found: dict[str, dict[str | None, int]] = {}
    for code, answer, count in db.session.execute(counts):
        found.setdefault(code, {})[answer] = count
    page = render_template("wording/everywhere.html", found=found, tongues=LANGUAGES)
    return page, 200, {"Cache-Control": "no-store"}


@blueprint.get("/operator/words/<tongue>.po")
@operators
def taken_everywhere(tongue: str) -> ResponseReturnValue:
    spoken = LANGUAGES.get(tongue) or missing()
    return _file(spoken, Suggestion.taken(spoken))
