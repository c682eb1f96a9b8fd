"""The page on which one looks for groups and people. What is typed is in no log of ours and on no phone."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from community.compression import leave_plain
from community.form import Form
from community.groups.membership import standing
from community.http import signed_in
from community.outbox.models import handles
from community.people.session import me
from community.search.finding import groups, line_above, people
from community.search.models import index, index_people

blueprint = Blueprint("search", __name__)
MOST = 60  # letters


@blueprint.get("/search")
@signed_in
def show() -> ResponseReturnValue:
    form, stand = Form(request.args), standing(me())
    asked = form.line("q", most=MOST)[:MOST]
    if asked:
        leave_plain()  # what the address looks for stands among other people's names
    found = groups(stand, asked) if asked else []
    met = people(stand, asked) if asked else []
    page = render_template(
        "search/show.html", form=form, asked=asked, groups=found, above=line_above(found), people=met,
        leads=[held.id for _person, held in met if stand.is_at_least("admin", held.group)],
    )  # fmt: skip
    return page, 200, {"Cache-Control": "no-store"}


def init_app(app: Flask) -> None:
    handles(app, "index", index)
    handles(app, "index-people", index_people)
