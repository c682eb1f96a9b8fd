"""What is held of me: what there is, and all of it in one file."""

from flask import Blueprint, Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from community.belongings.parcel import held_of, parcel
from community.http import signed_in
from community.people.session import me

blueprint = Blueprint("belongings", __name__)


@blueprint.get("/me/belongings")
@signed_in
def belongings() -> ResponseReturnValue:
    held = {part: len(rows) for part, rows in held_of(me()).items() if rows}
    return render_template("belongings/show.html", held=held)


@blueprint.get("/me/belongings.zip")
@signed_in
def take() -> ResponseReturnValue:
    """It is hers alone: no phone and nobody between keeps it."""
    answer = Response(stream_with_context(parcel(me())), content_type="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="aangan.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
