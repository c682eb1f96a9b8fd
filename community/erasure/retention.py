"""What goes by itself, and when. The page that says so is drawn from the same list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

import sqlalchemy as sa
from blinker import signal
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from community.database import db, now
from community.delegation.ending import RoleEnd
from community.erasure.models import Erasure
from community.groups.contacts import Contact
from community.groups.membership import Membership
from community.groups.offices import Office
from community.groups.silences import Silence
from community.invitations.doorway import DoorAnswer, forget
from community.invitations.requests import JoinRequest
from community.notifications.models import KEPT as FOLDED
from community.outbox.models import LATER, Outbox
from community.oversight.calls import AdminCall
from community.people.models import Person, Session
from community.people.sign_in import SignInCode
from community.questions import forgetting
from community.questions.models import Question
from community.sealed.models import SealedThread
from community.urgent.models import Aid

YEAR = timedelta(days=366)  # what was done, and from where, is known for a year at least
SAID_IN_NEED = timedelta(days=30)  # what was said in urgent help, after it was over
UNANSWERED = timedelta(days=60)  # a question that nobody has taken, and of which nothing was heard, closes by itself
IDLE = timedelta(days=3 * 366)
AT_ONCE = 200  # people who were not here for years, a night
AT_DOORS = timedelta(days=30)  # what was answered at a door: since she is in, or asked; a refusal forgets it at once
BACKUPS = timedelta(weeks=5)  # the longest that a copy for emergencies stays

tidied = signal("tidied")  # sent once a night with None, `at`: what ended before it goes, each room's own

RANG = (  # who was rung for whose help, or has the ring of an answer; what moves a question carries whom it rang
    "call-help", "call-helper", "call-answered", "call-sealed", "end-sealed",
    "question-up", "question-hours", "empty-question",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """So long these rows stay; `done` says which are over at a moment."""

    title: LazyString
    days: int
    table: type | None = None
    over: Callable[[datetime], sa.ColumnElement[bool]] | None = None


KEPT = (
    Kept(_l("What my phones tell"), FOLDED.days),  # counted and taken away: notifications/folding.py
    Kept(_l("What is asked at the door"), AT_DOORS.days),  # with its voices: _forget_answers
    Kept(_l("Talk alone"), 30),  # each by itself, after its last word: sealed/rings.py
    Kept(_l("My phones"), YEAR.days, Session, lambda at: Session.ended_at < at),
    Kept(_l("Ask to come in"), YEAR.days, JoinRequest, lambda at: JoinRequest.answered_at < at),
    Kept(_l("Who looks after what"), YEAR.days, RoleEnd, lambda at: RoleEnd.created < at),
    Kept(_l("These groups need somebody first"), YEAR.days, AdminCall, lambda at: AdminCall.created < at),
    Kept(_l("Questions"), YEAR.days),  # words and voices: questions/forgetting.py
    Kept(_l("Urgent help"), SAID_IN_NEED.days),  # the same
    Kept(_l("Help that was given"), YEAR.days, Aid, lambda at: Aid.created < at),
    Kept(_l("Good answers"), YEAR.days),  # that are offered no longer: faq/forgetting.py
    Kept(_l("Is this true?"), YEAR.days),  # rumours/settling.py
    Kept(_l("I have a code"), YEAR.days, SignInCode, lambda at: SignInCode.expires < at),
)
UNSAID = (  # rows of nobody that anybody asks about
    Kept(_l("Big tasks"), YEAR.days, Outbox, lambda at: Outbox.done_at < at),
    Kept(_l("Leave"), 0, Silence, lambda at: Silence.until < at),
    Kept(_l("Urgent help"), SAID_IN_NEED.days, Outbox, lambda at: sa.and_(Outbox.kind.in_(RANG), Outbox.done_at < at)),
)


def tidy() -> None:
    """What the outbox does once a night."""
    _forget_answers()
    for one in (*KEPT, *UNSAID):
        if one.table and one.over:
            _run(sa.delete(one.table).where(one.over(now() - timedelta(days=one.days))))
    for what in QUESTIONS:
        forget_questions(what)
    _take_down_numbers()
    tidied.send(None, at=now() - YEAR)
    for person in idle(AT_ONCE):
        call_last(person)
    promise_tidying()


def _forget_help(after: int) -> int:
    talks = sa.exists().where(SealedThread.question_id == Question.id, SealedThread.erased_at.is_(None))
    return forgetting.forget_unanswered(now() - SAID_IN_NEED, IS_HELP, ~talks, after=after)


IS_HELP = Question.trouble.is_not(None)
QUESTIONS: dict[str, Callable[[int], int]] = {
    "unanswered": lambda after: forgetting.close_unanswered(now() - UNANSWERED, ~IS_HELP, after=after),
    "ended": lambda after: forgetting.forget(now() - YEAR, after=after),
    "unanswered help": _forget_help,
    "ended help": lambda after: forgetting.forget(now() - SAID_IN_NEED, IS_HELP, after=after),
}


def forget_questions(what: str, after: int = 0) -> None:
    """Some of them, and what is left by further promises until none is: each is a commit of its own."""
    if last := QUESTIONS[what](after):
        Outbox.promise("forget-questions", f"forget-questions:{token_hex(12)}", rank=LATER, what=what, after=last)


def _forget_answers() -> None:
    """A wish that still waits then waits without them: who lets in is not led to what is gone."""
    old = sa.func.coalesce(JoinRequest.answered_at, JoinRequest.created) < now() - AT_DOORS
    forget(DoorAnswer.request_id.in_(sa.select(JoinRequest.id).where(old, JoinRequest.has_answers)))
    _run(sa.update(JoinRequest).where(old, JoinRequest.has_answers).values(has_answers=False))


def promise_tidying() -> None:
    day = now().date() + timedelta(days=1)
    at = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=4)
    at += timedelta(days=1) if at <= now() else timedelta()
    Outbox.promise("tidy", f"tidy:{at.date()}", at, rank=LATER)


def _take_down_numbers() -> None:
    """Of who holds no role there any more; nobody was shown them since."""
    here = (Membership.group_id == Contact.group_id, Membership.person_id == Contact.person_id)
    held = sa.select(Membership.id).where(*here, Membership.role != "member").exists()
    office = sa.select(Office.id).where(
        Office.group_id == Contact.group_id, Office.person_id == Contact.person_id, Office.lasts()
    )
    _run(sa.delete(Contact).where(~held, ~office.exists()))


def idle(most: int) -> Iterable[Person]:
    """Who was not here for three years, and was not told so lately."""
    since = now() - IDLE
    here = sa.select(Session.id).where(Session.person_id == Person.id, Session.seen > since)
    told = sa.select(Erasure.id).where(Erasure.person_id == Person.id, Erasure.created > now() - YEAR)
    done = sa.select(Erasure.id).where(Erasure.person_id == Person.id, Erasure.done_at.is_not(None))
    old = (Person.created < since, ~here.exists(), ~told.exists(), ~done.exists())
    return db.session.scalars(sa.select(Person).where(*old).order_by(Person.id).limit(most)).all()


def call_last(person: Person) -> None:
    """In two days she is erased, unless she comes: her phones ring once, and her courtyard says so."""
    found = Erasure.ask(person, why="idle")
    Outbox.promise("last-call", f"last-call:{found.id}", erasure_id=found.id)


def _run(statement: sa.Executable) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
