"""Why something waits: each reason is a key, a symbol and a sentence that can be heard."""

from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.database import db, now
from community.exposure.numbers import has_aadhaar, has_contact
from community.exposure.places import has_address
from community.groups.membership import Standing
from community.groups.models import Group
from community.links.finding import has_link, risks_in

NEW = timedelta(days=7)  # so long after she came in a member's links are looked at, where the group chose so
GIVES_AWAY = {"aadhaar", "contact", "address"}
LINKS = {"cheats", "link"}
PRIVATE = ("contact", "address")  # of an office they may be known: who looks after the group says so


class Why(NamedTuple):
    symbol: str
    words: LazyString


WHY = {
    "aadhaar": Why("lock", _l("There is a number in it that looks like an Aadhaar.")),
    "contact": Why("phone", _l("There is a phone number or an e-mail address in it.")),
    "address": Why("home", _l("It seems to say where somebody lives.")),
    "cheats": Why("alert", _l("There is a link in it that is known for cheating.")),
    "link": Why("alert", _l("Somebody who is new here sends a link.")),
    "first": Why("clock", _l("It is the first that somebody says here.")),
}


def gives_away(text: str, zone: str) -> list[str]:
    """Keys of WHY: what in a text would harm whoever it is about, or who follows it. Whoever wrote it."""
    found = {
        "aadhaar": has_aadhaar(text), "contact": has_contact(text, zone), "address": has_address(text),
        "cheats": "cheats" in risks_in(text),
    }  # fmt: skip
    return [key for key, there in found.items() if there]


def newness(stand: Standing, group: Group, text: str, *, has_spoken: bool) -> list[str]:
    """What waits because its writer is new, where the group or one above it chose that. Nothing of who has a role."""
    if stand.is_at_least("responder", group) or not _looks_at_new(group):
        return []
    fresh = all(held.created > now() - NEW for held in stand.here(group))
    found = {"first": not has_spoken, "link": fresh and has_link(text)}
    return [key for key, there in found.items() if there]


def _looks_at_new(group: Group) -> bool:
    chosen = sa.select(Group.id).where(Group.id.in_(group.lineage), Group.looks_at_new).limit(1)
    return db.session.scalar(chosen) is not None
