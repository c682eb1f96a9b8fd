"""Where a group is: said once by who looks after it, true for all below it."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.groups.gates import led_by
from community.http import missing, signed_in, writes
from community.people.session import me
from community.urgent.models import GroupPlace
from community.urgent.numbers import places
from community.urgent.views import blueprint


@blueprint.get("/groups/<int:group_id>/place")
@signed_in
def place(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    return render_template("urgent/place.html", group=group, code=GroupPlace.of(group), places=places().values())


@blueprint.post("/groups/<int:group_id>/place")
@signed_in
@writes
def say_place(group_id: int) -> ResponseReturnValue:
    group, code = led_by(me(), group_id), request.form.get("place", "")
    GroupPlace.say(group, code if code in places() else missing(), me())
    return redirect(f"/groups/{group.id}/place", code=303)
