"""What comes with coming in, on a page of its own: for everybody, before and after."""

from flask import render_template
from flask.typing import ResponseReturnValue

from community.invitations.consent import VERSION
from community.invitations.views import blueprint


@blueprint.get("/notice")
def notice() -> ResponseReturnValue:
    return render_template("invitations/notice.html", version=VERSION)
