"""Before whom a question lies: the nearest group upwards in which somebody answers; untaken, it moves up.

Nearest is who is on duty and fits; where nobody is anywhere on the line, who answers there at all, and it waits for
their hours. Urgent help lies only before who is trained for it, first where somebody is awake or on call; it never
rises from them to who sleeps. Nobody answers herself. Who has taken it and does nothing (`silence`) has it no longer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from community.database import db, now
from community.duty.rota import Rota
from community.outbox.models import Outbox
from community.people.models import Person
from community.questions.models import SENT, Question
from community.questions.nearness import above, anywhere, called, is_reached, nearest, on_duty, people_of
from community.questions.rings import awake_of, ring
from community.questions.silence import kept_until

UNTAKEN = timedelta(hours=12)  # so long a question lies on one desk before it moves up
URGENT = timedelta(minutes=30)  # the same for urgent help
AGAIN = timedelta(days=1)  # so often at most it rings where it can move no further; urgent help more often for so long


def lay(question: Question) -> None:
    """Put a new question before the nearest group on its line in which somebody answers, and ring them.

    Where nobody answers on the whole line it has no desk, until somebody does.
    """
    db.session.add(question)
    db.session.flush()
    rota = Rota(question.group)
    _put(question, rota, anywhere(question, rota))


def lay_again(question: Question) -> None:
    """What was taken back a moment ago lies where it lay, and is whose it was, if she answers there still."""
    db.session.flush()
    if not question.is_open:
        return
    rota = Rota(question.group)
    if question.taken_by and not _let_go(question, rota):
        _look_again(question, now() + _patience(question))
    else:
        stays = question.desk_id in rota.line and people_of(question, rota, question.desk_id or 0, again=True)
        _put(question, rota, question.desk_id if stays else anywhere(question, rota))


def move_up(question: Question, by: Person | None = None) -> bool:
    """Put it before the next group further up in which somebody answers who has not; nobody has taken it then.

    False: none is. It is open again all the same, and lies where it lay: others there are rung, or the same once more.
    """
    db.session.flush()
    db.session.refresh(question, with_for_update=True)
    rota = Rota(question.group)
    if rises := _rise(question, rota, by):
        return rises
    _free(question)
    settle(question, rota)
    if question.desk_id:
        _put(question, rota, question.desk_id)
    return False


def _rise(question: Question, rota: Rota, by: Person | None = None, rung: Sequence[int] = ()) -> bool:
    desk_id = nearest(question, rota, above(question, rota), on_duty_first=False)
    if desk_id is None or (question.trouble and not is_reached(question, rota, desk_id)):
        return False
    _free(question)
    question.level += 1
    _put(question, rota, desk_id, rung)
    question.note("moved up", by)
    return True


def _free(question: Question) -> None:
    question.taken_by = question.taken_at = question.answered_at = None


def settle(question: Question, rota: Rota | None = None) -> None:
    """Roles, the tree or the roster changed: where nobody answers on its desk any more, it lies elsewhere; where who
    has taken it answers there no more, nobody has. Doing it again changes nothing."""
    if not question.is_open:
        return
    rota = rota or Rota(question.group)
    was_free = _let_go(question, rota)
    is_there = question.desk_id in rota.line and bool(people_of(question, rota, question.desk_id or 0, again=True))
    if question.taken_by or is_there:
        if was_free:
            _put(question, rota, question.desk_id)
        return
    desk_id = nearest(question, rota, above(question, rota)) or anywhere(question, rota)
    if desk_id != question.desk_id:
        _put(question, rota, desk_id)
        if desk_id:
            question.note("moved up")


def _let_go(question: Question, rota: Rota) -> bool:
    """Whether somebody had taken it who answers there no more; then nobody has."""
    there = rota.held.get(question.desk_id or 0, set()) - rota.muted
    if question.taken_by is None or question.taken_by in there:
        return False
    question.taken_by = question.taken_at = None
    question.note("let go")
    return True


def let_go(question: Question, by: Person) -> None:
    """Who has taken it leaves it to others, who are rung at once: on its desk, or further up, as if she answered
    nowhere. Not more often than it may be asked: each time wakes people."""
    rung = _rung_for(question)
    often = sum(step.what == "let go" and step.person_id == by.id for step in question.steps)
    if not question.let_go(by) or often >= SENT:
        return
    rota = Rota(question.group, but=by.id)
    was, further = question.desk_id, above(question, rota)
    desk_id = nearest(question, rota, [*further, *([was] if was else [])]) or nearest(question, rota, rota.line)
    if desk_id is None:
        return
    _put(question, rota, desk_id, [*(one for one in rung if one != by.id), by.id])
    if desk_id in further:
        question.level += 1
        question.note("moved up")


def _rung_for(question: Question) -> list[int]:
    """Who was rung for it so far, the latest last: the next look has it."""
    key = _key_of_look(question.id, question.moves_at) if question.moves_at else ""
    found = db.session.scalar(sa.select(Outbox.args).where(Outbox.key == key)) if key else None
    return list((found or {}).get("rung", ()))


def pass_up(question_id: int, rung: Sequence[int] = ()) -> None:
    """What the outbox does when nobody took it for so long: it moves up. At the top it rings again, more and more
    seldom; urgent help first each time for a day, and then once a day. `rung`: who was rung for it before, the latest
    last."""
    question = db.session.get(Question, question_id, with_for_update=True, populate_existing=True)
    if question is None or not question.is_open or _is_early(question):
        return
    rota = Rota(question.group)
    settle(question, rota)
    if question.desk_id is None or not _is_early(question):
        _go_on(question, rota, rung)


def _is_early(question: Question) -> bool:
    return question.moves_at is None or question.moves_at > now()


def _go_on(question: Question, rota: Rota, rung: Sequence[int]) -> None:
    if question.desk_id is None:
        return
    if question.taken_by:  # whoever lets it go, or loses her role, leaves it to the next look
        if (until := kept_until(question)) > now():
            _look_again(question, min(until, now() + _patience(question)), rung)
        else:
            _take_away(question, rota, rung)
    elif not (_rise(question, rota, rung=rung) or _sink(question, rota, rung)):
        _call(question, rota, _pause(question), rung, again=True)


def _take_away(question: Question, rota: Rota, rung: Sequence[int]) -> None:
    """Who has taken it was silent for too long: it is anybody's again, and hers last."""
    others = [one for one in rung if one != question.taken_by]
    silent = [one for one in (question.taken_by,) if one]
    _free(question)
    question.note("let go")
    _put(question, rota, question.desk_id, [*others, *silent])


