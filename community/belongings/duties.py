"""What is held of what a person does for others: roles that she was given or gave, big tasks, sheets, calls."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.announcements.unlisted import Unlisted
from community.belongings.part import PLACE, Part, Wanted
from community.bringing.bearers import Bearer
from community.bringing.models import BroughtSheet
from community.delegation.ending import RoleEnd
from community.delegation.levels import LevelTemplate
from community.delegation.models import Appointment
from community.duty.models import Duty
from community.errands.models import Errand
from community.groups.contacts import Contact
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.oversight.calls import AdminCall


def _offices(who: int) -> Wanted:
    one = Office
    fields = (Category.name.label("category"), one.role, one.created.label("moment"), one.until, one.ended_at)
    held = sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id)
    return held.join(Category, one.category_id == Category.id).where(one.person_id == who).order_by(one.id)


def _offers(who: int) -> Wanted:
    """What was offered to her, and what she has offered; no code."""
    one = Appointment
    fields = (one.role, one.hands_over, one.until, one.created.label("moment"), one.expires, one.answer)
    hers = sa.or_(one.issuer_id == who, one.person_id == who, one.taken_by == who)
    return (
        sa.select(*PLACE, *fields, one.answered_at).join(Group, one.group_id == Group.id).where(hers).order_by(one.id)
    )


def _ended(who: int) -> Wanted:
    one = RoleEnd
    fields = (one.role, one.created.label("moment"), one.seen_at)
    return sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _cards(who: int) -> Wanted:
    """With which she came; not the name that a sheet had written on it."""
    one = Bearer
    fields = (one.role, one.came_at.label("moment"), one.answer, one.answered_at)
    return sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _templates(who: int) -> Wanted:
    one = LevelTemplate
    made = sa.select(one.level, *PLACE, one.created.label("moment")).join(Group, one.group_id == Group.id)
    return made.where(one.made_by == who).order_by(one.id)


def _errands(who: int) -> Wanted:
    """How much of it was done; with whom and what is somebody else's."""
    one = Errand
    fields = (one.kind, one.created.label("moment"), one.total, one.done, one.refused, one.ended_at, one.stopped_at)
    begun = sa.select(*PLACE, *fields, one.undone_at).join(Group, one.group_id == Group.id)
    return begun.where(one.person_id == who).order_by(one.id)


def _sheets(who: int) -> Wanted:
    """Which she has brought; the places are the organisation's."""
    one = BroughtSheet
    fields = (one.state, one.made, one.changed, one.refused, one.created.label("moment"), one.ended_at)
    return sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _on_duty(who: int) -> Wanted:
    one = Duty
    fields = (one.days, one.begins, one.until, one.urgent, one.created.label("moment"), one.ended_at)
    return sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _calls(who: int) -> Wanted:
    """To look at a group: that she was asked, or has asked."""
    one = AdminCall
    calls = sa.select(*PLACE, one.created.label("moment")).join(Group, one.group_id == Group.id)
    return calls.where(sa.or_(one.person_id == who, one.called_by == who)).order_by(one.id)


def _not_listed(who: int) -> Wanted:
    one = Unlisted
    fields = (one.reason.label("words"), one.language, one.created.label("moment"), one.ended_at)
    return sa.select(*fields, *PLACE).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _numbers(who: int) -> Wanted:
    """Of her office, which she has put up herself."""
    one = Contact
    held = sa.select(one.number.label("words"), *PLACE, one.created.label("moment"))
    return held.join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


PARTS = (
    Part("offices", _l("In all groups of a category"), ("office",), _offices, "category"),
    Part("offers", _l("You are asked to take something on"), ("appointment",), _offers),
    Part("ended_roles", _l("Who looks after what"), ("role_end",), _ended),
    Part("cards", _l("Cards for office bearers"), ("office_bearer",), _cards),
    Part("templates", _l("What new groups get"), ("level_template",), _templates, "level"),
    Part("errands", _l("Big tasks"), ("errand",), _errands),
    Part("sheets", _l("Places from a sheet"), ("brought_sheet",), _sheets),
    Part("numbers", _l("Office number"), ("contact",), _numbers, "words"),
    Part("duty", _l("Who answers when"), ("duty",), _on_duty),
    Part("calls", _l("These groups need somebody first"), ("admin_call",), _calls),
    Part("not_listed", _l("What others were told"), ("unlisted",), _not_listed, "words"),
)
