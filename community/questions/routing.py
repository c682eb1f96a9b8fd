"""Before whom a question lies: the nearest group upwards in which somebody answers; untaken, it moves up.

Nearest is who is on duty and fits; where nobody is anywhere on the line, who answers there at all, and it waits for
their hours. Urgent help lies only before who is trained for it. Nobody answers herself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from community.database import db, now
from community.duty.rota import Rota
from community.outbox.models import Outbox
from community.people.models import Person
from community.questions.models import Question
from community.questions.rings import ring

UNTAKEN = timedelta(hours=12)  # so long a question lies on one desk before it moves up
URGENT = timedelta(minutes=30)  # the same for urgent help
AGAIN = timedelta(days=1)  # so often it rings where it can move no further


def lay(question: Question) -> None:
    """Put a new question before the nearest group on its line in which somebody answers, and ring them.

    Where nobody answers on the whole line it has no desk, until somebody does.
    """
    db.session.add(question)
    db.session.flush()
    rota = Rota(question.group)
    _put(question, rota, _anywhere(question, rota))


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


def _rise(question: Question, rota: Rota, by: Person | None = None) -> bool:
    desk_id = _nearest(question, rota, _above(question, rota), on_duty_first=False)
    if desk_id is None:
        return False
    _free(question)
    question.level += 1
    _put(question, rota, desk_id)
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
    is_there = question.desk_id in rota.line and bool(_people(question, rota, question.desk_id or 0, again=True))
    if question.taken_by or is_there:
        if was_free:
            _put(question, rota, question.desk_id)
        return
    desk_id = _nearest(question, rota, _above(question, rota)) or _anywhere(question, rota)
    if desk_id != question.desk_id:
        _put(question, rota, desk_id)
        if desk_id:
            question.note("moved up")


def _let_go(question: Question, rota: Rota) -> bool:
    """Whether somebody had taken it who answers there no more; then nobody has."""
    if question.taken_by is None or question.taken_by in rota.held.get(question.desk_id or 0, ()):
        return False
    question.taken_by = question.taken_at = None
    question.note("let go")
    return True


def pass_up(question_id: int) -> None:
    """What the outbox does when nobody took it for so long: it moves up. At the top it rings again, once a day."""
    question = db.session.get(Question, question_id, with_for_update=True, populate_existing=True)
    if question is None or not question.is_open or _is_early(question):
        return
    rota = Rota(question.group)
    settle(question, rota)
    if question.desk_id is None or not _is_early(question):
        _go_on(question, rota)


def _is_early(question: Question) -> bool:
    return question.moves_at is None or question.moves_at > now()


def _go_on(question: Question, rota: Rota) -> None:
    if question.desk_id is None:
        return
    if question.taken_by:  # whoever lets it go, or loses her role, leaves it to the next look
        _look_again(question, now() + _patience(question))
    elif not _rise(question, rota):
        _look_again(question, now() + AGAIN)
        ring(question, _on_duty(question, rota, question.desk_id))


def ring_at_hours(question_id: int) -> None:
    """What the outbox does when the hours of somebody begin for whom it has waited."""
    question = db.session.get(Question, question_id)
    if question is None or not question.is_open or question.taken_by or question.desk_id is None:
        return
    rota = Rota(question.group)
    if question.desk_id in rota.line:
        ring(question, _on_duty(question, rota, question.desk_id))


def _patience(question: Question) -> timedelta:
    return URGENT if question.trouble else UNTAKEN


def _apart(question: Question, *, again: bool = False) -> set[int]:
    """Who can not be the one: herself; and, unless it is asked `again`, who has answered or closed it already."""
    if again:
        return {question.person_id}
    did = (step.person_id for step in question.steps if step.what in ("answered", "closed"))
    return {question.person_id, *(one for one in did if one)}


def _people(question: Question, rota: Rota, group_id: int, *, again: bool = False) -> set[int]:
    urgent = question.trouble is not None
    return rota.answering(group_id, urgent=urgent) - _apart(question, again=again)


def _on_duty(question: Question, rota: Rota, group_id: int) -> list[int]:
    """Who has answered it already only where nobody else does."""
    again = not _people(question, rota, group_id)
    return rota.on_duty(
        group_id, now(), category_id=question.category_id, language=question.language,
        urgent=question.trouble is not None, but=_apart(question, again=again),
    )  # fmt: skip


def _above(question: Question, rota: Rota) -> Sequence[int]:
    """The line above its desk; all of it, where it lies on none of the line."""
    return rota.line[: rota.line.index(question.desk_id)] if question.desk_id in rota.line else rota.line


def _nearest(
    question: Question, rota: Rota, line: Sequence[int], *, on_duty_first: bool = True, again: bool = False
) -> int | None:
    there = [group_id for group_id in reversed(line) if _people(question, rota, group_id, again=again)]
    awake = (group_id for group_id in there if on_duty_first and _on_duty(question, rota, group_id))
    return next(awake, None) or next(iter(there), None)


def _anywhere(question: Question, rota: Rota) -> int | None:
    """The nearest on the whole line; before who has answered it already rather than before nobody."""
    return _nearest(question, rota, rota.line) or _nearest(question, rota, rota.line, again=True)


def _put(question: Question, rota: Rota, desk_id: int | None) -> None:
    """It lies there from now on; who is on duty is rung, and else whoever comes on duty first."""
    question.desk_id, question.desk = desk_id, rota.groups[desk_id] if desk_id else None
    question.moves_at = None
    if desk_id is None:
        return
    people, begins = _called(question, rota, desk_id)
    _look_again(question, max(begins, now()) + _patience(question))
    if people:
        ring(question, people)
    elif begins > now():
        key = f"question-hours:{question.id}:{question.level}:{int(begins.timestamp())}"
        Outbox.promise("question-hours", key, begins, question_id=question.id)


def _called(question: Question, rota: Rota, desk_id: int) -> tuple[list[int], datetime]:
    """Who is rung, and since when or from when on they are there. Urgent help waits for no hours: who is trained is
    called at any hour, those on duty first."""
    people, urgent = _on_duty(question, rota, desk_id), question.trouble is not None
    if urgent:
        people += sorted(_people(question, rota, desk_id) - set(people))
    if people:
        return people, now()
    return [], rota.next_hours(desk_id, now(), urgent=urgent) or now()


def _look_again(question: Question, at: datetime) -> None:
    question.moves_at = at
    Outbox.promise("question-up", f"question-up:{question.id}:{int(at.timestamp())}", at, question_id=question.id)
