"""What the last nights' recounts found, for the operator."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.database import db
from community.outbox.standing import Figure
from community.oversight.models import CounterCheck


def last_night() -> list[Figure]:
    """Of the last night: how many groups were counted again, and how many of them had been counted wrong."""
    day = sa.select(sa.func.max(CounterCheck.day)).scalar_subquery()
    sums = sa.select(sa.func.sum(CounterCheck.looked), sa.func.sum(CounterCheck.wrong)).where(CounterCheck.day == day)
    looked, wrong = (int(number or 0) for number in db.session.execute(sums).one())
    if not looked:
        return []
    return [
        Figure("aangan_counters_checked", "Groups counted again in the last night.", "check",
               _l("Groups counted again last night"), looked),
        Figure("aangan_counters_wrong", "Groups of those whose counters were wrong.", "alert",
               _l("Of those, counted wrong and put right"), wrong, is_bad=wrong > 0),
    ]  # fmt: skip
