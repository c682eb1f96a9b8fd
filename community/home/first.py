"""The first steps: what a newcomer tries out herself, on a card that changes nothing for anybody else."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from community.database import now
from community.groups.membership import standing
from community.home.views import blueprint
from community.http import missing, signed_in
from community.people.models import Person
from community.people.session import me

STEPS = 4
OFFERED_FOR = timedelta(days=7)


@blueprint.app_template_global()
def is_offered(person: Person) -> bool:
    """Whether the first steps stand on her boards: until she is past them, or did not want them for a week."""
    return person.trying_since is not None and person.trying_since > now() - OFFERED_FOR


@blueprint.get("/first/<int:step>")
@signed_in
def first(step: int) -> ResponseReturnValue:
    """One step, and after the last of them that it is over. Opening it again costs nothing."""
    if not 1 <= step <= STEPS + 1:
        missing()
    held = [one.group for one in standing(me()).memberships if not one.group.rests]
    return render_template("home/first.html", step=step, group=held[0] if held else None)
