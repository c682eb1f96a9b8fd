"""A category as a form names it: what it may not be called, and what is there already."""

import sqlalchemy as sa

from community.database import db
from community.form import Form
from community.groups.category import MOST, Category
from community.groups.models import Group
from community.groups.unsaid import sorts_people
from community.languages import gettext as _
from community.people.pictures import GROUP_PICTURES, ROOMS


def name_of(form: Form) -> str:
    """Its name; `form.wrong` says what is the matter with it."""
    name = form.line("name", most=80, needed=_("A category needs a name."))
    if sorts_people(name):
        form.wrong["name"] = _("Nobody is sorted by caste, religion, voter list or Aadhaar here. Choose another name.")
    return name


def looks_of(form: Form, picture: str, colour: str) -> dict[str, str]:
    return {
        "picture": form.choice("picture", GROUP_PICTURES, picture),
        "colour": form.choice("colour", ROOMS, colour),
    }


def doubles(community_id: int, name: str, but: Category | None = None) -> bool:
    """Whether the community has one that people would take for this, apart from the one that is named anew."""
    found = Category.called(community_id, name)
    return found is not None and found is not but


def is_full(root: Group) -> bool:
    """Whether the list is full. The root is locked before it is counted: two at once can not make a sixty-first."""
    db.session.execute(sa.select(Group.id).where(Group.id == root.id).with_for_update())
    return len(Category.of(root.id)) >= MOST


def full() -> str:
    return _("There are sixty categories already. Choose one of them.")
