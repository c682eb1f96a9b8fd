"""Who on the line above a question may answer it, who of them comes first, and in which group they are."""

from collections.abc import Sequence
from datetime import datetime

from community.database import now
from community.duty.rota import Rota
from community.questions.models import Question
from community.questions.rings import within_reach


def apart(question: Question, *, again: bool = False) -> set[int]:
    """Who can not be the one: herself; and, unless it is asked `again`, who has answered or closed it already."""
    if again:
        return {question.person_id}
    did = (step.person_id for step in question.steps if step.what in ("answered", "closed"))
    return {question.person_id, *(one for one in did if one)}


def people_of(question: Question, rota: Rota, group_id: int, *, again: bool = False) -> set[int]:
    urgent = question.trouble is not None
    return rota.answering(group_id, urgent=urgent) - apart(question, again=again)


def on_duty(question: Question, rota: Rota, group_id: int) -> list[int]:
    """Who has answered it already only where nobody else does."""
    again = not people_of(question, rota, group_id)
    return rota.on_duty(
        group_id, now(), category_id=question.category_id, language=question.language,
        urgent=question.trouble is not None, but=apart(question, again=again),
    )  # fmt: skip


def above(question: Question, rota: Rota) -> Sequence[int]:
    """The line above its desk; all of it, where it lies on none of the line."""
    return rota.line[: rota.line.index(question.desk_id)] if question.desk_id in rota.line else rota.line


def nearest(
    question: Question, rota: Rota, line: Sequence[int], *, on_duty_first: bool = True, again: bool = False
) -> int | None:
    there = [group_id for group_id in reversed(line) if people_of(question, rota, group_id, again=again)]
    if question.trouble:
        people = {one: people_of(question, rota, one, again=again) for one in there}
        there = within_reach(people, rota.groups) or there
    manned = (group_id for group_id in there if on_duty_first and on_duty(question, rota, group_id))
    return next(manned, None) or next(iter(there), None)


def is_reached(question: Question, rota: Rota, group_id: int) -> bool:
    """Whether somebody there is awake; and is rung, if where it lies now somebody can be."""
    desks = [one for one in (group_id, question.desk_id) if one in rota.groups]
    return group_id in within_reach({one: people_of(question, rota, one) for one in desks}, rota.groups)


def anywhere(question: Question, rota: Rota) -> int | None:
    """The nearest on the whole line; before who has answered it already rather than before nobody."""
    found = nearest(question, rota, rota.line) or nearest(question, rota, rota.line, again=True)
    return found or next((one for one in reversed(rota.line) if _readers(question, rota, one)), None)


def _readers(question: Question, rota: Rota, group_id: int) -> set[int]:
    """Who answers there, also who may only read for a while: rather theirs than nobody's."""
    return rota.answering(group_id, urgent=question.trouble is not None, muted=True) - {question.person_id}


def called(question: Question, rota: Rota, desk_id: int) -> tuple[list[int], datetime]:
    """Who is rung, and since when or from when on they are there. Urgent help waits for no hours: who is trained is
    called at any hour, those on duty first; whoever answers, where the roster has nobody for what is asked at any hour.
    """
    people = on_duty(question, rota, desk_id)
    there = people_of(question, rota, desk_id) or people_of(question, rota, desk_id, again=True)
    if question.trouble:
        people += sorted(there - set(people))
    if people:
        return people, now()
    begins = rota.next_hours(desk_id, now(), people=there, category_id=question.category_id)
    return ([], begins) if begins else (rota.whoever(there, question.language), now())
