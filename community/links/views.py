"""A risky link asks first: where it leads, and why to think."""

import hmac

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from community.http import missing
from community.links.drawing import mark_of
from community.links.finding import Link
from community.links.risks import RISKS

blueprint = Blueprint("links", __name__)


@blueprint.get("/leaving")
def show() -> ResponseReturnValue:
    """For an address that a page of ours has drawn, and for no other: it would lend our name to whoever asks."""
    address, mark = request.args.get("to", ""), request.args.get("mark", "")
    link = Link.of(address) if hmac.compare_digest(mark.encode(), mark_of(address).encode()) else None
    if link is None:
        missing()
    page = render_template("links/leaving.html", link=link, why=[(risk, RISKS[risk]) for risk in link.risks])
    return page, 200, {"Cache-Control": "no-store"}
