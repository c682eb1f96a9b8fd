"""Good answers of a group's line: those that helped most, or those whose words sound like what is asked.

A rare word counts for more than one that every entry has; the question's words for more than the answer's.
"""

from collections.abc import Iterable, Sequence
from math import log
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from community.database import db
from community.faq.likeness import all_words
from community.faq.models import Entry
from community.groups.models import Group
from community.languages import current
from community.search.sounds import sound, spellings

OFFERED = 5
SHOWN = 20
ASKED = 24  # words that are looked for
EXACT, BEGUN, HEARD = 4.0, 3.0, 2.0
Way = tuple[str, str]  # spelling, sound


def of_line(group: Group) -> list[Entry]:
    """All that is kept for who hears the group, each once and in the reader's language where it is said in it; what
    helped most stands first."""
    found = sa.select(Entry).where(*_here(group)).options(joinedload(Entry.voice), joinedload(Entry.category))
    chosen = _one_each(db.session.scalars(found.order_by(Entry.id)))
    return sorted(chosen, key=lambda entry: (-entry.helped, entry.id))


def _here(group: Group) -> tuple[sa.ColumnElement[bool], ...]:
    mine = sa.or_(Entry.language == current().code, Entry.same_id.is_(None))
    return Entry.group_id.in_(group.lineage), Entry.live(), mine


def _one_each(entries: Iterable[Any]) -> list[Any]:
    chosen: dict[int, Any] = {}
    for entry in entries:
        root = entry.same_id or entry.id
        if root not in chosen or entry.language == current().code:
            chosen[root] = entry
    return list(chosen.values())


def offered(group: Group, asked: str = "") -> list[Entry]:
    """A few of the line: those like what is asked, else those that helped most."""
    if asked:
        return like(group, asked)[:OFFERED]
    top = sa.select(Entry).where(*_here(group)).options(joinedload(Entry.voice))
    return _one_each(db.session.scalars(top.order_by(Entry.helped.desc(), Entry.id).limit(2 * OFFERED)))[:OFFERED]


def like(group: Group, asked: str) -> list[Entry]:
    """Whose words are spelled or sound like those that are asked for, the best first."""
    rows = db.session.execute(
        sa.select(Entry.id, Entry.same_id, Entry.language, Entry.terms).where(*_here(group))
    ).all()
    scores: dict[int, float] = {}
    for row, score in zip(rows, _scores(asked, [row.terms for row in rows]), strict=True):
        root = row.same_id or row.id
        scores[root] = max(score, scores.get(root, 0.0))
    chosen = {row.id: scores[row.same_id or row.id] for row in _one_each(rows)}
    best = sorted((one for one in chosen if chosen[one] > 0), key=lambda one: (-chosen[one], one))[:SHOWN]
    found = sa.select(Entry).where(Entry.id.in_(best)).options(joinedload(Entry.voice), joinedload(Entry.category))
    return sorted(db.session.scalars(found), key=lambda entry: best.index(entry.id))


def _scores(asked: str, texts: Sequence[str]) -> list[float]:
    """How well each text fits."""
    parted = [tuple(_ways(part) for part in text.partition(" | ")[::2]) for text in texts]
    total = [0.0] * len(texts)
    for word in list(dict.fromkeys(all_words(asked)))[:ASKED]:
        ways = [(way, sound(way)) for way in spellings(word)]
        fits = [max(_fit(ways, question), _fit(ways, answer) / 2) for question, answer in parted]
        rare = log((len(texts) + 1) / (sum(fit > 0 for fit in fits) + 0.5))
        total = [sum_ + fit * rare for sum_, fit in zip(total, fits, strict=True)]
    return total


def _ways(text: str) -> list[Way]:
    return [(spelling, heard) for spelling, _colon, heard in (one.partition(":") for one in text.split())]


def _fit(asked: Sequence[Way], there: Sequence[Way]) -> float:
    """The closest that any of these words comes."""
    return max((_closeness(mine, theirs) for mine in asked for theirs in there), default=0.0)


def _closeness(mine: Way, theirs: Way) -> float:
    if mine[0] == theirs[0]:
        return EXACT
    if len(mine[0]) > 2 and theirs[0].startswith(mine[0]):
        return BEGUN
    return HEARD if len(mine[1]) > 2 and mine[1] == theirs[1] else 0.0
