"""Me: my looks, my language, my children, my phones; coming in on another phone; signing out."""

import secrets

from flask import Blueprint

from community.database import db
from community.form import Form
from community.http import missing
from community.people.models import Child, Person
from community.people.pictures import PERSON_PICTURES, ROOMS

blueprint = Blueprint("people", __name__)


def chosen_looks(form: Form) -> tuple[str, str]:
    """(picture, colour) as chosen in the form, or by chance: nobody has to choose."""
    picture = form.choice("picture", PERSON_PICTURES, "") or secrets.choice(PERSON_PICTURES)
    return picture, form.choice("colour", ROOMS, "") or secrets.choice(ROOMS)


def own_child(person: Person, child_id: int) -> Child:
    """A child that this person keeps."""
    child = db.session.get(Child, child_id)
    if child is None or child.parent_id != person.id or child.gone_at:
        missing()
    return child
