"""Who could say it: people of the community near the announcement.

Who said that she helps is named. Which language the others read in is nobody's business: they may be asked all at once,
and stay unnamed until one of them answers.
"""

import sqlalchemy as sa

from community.announcements.audience import hearers
from community.announcements.models import Announcement
from community.database import db
from community.groups.membership import Membership
from community.people.models import Person
from community.translating.helper import Helper
from community.translating.models import TranslationRequest

MOST = 12  # faces on one page


def volunteers(said: Announcement, language: str) -> list[Person]:
    """Those who said that they help, who looks after something first; nobody who was asked already."""
    return list(db.session.scalars(_unasked(said, language).where(_helps(language)).limit(MOST)))


def readers(said: Announcement, language: str) -> list[Person]:
    """Others who read in it and were not asked. Only to be asked: no page may name or count them."""
    wanted = _unasked(said, language).where(Person.language == language, ~_helps(language))
    return list(db.session.scalars(wanted.limit(MOST)))


def may_be_asked(said: Announcement, language: str, person_id: int) -> Person | None:
    """The person, if she is near enough and said that she helps; None for anybody else."""
    near = (Person.id == person_id, Person.id.in_(_people(said)), _helps(language))
    return db.session.scalar(sa.select(Person).where(*near))


def named(requests: list[TranslationRequest], language: str) -> set[int]:
    """Of who was asked, those who offered to help or have answered with words: the people whom a page may name."""
    people = {one.person_id for one in requests if one.person_id}
    offered = sa.select(Helper.person_id).where(Helper.language == language, Helper.person_id.in_(people))
    return set(db.session.scalars(offered)) | {one.person_id for one in requests if one.person_id and one.sent_at}


def _unasked(said: Announcement, language: str) -> sa.Select[Person]:
    asked = sa.exists().where(
        TranslationRequest.person_id == Person.id, TranslationRequest.announcement_id == said.id,
        TranslationRequest.language == language,
    )  # fmt: skip
    leads = sa.exists().where(_near(said), Membership.person_id == Person.id, Membership.role != "member")
    wanted = sa.select(Person).where(Person.id.in_(_people(said)), ~asked, Person.id != said.author_id)
    return wanted.order_by(leads.desc(), Person.id)


def _helps(language: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(Helper.person_id == Person.id, Helper.language == language)


def _people(said: Announcement) -> sa.Select[int]:
    """Whom it is for, and who is in a group above."""
    heard = hearers(said.audience)
    above = sa.select(Membership.person_id).where(_near(said))
    both = sa.union(sa.select(heard.c.person_id), above).subquery()
    return sa.select(both.c.person_id)


def _near(said: Announcement) -> sa.ColumnElement[bool]:
    return Membership.group_id.in_(said.audience.group.lineage)
