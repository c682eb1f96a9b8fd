"""How much one person may ask in one community: so many within a day, so many that are open at a time."""

import sqlalchemy as sa
from flask import current_app

from community.database import db, now
from community.people.attempts import Attempts
from community.people.models import Person, fingerprint
from community.questions.models import Question

DAY = 24  # hours


def are_too_many_open(person: Person, community_id: int) -> bool:
    """Whether she waits for so many answers that she has to wait for one of them. Urgent help does not count."""
    mine = (Question.person_id == person.id, Question.community_id == community_id, Question.trouble.is_(None))
    still = (Question.answered_at.is_(None), Question.ended_at.is_(None))
    found = db.session.scalar(sa.select(sa.func.count()).select_from(Question).where(*mine, *still)) or 0
    return found >= int(current_app.config["OPEN_QUESTIONS"])


def spend(person: Person, community_id: int) -> int:
    """Count one more. So many hours she waits, and nothing is counted, where the day's are spent; 0: she may ask.

    Her row is locked meanwhile: she may be asking on two phones at once.
    """
    db.session.execute(sa.select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    what = f"asked:{person.id}:{community_id}"
    Attempts.count_one(what)
    hour = int(now().timestamp()) // 3600
    mine = (Attempts.key == fingerprint(what), Attempts.hour > hour - DAY, Attempts.count > 0)
    found = db.session.execute(sa.select(sa.func.sum(Attempts.count), sa.func.min(Attempts.hour)).where(*mine)).one()
    used, first = int(found[0]), int(found[1])
    if used <= int(current_app.config["ASKED_A_DAY"]):
        return 0
    Attempts.take_back_one(what)
    return max(1, first + DAY - hour)
