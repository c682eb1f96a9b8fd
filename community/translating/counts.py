"""How many people of an audience read in which language, said so that nobody can be told from it."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from community.announcements.audience import hearers
from community.announcements.models import Announcement
from community.database import db
from community.notifications.discretion import DOUBT, FEW, Said
from community.notifications.discretion import said as told_of
from community.people.models import Person


@dataclass(frozen=True)
class Readers:
    """People by language. `told` says of each how many they are, as far as that may be said."""

    told: Mapping[str, Said]
    order: tuple[str, ...]  # the language of most people first


def readers(said: Announcement) -> Readers:
    """Of everybody whom the announcement is for now."""
    counts = _counted(said)
    order = sorted(counts, key=lambda language: (-counts[language], language))
    return Readers(tell(counts), tuple(order))


def _counted(said: Announcement) -> dict[str, int]:
    """The true counts. They leave this file by `tell` alone."""
    heard = hearers(said.audience)
    people = sa.select(Person.language, sa.func.count()).join(heard, heard.c.person_id == Person.id)
    return {language: count for language, count in db.session.execute(people.group_by(Person.language))}


def tell(counts: Mapping[str, int]) -> dict[str, Said]:
    """Each count as it may be said. Where one could be worked out from the others, none is said: "some" of all."""
    whole = sum(counts.values())
    if whole >= FEW:
        told = {language: told_of(count, whole) for language, count in counts.items()}
        if not _points_at_few(told, whole):
            return told
    return {language: Said(1, max(2, whole - 1), 2) for language in counts}


def _points_at_few(told: Mapping[str, Said], whole: int) -> bool:
    """Whether the whole, less what the other languages are at least and at most, leaves only one small number."""
    low, high = sum(one.low for one in told.values()), sum(one.high for one in told.values())
    for one in told.values():
        least, most = max(one.low, whole - (high - one.high)), min(one.high, whole - (low - one.low))
        if least < whole and most < min(FEW, least + DOUBT):
            return True
    return False
