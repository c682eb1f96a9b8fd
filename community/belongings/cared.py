"""What was decided about her, what she reported, and whom she does not hear."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.belongings.part import PLACE, Part, Wanted
from community.care.models import Case, Report
from community.groups.measures import Measure
from community.groups.models import Group
from community.media.models import Voice
from community.people.blocks import Block
from community.people.models import Person


def _measures(who: int) -> Wanted:
    one = Measure
    fields = (one.kind, one.what, one.reason, one.language, one.until, one.heard_at, one.appealed_at, one.ended_at)
    mine = sa.select(one.words, *PLACE, *fields, one.pardon, one.created.label("moment"), Voice.key.label("voice"))
    mine = mine.join(Group, one.group_id == Group.id).outerjoin(Voice, one.voice_id == Voice.id)
    return mine.where(one.person_id == who).order_by(one.id)


def _reports(who: int) -> Wanted:
    one = Report
    fields = (one.reason, one.language, one.created.label("moment"), one.heard_at, Case.outcome)
    mine = sa.select(one.words, *PLACE, *fields, Voice.key.label("voice")).join(Case, one.case_id == Case.id)
    mine = mine.join(Group, Case.group_id == Group.id).outerjoin(Voice, one.voice_id == Voice.id)
    return mine.where(one.person_id == who).order_by(one.id)


def _blocks(who: int) -> Wanted:
    fields = (Person.name.label("name"), Block.created.label("moment"))
    mine = sa.select(*fields).join(Person, Block.blocked_id == Person.id)
    return mine.where(Block.person_id == who).order_by(Block.id)


PARTS = (
    Part("measures", _l("What was decided"), ("measure",), _measures, "words"),
    Part("reports", _l("Report"), ("report",), _reports, "words"),
    Part("blocks", _l("Whom I do not hear"), ("block",), _blocks),
)
