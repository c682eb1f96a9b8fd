"""What is held of what a person decided about herself: with which notice she came in, what she left, her end."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.belongings.part import PLACE, Part, Wanted
from community.erasure.models import Erasure
from community.groups.models import Group
from community.groups.silences import Silence
from community.invitations.consent import Consent


def _consents(who: int) -> Wanted:
    """Which notice she came in with: in which wording and language, and when."""
    one = Consent
    fields = (one.notice, one.version, one.language, one.created.label("moment"))
    return sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _silences(who: int) -> Wanted:
    one = Silence
    quiet = sa.select(*PLACE, one.created.label("moment"), one.until).join(Group, one.group_id == Group.id)
    return quiet.where(one.person_id == who).order_by(one.id)


def _erasures(who: int) -> Wanted:
    one = Erasure
    fields = (one.why, one.created.label("moment"), one.due, one.takes_voices, one.undone_at)
    return sa.select(*fields).where(one.person_id == who).order_by(one.id)


PARTS = (
    Part("consents", _l("What was said when you came in"), ("consent",), _consents, "notice"),
    Part("silences", _l("You left."), ("silence",), _silences),
    Part("erasures", _l("Erase me"), ("erasure",), _erasures),
)
