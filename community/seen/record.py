"""What was done in a group and by whom, for everybody in it. Who reported something stands nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.audit.models import OPERATOR, AuditEntry
from community.database import db
from community.form import Form
from community.groups.gates import heard_by
from community.groups.models import Group
from community.http import signed_in
from community.people.models import Person
from community.people.session import me
from community.seen.views import blueprint

PAGE = 40
Said = tuple[str, LazyString]  # a symbol, and words
ROLES: Said = ("shield", _l("Who looks after what"))
INVITED: Said = ("qr", _l("Invitation"))
DOOR: Said = ("door", _l("What is asked at the door"))
LABELS: Said = ("groups", _l("Categories"))
TASKS: Said = ("gear", _l("Big tasks"))
STARTS: Said = ("plus", _l("What new groups get"))
TOGETHER: Said = ("join", _l("Courtyards come together"))
SHEETS: Said = ("download", _l("Places from a sheet"))
TONGUES: Said = ("language", _l("In which languages"))
VOICES: Said = ("speaker", _l("Voices from here"))
WORDS: Said = ("edit", _l("Better words"))
NUMBER: Said = ("phone", _l("Office number"))
URGENT: Said = ("alert", _l("Urgent"))
LOOKS: Said = ("eye", _l("Waits for a look"))
DECIDED: Said = ("shield", _l("What was decided"))
FORWARDS: Said = ("qr", _l("Who reads a forward"))
BACK: Said = ("phone", _l("Move to another phone"))
KEPT: Said = ("pin", _l("Good answers"))
TRUE: Said = ("question", _l("Is this true?"))
ACTIONS: Mapping[str, Said] = {
    "announced": ("megaphone", _l("Announcement")), "sent again": ("repeat", _l("Send it again")),
    "pinned": ("pin", _l("Pin on top")), "unpinned": ("pin", _l("Unpin")),
    "replies closed": ("lock", _l("No more replies")), "replies opened": ("lines", _l("Allow replies")),
    "unlisted": ("eye", _l("Do not list it")), "listed again": ("eye", _l("List it again")),
    "asks at the door": DOOR, "asks no more": DOOR,
    "invited": INVITED, "revoked": ("close", _l("Close this invitation")),
    "approved": ("check", _l("Let in.")), "declined": ("close", _l("Not let in.")), "undone": ("undo", _l("Undone")),
    "removed": ("trash", _l("Remove")), "put back": ("undo", _l("Undone")),
    "banned": ("block", _l("Close the door")), "ban lifted": ("door", _l("Open the door again")),
    "helped to another phone": ("phone", _l("A code for another phone")),
    "contact": NUMBER, "contact ended": NUMBER, "called": ("bell", _l("Call who looks after it")),
    "place said": ("pin", _l("Where this group is")),
    "changed": ("edit", _l("Name and looks")), "moved": ("swap", _l("Move to another place")),
    "archived": ("moon", _l("Let this group rest")), "brought back": ("sun", _l("Bring it back")),
    "came in from above": ("join", _l("Come in")),
    **dict.fromkeys(("duty begun", "duty ended"), ("clock", _l("Who answers when"))),
    "planted": ("plus", _l("New group inside")), "begun": ("home", _l("Begin a courtyard")),
    "demo": ("home", _l("Begin a courtyard")),
    "turned away": ("close", _l("Not let in.")),
    **dict.fromkeys(
        (
            "appointed", "role offered", "role accepted", "role declined", "role withdrawn", "role undone",
            "role ended", "office given", "office ended",
        ), ROLES,
    ),
    **dict.fromkeys(
        ("category", "category added", "category changed", "category retired", "category brought back"), LABELS
    ),
    **dict.fromkeys(("errand begun", "errand ended", "errand stopped", "errand undone"), TASKS),
    **dict.fromkeys(("template made", "template used", "template changed", "template ended"), STARTS),
    **dict.fromkeys(("merger offered", "merger answered", "merger closed", "merged", "parted"), TOGETHER),
    **dict.fromkeys(
        (
            "asked to translate", "translation approved", "translation returned", "translation undone",
            "translation removed",
        ), TONGUES,
    ),
    **dict.fromkeys(("sheet brought in", "sheet stopped", "sheet undone", "exported"), SHEETS),
    **dict.fromkeys(("voice approved", "voice declined"), VOICES),
    "corrected": ("edit", _l("Corrected")), "restored": ("undo", _l("Undone")),
    "budget chosen": ("bell", _l("How often it rings")),
    **dict.fromkeys(("urgency asked", "urgency confirmed", "urgency refused", "urgency alone"), URGENT),
    **dict.fromkeys(("looks at new", "looks at new no more", "held let", "held refused", "held undone"), LOOKS),
    **dict.fromkeys(("warned", "muted", "measure ended"), DECIDED),
    **dict.fromkeys(("answer kept", "answer changed", "answer ended", "answer back"), KEPT),
    **dict.fromkeys(("rumour answered", "rumour corrected", "rumour removed", "rumour back"), TRUE),
    **dict.fromkeys(("news opened", "news closed"), FORWARDS),
    **dict.fromkeys(("roles given back", "recovery refused"), BACK),
    **dict.fromkeys(("word taken", "word left", "word undone"), WORDS),
}  # fmt: skip
OTHER: Said = ("gear", _l("Look after"))
# With whom: a role is a power that all may know of. Whom somebody let in, sent out or helped is between them.
OPENLY = {"appointed", "role accepted", "role undone", "office given"}


@dataclass(frozen=True)
class Line:
    """Without `by` it was done by someone who left, or by who runs the server; `of` is to whom, where all may know."""

    symbol: str
    words: LazyString
    by: Person | None
    by_server: bool
    of: Person | None
    when: datetime


def lines(group: Group, page: int) -> list[Line]:
    """The newest first; one more than a page holds, where there are more."""
    wanted = sa.select(AuditEntry).where(AuditEntry.group_id == group.id).order_by(AuditEntry.id.desc())
    found = db.session.scalars(wanted.offset(page * PAGE).limit(PAGE + 1)).all()
    known = {number for one in found for number in (one.actor_id, one.subject_id) if number and number > 0}
    people = {one.id: one for one in db.session.scalars(sa.select(Person).where(Person.id.in_(known)))}
    return [_line(one, people) for one in found]


def _line(one: AuditEntry, people: Mapping[int, Person]) -> Line:
    symbol, words = ACTIONS.get(one.action, OTHER)
    subject = one.subject_id if one.action in OPENLY else None
    by_server = one.actor_id == OPERATOR
    return Line(symbol, words, people.get(one.actor_id), by_server, people.get(subject or 0), one.created)


@blueprint.get("/groups/<int:group_id>/record")
@signed_in
def record(group_id: int) -> ResponseReturnValue:
    group = heard_by(me(), group_id)
    page = min(Form(request.args).number("page") or 0, 10_000)
    found = lines(group, page)
    return render_template(
        "seen/record.html", group=group, lines=found[:PAGE], more=page + 1 if len(found) > PAGE else None
    )
