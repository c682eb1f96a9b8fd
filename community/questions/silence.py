"""How long somebody keeps what she has taken and does nothing for. Rooms further up say what else she does for it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from community.questions.models import Question

SILENT = timedelta(days=2)
SILENT_URGENT = timedelta(hours=2)  # the same for urgent help
Sign = Callable[[Question], datetime | None]  # when its taker did something for it the last time
SIGNS: dict[str, Sign] = {}


def counts(name: str, sign: Sign) -> None:
    """This counts as something that she does for it. Saying so twice is harmless."""
    SIGNS[name] = sign


def kept_until(question: Question) -> datetime:
    """So long it is hers, if she stays silent. Only of what somebody has taken."""
    did = [step.created for step in question.steps if step.person_id == question.taken_by]
    signs = (sign(question) for sign in SIGNS.values())
    moments = [question.taken_at or question.created, *did, *(one for one in signs if one)]
    return max(moments) + (SILENT_URGENT if question.trouble else SILENT)
