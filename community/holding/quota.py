"""How much one person may say in one community within a day, by her role there: whoever forwards to all, ends here."""

import sqlalchemy as sa
from flask import Response, current_app
from flask_babel import LazyString

from community.database import db, now
from community.http import TooMany
from community.people.attempts import Attempts
from community.people.models import Person, fingerprint

A_DAY = {"member": 5, "responder": 10, "moderator": 20}  # an admin: SAID_A_DAY of the settings


class Enough(TooMany):
    """Too much for now, in words that say how long; the phone is told in how many seconds it may go on."""

    def __init__(self, said: LazyString | str, seconds: int) -> None:
        super().__init__(said)
        self.seconds = seconds

    def page(self) -> Response:
        answer = super().page()
        answer.headers["Retry-After"] = str(self.seconds)
        return answer


def spend(person: Person, community_id: int, role: str | None) -> bool:
    """Count one more; False, and nothing counted, where the day's are spent.

    Her row is locked meanwhile: she may be writing on two phones at once.
    """
    db.session.execute(sa.select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    what = f"said:{person.id}:{community_id}"
    Attempts.count_one(what)
    if _within_a_day(what) <= A_DAY.get(role or "member", current_app.config["SAID_A_DAY"]):
        return True
    Attempts.take_back_one(what)
    return False


def _within_a_day(what: str) -> int:
    since = int(now().timestamp()) // 3600 - 24
    mine = (Attempts.key == fingerprint(what), Attempts.hour > since)
    return db.session.scalar(sa.select(sa.func.sum(Attempts.count)).where(*mine)) or 0
