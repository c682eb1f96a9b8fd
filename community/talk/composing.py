"""Say something in a group: the page for it, which holds a fresh key and is never stored, and what it sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.held import ask_to_vouch
from community.announcements.models import KeyReused
from community.database import now
from community.form import Form, submission_key
from community.groups.membership import standing
from community.groups.models import Group
from community.http import missing, signed_in, writes
from community.languages import gettext as _
from community.languages import ngettext
from community.media.disposal import keep_for_now, let_go_of
from community.media.models import Photo, Voice
from community.media.recording import recorded, voice_of
from community.media.upload import photographed, picture_of
from community.people.attempts import Attempts
from community.people.session import me
from community.talk.gates import may_talk, read_by, spoken_in_by, written_in_by
from community.talk.held import why_held
from community.talk.models import LONGEST, Message
from community.talk.views import blueprint

HOURLY = 20  # messages of one person in one group


@dataclass
class Written:
    """What the form says, and brings; `form.wrong` says what keeps it from being a message."""

    group: Group
    form: Form
    to: Message | None = None
    photo: Photo | None = None
    voice: Voice | None = None
    text: str = ""

    @classmethod
    def read(cls, group: Group) -> "Written":
        """A photo or a voice that was refused still counts as something said."""
        form = Form(request.form)
        photo, unseen = picture_of(me(), group.community_id)
        voice, unheard = voice_of(me(), group.community_id)
        wrong = {field: problem for field, problem in (("photo", unseen), ("voice", unheard)) if problem}
        needed = "" if photo or voice or wrong else _("Say something, or write it here.")
        text = form.text("text", most=LONGEST, needed=needed)
        form.wrong |= wrong
        ask_to_vouch(form, text, me(), group)
        return cls(group, form, _answered(group, form.number("to")), photo, voice, text)

    def say(self, key: str, why: Sequence[str]) -> Message:
        """Raises KeyReused."""
        return Message.say(
            self.group, me(), key=key, text=self.text, photo=self.photo, voice=self.voice, parent=self.to, why=why
        )

    def wait(self) -> None:
        """It was refused: photo and voice are there for the next try, and not for ever."""
        keep_for_now(self.photo, self.voice)

    def arrived(self, made: Message) -> None:
        """Sent twice, it has said nothing new: this copy of its photo and its voice goes."""
        let_go_of(*(one for one in (self.photo, self.voice) if one not in (made.photo, made.voice)))

    def page(self, code: int = 200, **headers: str) -> ResponseReturnValue:
        """The composer with all that was written. No phone may store it: it holds a fresh key."""
        self.wait()
        drawn = render_template("talk/new.html", written=self, key=uuid4().hex, longest=LONGEST)
        return drawn, code, {"Cache-Control": "no-store", **headers}


@blueprint.get("/groups/<int:group_id>/talk/new")
@signed_in
def new(group_id: int) -> ResponseReturnValue:
    group = written_in_by(me(), group_id)
    return Written(group, Form({}), _answered(group, Form(request.args).number("to"))).page()


def _answered(group: Group, number: int | None) -> Message | None:
    """The message that is replied to, if there is one. Raises Missing for one of another place."""
    found = read_by(me(), number) if number else None
    if found and (found.group_id != group.id or found.announcement_id or found.held_id):
        missing()
    return found


@blueprint.post("/groups/<int:group_id>/talk")
@signed_in
@photographed
@recorded
@writes
def create(group_id: int) -> ResponseReturnValue:
    group = spoken_in_by(me(), group_id)
    written, key = Written.read(group), submission_key(request.form)
    form, sent = written.form, Message.sent(me(), key)
    if not sent and not may_talk(standing(me()), group):
        form.wrong["text"] = resting(group) or _("Here those talk who look after the group. You read.")
        return written.page(409)
    if form.wrong:
        return written.page(422)
    if not sent and (seconds := too_many(group)):
        form.wrong["text"] = wait_words(seconds)
        return written.page(429, **{"Retry-After": str(seconds)})
    why = [] if sent else why_held(me(), group, written.text, vouched=form.ticked("vouched"))
    try:
        made = written.say(key, why)
    except KeyReused:
        form.wrong["text"] = _("You sent this before with other words. Look at it and send it again.")
        return written.page(422)
    written.arrived(made)
    return redirect(f"/groups/{group.id}/talk#m{made.id}", code=303)


def resting(group: Group) -> str:
    """What to say where it was put to rest while she wrote."""
    return _("This group rests. Nothing new comes here.") if group.rests else ""


def too_many(group: Group) -> int:
    """0, and one more is counted; or the seconds until she may write here again."""
    what = f"talk:{me().id}:{group.id}"
    if Attempts.count_one(what) <= HOURLY:
        return 0
    Attempts.take_back_one(what)
    return 3600 - int(now().timestamp()) % 3600


def wait_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return ngettext(
        "You have written a lot. Write again in %(num)s minute.",
        "You have written a lot. Write again in %(num)s minutes.",
        minutes,
    )
