"""What somebody answers at a door, as it came with her wish: whole, or what is wrong with it, and nothing lost."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from community.database import db
from community.form import Form
from community.groups.models import Group
from community.http import TooMany, View, Wrapped
from community.invitations.doorway import LONGEST, MOST, DoorAnswer, DoorQuestion
from community.invitations.requests import JoinRequest
from community.languages import gettext as _
from community.media.disposal import keep_for_now, let_go_of
from community.media.models import Voice
from community.media.recording import recorded_as, voice_of
from community.people.attempts import Attempts
from community.people.models import Person
from community.people.session import someone

HOURLY = 30  # tries of one person at doors that ask
VOICES = tuple(f"door_voice_{place}" for place in range(1, MOST + 1))
CARRIED = ("code", "child", "child_picture", "nickname")  # what the wish itself said, on the page that asks


class Unanswered(Exception):
    """Somebody would like to come in, and has not yet answered what is asked there."""

    def __init__(self, replies: "Replies") -> None:
        super().__init__()
        self.replies = replies


@dataclass
class Replies:
    """What is asked at a door, and what came. `form.wrong` says what is missing."""

    group: Group
    questions: Sequence[DoorQuestion]
    form: Form
    voices: dict[int, Voice] = field(default_factory=dict)
    changed: bool = False  # something else was asked when the page was drawn

    @classmethod
    def read(cls, group: Group, person: Person) -> "Replies":
        """Raises TooMany for who tries all day."""
        made = cls(group, DoorQuestion.asked_at(group), Form(request.form))
        came = any(name and name.startswith("door_") for name in request.form)  # of a broken form one has none
        if came and made.questions and Attempts.count_one(f"door:{person.id}") > HOURLY:
            raise TooMany
        made.changed = came and request.form.get("door_asked", "") != made.asked
        for place, question in enumerate(made.questions):
            made._one(question, VOICES[place], person, came)
        return made

    @property
    def asked(self) -> str:
        """Which questions these are: the page says it again."""
        return ".".join(str(question.id) for question in self.questions)

    def _one(self, question: DoorQuestion, spoken: str, person: Person, came: bool) -> None:
        if question.choices:
            self.form.choice(question.field, question.choices, "")
            missing = "" if self.form.values[question.field] else _("Choose one of the pictures.")
        else:
            missing = self._short(question, spoken, person)
        if missing:
            self.form.wrong.setdefault(question.field, missing if came else "")

    def _short(self, question: DoorQuestion, spoken: str, person: Person) -> str:
        """A line, or a voice; the form says for which question its recorder stood."""
        voice, unheard = None, ""
        if request.form.get(f"{spoken}_for", str(question.id)) == str(question.id):
            voice, unheard = voice_of(person, self.group.community_id, spoken)
        if voice:
            self.voices[question.id] = voice
        words = self.form.line(question.field, most=LONGEST)
        return unheard or ("" if words or voice else _("Say something, or write it here."))

    def go_with(self, wish: JoinRequest) -> None:
        """Lay them beside the wish. Raises Unanswered; what was answered already stays as it was."""
        if not self.questions or wish.answers_of():
            self.go()
            return
        if self.form.wrong:
            raise Unanswered(self)
        wish.has_answers = True
        db.session.add_all(self._answer(question, wish) for question in self.questions)

    def go(self) -> None:
        """Nobody reads these: she is in already, or has answered before."""
        let_go_of(*self.voices.values())

    def _answer(self, question: DoorQuestion, wish: JoinRequest) -> DoorAnswer:
        said, is_picture = self.form.values[question.field], bool(question.choices)
        return DoorAnswer(
            community_id=wish.community_id, request_id=wish.id, question=question, person_id=wish.person_id,
            language=wish.person.language, picture=said if is_picture else "", text="" if is_picture else said,
            voice=self.voices.get(question.id),
        )  # fmt: skip

    def page(self) -> ResponseReturnValue:
        """The questions, with all that was answered so far, and whatever the wish itself said."""
        keep_for_now(*self.voices.values())
        carried = {name: request.form[name] for name in CARRIED if request.form.get(name)}
        page = render_template(
            "invitations/asked.html", group=self.group, replies=self, action=request.path, carried=carried
        )
        return page, 422, {"Cache-Control": "no-store"}


def spoken_at_doors(view: View[Wrapped]) -> View[Wrapped]:
    """Prepare the voices of who is signed in; a stranger's are not even looked at. Before @writes."""
    prepared = recorded_as(*VOICES)(view)

    @functools.wraps(view)
    def first(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        if someone() is not None:
            return prepared(*args, **kwargs)
        g.spoken, g.not_a_voice = {}, {}
        return view(*args, **kwargs)

    return first


def at_door(group: Group) -> Replies:
    """What is asked there, for a page that shows it before anything was answered."""
    return Replies(group, DoorQuestion.asked_at(group), Form({}))
