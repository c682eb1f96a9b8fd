"""Ask: the same button everywhere, in which of her groups, and the form. No page of it may be stored."""

from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.form import Form, submission_key
from community.groups.membership import standing
from community.groups.models import Category, Group
from community.http import signed_in, writes
from community.languages import gettext as _
from community.languages import ngettext
from community.media.disposal import keep_for_now
from community.media.models import Photo, Voice
from community.media.recording import recorded, voice_of
from community.media.upload import photographed, picture_of
from community.people.session import current_session, me
from community.questions import limits, routing
from community.questions.gates import asked_in_by, categories_of
from community.questions.held import look_at
from community.questions.models import LONGEST, Question
from community.questions.views import blueprint

KNOWN_TO = ("all", "responders", "nobody")  # who may know who asks


@blueprint.app_template_global()
def is_sure() -> bool:
    """Whether what was asked may be read here: not where she came back by a code. Asking she may."""
    own = current_session()
    return own is not None and not own.without_roles


@blueprint.get("/ask")
@signed_in
def choose() -> ResponseReturnValue:
    """In which of her groups; nothing is to be chosen where she is in one. `sent`: that it went is said first."""
    held = {one.group_id: one.group for one in standing(me()).memberships if not one.group.rests}
    if len(held) == 1 and "sent" not in request.args:
        return redirect(f"/groups/{next(iter(held))}/questions/new", code=303)
    return render_template("questions/choose.html", groups=list(held.values()))


@blueprint.get("/groups/<int:group_id>/questions/new")
@signed_in
def new(group_id: int) -> ResponseReturnValue:
    return _composer(asked_in_by(me(), group_id), Form({}))


def _composer(
    group: Group, form: Form, code: int = 200, *, photo: Photo | None = None, voice: Voice | None = None, wait: int = 0
) -> ResponseReturnValue:
    keep_for_now(photo, voice)
    page = render_template(
        "questions/new.html", group=group, form=form, key=uuid4().hex, photo=photo, voice=voice, longest=LONGEST,
        categories=categories_of(group),
    )  # fmt: skip
    more = {"Retry-After": str(wait * 3600)} if wait else {}
    return page, code, {"Cache-Control": "no-store", **more}


@blueprint.post("/groups/<int:group_id>/questions")
@signed_in
@photographed
@recorded
@writes
def create(group_id: int) -> ResponseReturnValue:
    group, key, form = asked_in_by(me(), group_id), submission_key(request.form), Form(request.form)
    if sent := Question.sent(me(), key):
        return _to(sent)
    (voice, unheard), (photo, unseen) = voice_of(me(), group.community_id), picture_of(me(), group.community_id)
    said = read(form, group, spoken=bool(voice or unheard))
    form.wrong |= {field: why for field, why in {"voice": unheard, "photo": unseen}.items() if why}
    wait = 0 if form.wrong else _spend(form, group)
    if form.wrong:
        return _composer(group, form, 429 if wait else 422, photo=photo, voice=voice, wait=wait)
    asked = Question.ask(group, me(), key=key, photo=photo, voice=voice, **said)
    look_at(asked, standing(me()))
    routing.lay(asked)
    return _to(asked)


def _to(question: Question) -> ResponseReturnValue:
    """Who is here by a code alone is told that it went, and reads nothing of it."""
    return redirect(f"/questions/{question.id}" if is_sure() else "/ask?sent=1", code=303)


def read(form: Form, group: Group, *, spoken: bool) -> dict[str, object]:
    """What the form says, for `Question.ask`; `form.wrong` what is wrong with it. Who speaks need not write."""
    text = form.text("text", most=LONGEST, needed="" if spoken else _("Say something, or write it here."))
    known_to = form.choice("known_to", KNOWN_TO, "all")
    return {
        "text": text, "category": _category(form, group),
        "shared": form.choice("to", ("group", "few"), "few") == "group",
        "unnamed": known_to != "all", "named": known_to != "nobody",
    }  # fmt: skip


def _category(form: Form, group: Group) -> Category | None:
    """What is not carried here any more is left out: it only helps to find who answers."""
    number = form.number("category")
    return next((one for one in categories_of(group) if one.id == number), None)


def _spend(form: Form, group: Group) -> int:
    """How many hours she has to wait; 0: it is counted, or `form.wrong` says what else is in the way."""
    if limits.are_too_many_open(me(), group.community_id):
        form.wrong["text"] = _("Many of your questions are open. Wait for an answer, or take one of them back.")
        return 0
    hours = limits.spend(me(), group.community_id)
    if hours:
        form.wrong["text"] = ngettext(
            "You have asked a lot today. Ask again in %(num)s hour.",
            "You have asked a lot today. Ask again in %(num)s hours.",
            hours,
        )
    return hours
