"""The preview in the composer: how many people hear it, in how many groups, in which languages, and whom it rings."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.audience import Aim
from community.announcements.composer import composer
from community.announcements.composing import drafted
from community.announcements.draft import Draft
from community.groups.gates import announced_in_by
from community.headcount.counting import count
from community.headcount.models import Headcount
from community.headcount.told import Told
from community.http import signed_in, writes
from community.languages import LANGUAGES
from community.media.recording import recorded_as
from community.media.upload import photographed
from community.people.session import me

blueprint = Blueprint("headcount", __name__)
AT_ONCE = 2000  # memberships that a page counts without being asked


def init_app(app: Flask) -> None:
    """`heads_at_once(draft)` for the composer: the preview, where it costs next to nothing."""
    app.jinja_env.globals["heads_at_once"] = _at_once
    app.jinja_env.globals["tongues"] = LANGUAGES


def _at_once(draft: Draft) -> Told | None:
    """Of a small audience; None of a large one, which is counted when somebody asks."""
    counted = None if "category" in draft.form.wrong else count(draft.aim, AT_ONCE)
    return Told.of(counted) if counted else None


@blueprint.post("/groups/<int:group_id>/headcount")
@signed_in
@photographed
@recorded_as("voice", "reason_voice")
@writes
def preview(group_id: int) -> ResponseReturnValue:
    """The composer as it was sent, with the preview; to its script the preview alone. Nothing is announced."""
    draft = drafted(announced_in_by(me(), group_id))
    draft.form.wrong = {field: said for field, said in draft.form.wrong.items() if field == "category"}
    if draft.form.wrong:
        return composer(draft, 422)
    heads = _heads(draft.aim)
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        return render_template("headcount/alone.html", heads=heads), 200, {"Cache-Control": "no-store"}
    return composer(draft, heads=heads)


def _heads(aim: Aim) -> Told | None:
    """What may be said of it now; where that is from a sample, the exact number is asked for, or is there already."""
    counted = count(aim)
    told = Told.of(counted) if counted else None
    if told is None or not told.about:
        return told
    exact = Headcount.asked(aim)
    return told.exactly(exact.people) if exact.counted_at else told
