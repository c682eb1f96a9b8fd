"""The courtyard: the news of all my groups, newest first, each once."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.attributes import set_committed_value

from community.announcements.feed import Card, cards, children_in, matching, unread_by_group
from community.announcements.line import PAGE, Line, newest, place_after
from community.announcements.models import Announcement
from community.announcements.sheets import sheets
from community.announcements.urgency import Urgency
from community.care.looks import looks_for
from community.care.models import Report
from community.care.queue import waiting_for
from community.database import db
from community.delegation.ending import RoleEnd
from community.delegation.models import Appointment
from community.erasure.models import Erasure
from community.groups.measures import Measure
from community.groups.membership import Standing, standing
from community.groups.models import Group
from community.holding.models import Held
from community.holding.views import decided_now
from community.invitations.requests import JoinRequest
from community.media.models import Photo
from community.oversight.calls import AdminCall
from community.people.models import Person
from community.people.replica import afar
from community.people.session import acts_without_roles, current_session, someone
from community.people.sign_in import Recovery
from community.translating.models import TranslationRequest
from community.translating.volunteer import is_among_us

blueprint = Blueprint("home", __name__)
PLACES = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@blueprint.get("/")
def show() -> ResponseReturnValue:
    person = someone()
    if person is None:
        return render_template("home/welcome.html")
    standing(person)
    return afar(_courtyard, person)


def _courtyard(person: Person) -> str:
    stand = standing(person)
    held = [one for one in stand.memberships if not one.group.rests]
    audiences = matching(stand, [one.group for one in held])
    before = earlier_than()
    said = newest(audiences, before)
    shown = cards(stand, held, said[:PAGE], audiences)
    return render_template(
        "home/show.html", doors=_doors([one.group for one in held]), sheets=sheets(shown, next="/"), upto=upto(shown),
        unread=unread_by_group(stand, held, audiences), children=children_in(held), before=before,
        more=more(said, before),
        waiting=waiting_of(person, stand), requests=JoinRequest.waiting_for(stand.leads(), stand.offices.held),
        asked=JoinRequest.of(person), new=sum(card.unread for card in shown), answered=_answered(stand),
        offers=Appointment.for_home(person), role_ends=RoleEnd.for_home(person),
        calls=AdminCall.for_home(person), cases=waiting_for(person, stand), told=Measure.for_home(person),
        reported=Report.for_home(person), erasure=Erasure.for_home(person), refused=Held.for_home(person),
        urgencies=Urgency.for_home(person), comes_back=_comes_back(), bare=acts_without_roles(person),
        looks=looks_for(person, stand), looked=decided_now("looked", stand),
        translations=[one for one in TranslationRequest.for_home(person) if is_among_us(one)],
    )  # fmt: skip


def _comes_back() -> list[Recovery]:
    """Who comes back as me, on the phones that can stop it."""
    own = current_session()
    return Recovery.refusable(own) if own else []


def _doors(groups: list[Group]) -> list[Group]:
    """My groups, each once, in the order in which I came in."""
    return with_photos(list({group.id: group for group in groups}.values()))


def waiting_of(person: Person, stand: Standing) -> list[Announcement]:
    """What the person said and has not gone out; not even asked for where she may say nothing."""
    may = any(stand.may_announce(held.group) for held in stand.memberships)
    return Announcement.waiting_of(person) if may else []


def with_photos(groups: list[Group]) -> list[Group]:
    """The same groups with their photos at hand: one question for all, and none where there are none."""
    if wanted := {group.photo_id for group in groups if group.photo_id}:
        found = {photo.id: photo for photo in db.session.scalars(sa.select(Photo).where(Photo.id.in_(wanted)))}
        for group in groups:
            set_committed_value(group, "photo", found.get(group.photo_id or 0))
    return groups


def _answered(stand: Standing) -> JoinRequest | None:
    """The request that I answered just now, to be undone: the page before says which."""
    number = request.args.get("answered", "")
    found = db.session.get(JoinRequest, int(number)) if number.isdecimal() and len(number) < 16 else None
    return found if found and found.can_be_undone and stand.is_at_least("moderator", found.group) else None


def upto(shown: list[Card]) -> dict[int, int]:
    """The newest seq of each community on the page: how far who has seen it has heard."""
    seen: dict[int, int] = {}
    for card in shown:
        said = card.announcement
        seen[said.community_id] = max(seen.get(said.community_id, 0), said.seq or 0)
    return seen


def more(said: Sequence[Line], before: dict[int, int] | None) -> str:
    """The `?before=` of the next page, "community-seq.community-seq"; "" where nothing is left."""
    if len(said) <= PAGE:
        return ""
    return ".".join(f"{community}-{seq}" for community, seq in place_after(said[:PAGE], before).items())


def earlier_than() -> dict[int, int] | None:
    """Where the page begins, from `?before=`: a seq for each community. None for the newest, and for nonsense."""
    places = PLACES.findall(request.args.get("before", ""))
    return {int(community): int(seq) for community, seq in places} or None
