"""The courtyard: the news of all my groups, newest first, each once."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.feed import PAGE, Card, cards, children_in, matching, newest, unread_by_group
from community.announcements.models import Announcement
from community.database import db
from community.groups.membership import Standing, standing
from community.groups.models import Group
from community.invitations.models import JoinRequest
from community.people.models import Person
from community.people.session import someone

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    person = someone()
    if person is None:
        return render_template("home/welcome.html")
    return _courtyard(person)


def _courtyard(person: Person) -> str:
    stand = standing(person)
    held = [one for one in stand.memberships if not one.group.archived_at]
    audiences = matching([one.group for one in held])
    before = earlier_than()
    said = newest(audiences, before)
    shown = cards(person, held, said[:PAGE])
    return render_template(
        "home/show.html", doors=_doors([one.group for one in held]), cards=shown, upto=upto(shown),
        unread=unread_by_group(person, held, audiences), children=children_in(held), before=before,
        more=said[PAGE - 1].released_at if len(said) > PAGE else None,
        waiting=Announcement.waiting_of(person), requests=JoinRequest.waiting_for(stand.leads()),
        asked=JoinRequest.of(person), new=sum(card.unread for card in shown), answered=_answered(stand),
    )  # fmt: skip


def _doors(groups: list[Group]) -> list[Group]:
    """My groups, each once, in the order in which I came in."""
    return list({group.id: group for group in groups}.values())


def _answered(stand: Standing) -> JoinRequest | None:
    """The request that I answered just now, to be undone: the page before says which."""
    number = request.args.get("answered", "")
    found = db.session.get(JoinRequest, int(number)) if number.isdecimal() and len(number) < 16 else None
    return found if found and found.answer and stand.is_at_least("moderator", found.group) else None


def upto(shown: list[Card]) -> dict[int, int]:
    """The newest seq of each community on the page: how far who has seen it has heard."""
    seen: dict[int, int] = {}
    for card in shown:
        said = card.announcement
        seen[said.community_id] = max(seen.get(said.community_id, 0), said.seq or 0)
    return seen


def earlier_than() -> datetime | None:
    """The moment before which the page begins, from `?before=`; None for the newest, and for nonsense."""
    try:
        value = datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
    return value if value.tzinfo else None
