"""Is a word wrong? The words of a language that nobody has checked, and one of them to say better."""

import re
from urllib.parse import urlencode

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from community.form import Form
from community.groups.measures import Measure
from community.groups.membership import standing
from community.http import local_path, missing, signed_in, writes
from community.languages import Language
from community.languages import gettext as _
from community.people.attempts import Attempts
from community.people.session import me, someone
from community.wording.models import Suggestion
from community.wording.proposal import proposed
from community.wording.words import Word, found, improvable, nearest, words_of

blueprint = Blueprint("wording", __name__, cli_group=None)
PAGE = 20
GAP = re.compile(r"(%\(\w+\)[a-z])")
GIVEN = Markup('<bdi dir="ltr">{}</bdi>')
HOURLY = 30  # suggestions of one person


def init_app(app: Flask) -> None:
    app.jinja_env.globals["may_suggest"] = may_suggest
    app.jinja_env.filters["gaps"] = gaps


def may_suggest(tongue: Language) -> bool:
    """Whether the reader may say this language's words better: somebody must be there who hears her."""
    person = someone()
    return bool(person and improvable(tongue.code) and standing(person).memberships)


def gaps(words: str) -> Markup:
    """What is filled in later (`%(num)s`) stands as it is written, also among words from right to left."""
    parts = GAP.split(words)
    return Markup("").join(GIVEN.format(part) if at % 2 else part for at, part in enumerate(parts))


def _tongue(code: str) -> Language:
    tongue = improvable(code) or missing()
    return tongue if may_suggest(tongue) else missing()


def _word(tongue: Language, key: str) -> Word:
    return words_of(tongue).get(key) or missing()


@blueprint.get("/language/<tongue>/words")
@signed_in
def words(tongue: str) -> ResponseReturnValue:
    spoken, wanted = _tongue(tongue), Form(request.args).line("q", most=80)[:80]
    page = min(Form(request.args).number("page") or 0, 1000)
    back_to = local_path(request.args.get("next"))
    every = nearest(found(words_of(spoken), wanted), _endpoint(back_to))
    shown = every[page * PAGE : (page + 1) * PAGE]
    return render_template(
        "wording/words.html", tongue=spoken, words=shown, q=wanted, next=back_to, sent="sent" in request.args,
        more=page + 1 if len(every) > (page + 1) * PAGE else None,
    )  # fmt: skip


def _endpoint(path: str) -> str:
    """What the page at this address is called in the code; "" where there is none."""
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(path.partition("?")[0], method="GET")
    except HTTPException:
        return ""
    return str(endpoint)


@blueprint.get("/language/<tongue>/words/<word>")
@signed_in
def word(tongue: str, word: str) -> ResponseReturnValue:
    spoken = _tongue(tongue)
    return _page(spoken, _word(spoken, word), Form({}))


def _page(tongue: Language, word: Word, form: Form, code: int = 200) -> ResponseReturnValue:
    back_to = local_path(request.values.get("next"))
    page = render_template("wording/word.html", tongue=tongue, word=word, form=form, next=back_to)
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/language/<tongue>/words/<word>")
@signed_in
@writes
def suggest(tongue: str, word: str) -> ResponseReturnValue:
    spoken, form = _tongue(tongue), Form(request.form)
    Measure.let_speak(me(), None, _community())
    meant = _word(spoken, word)
    better = proposed(form, meant)
    if not better:
        return _page(spoken, meant, form, 422)
    if Attempts.count_one(f"words:{me().id}") > HOURLY:
        form.wrong["words"] = _("That was a lot for one hour. Send this one later: it stays on this page.")
        return _page(spoken, meant, form, 429)
    Suggestion.make(_community(), spoken, meant, better, me())
    back_to = local_path(request.form.get("next"))
    return redirect(f"/language/{spoken.code}/words?{urlencode({'sent': '', 'next': back_to})}", code=303)


def _community() -> int:
    """The community whose admin is asked: the one that she has been in the longest."""
    return standing(me()).memberships[0].community_id