def _sink(question: Question, rota: Rota, rung: Sequence[int]) -> bool:
    """Urgent help that went past who slept comes to them when they are awake."""
    below = rota.line[rota.line.index(question.desk_id) + 1 :] if question.desk_id in rota.line else []
    fresh = [one for one in below if question.trouble and not people_of(question, rota, one) & set(rung)]
    desk_id = nearest(question, rota, fresh)
    if desk_id is None or not is_reached(question, rota, desk_id):
        return False
    _put(question, rota, desk_id, rung)
    question.note("sent")
    return True


def _pause(question: Question) -> timedelta:
    """So long it rings nobody anew where it can move no further: what nobody answers each time twice as long."""
    if question.trouble:
        return URGENT if _is_fresh(question) else AGAIN
    return max(AGAIN, now() - max([question.created, *(step.created for step in question.steps)]))


def _is_fresh(question: Question) -> bool:
    """Whether it was asked, or somebody did something with it, within a day."""
    return max([question.created, *(step.created for step in question.steps if step.person_id)]) > now() - AGAIN


def ring_at_hours(question_id: int) -> None:
    """What the outbox does when the hours of somebody begin for whom it has waited."""
    question = db.session.get(Question, question_id)
    if question is None or not question.is_open or question.taken_by or question.desk_id is None:
        return
    rota = Rota(question.group)
    if question.desk_id in rota.line:
        ring(question, on_duty(question, rota, question.desk_id), question.moves_at)


def _patience(question: Question) -> timedelta:
    return URGENT if question.trouble else UNTAKEN


def _put(question: Question, rota: Rota, desk_id: int | None, rung: Sequence[int] = ()) -> None:
    """It lies there from now on."""
    question.desk_id, question.desk = desk_id, rota.groups[desk_id] if desk_id else None
    question.moves_at = None
    if desk_id is not None:
        _call(question, rota, _patience(question), rung)


def _call(question: Question, rota: Rota, pause: timedelta, rung: Sequence[int], *, again: bool = False) -> None:
    """Who is on duty is rung (of `rung` nobody before others), and else whoever comes on duty first. `pause` later it
    is looked at again."""
    people, begins = called(question, rota, question.desk_id or 0)
    if again and question.trouble:  # who sleeps is rung once, in the morning
        people = awake_of(people)
    at = max(begins, now()) + pause
    _look_again(question, at, ring(question, people, at, rung))
    if begins > now():
        key = f"question-hours:{question.id}:{question.level}:{int(begins.timestamp())}"
        Outbox.promise("question-hours", key, begins, question_id=question.id)


def _look_again(question: Question, at: datetime, rung: Sequence[int] = ()) -> None:
    question.moves_at = at
    Outbox.promise("question-up", _key_of_look(question.id, at), at, question_id=question.id, rung=list(rung))


def _key_of_look(question_id: int, at: datetime) -> str:
    return f"question-up:{question_id}:{int(at.timestamp())}"
