"""What the composer's form says, read whole before anything is refused: a refused form comes back as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from community.announcements.audience import EVERYBODY, MOST, Aim, Audience
from community.announcements.models import KINDS, LONGEST, UNDO, Announcement
from community.announcements.urgency import LONGEST as LONGEST_REASON
from community.announcements.urgency import REASONS, Urgency
from community.database import db, now
from community.form import Form
from community.groups.membership import ROLES
from community.groups.models import Category, Group, GroupCategory
from community.languages import gettext as _
from community.media.models import Photo, Voice
from community.outbox.models import LATER, Outbox
from community.people.models import Person
from community.phrasebook.models import FilledSentence
from community.phrasebook.saying import said, said_in_all
from community.phrasebook.sentences import SENTENCES, Sentence
from community.phrasebook.slots import filled

PATIENCE = timedelta(hours=6)  # that the ring waits for a language, where the announcer chose so
EXPIRIES = {"": None, "1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}


@dataclass
class Draft:
    """An announcement that is not one yet. `form.wrong` says what keeps it from being one."""

    group: Group
    form: Form
    text: str = ""
    kind: str = "news"
    pin: bool = False
    categories: list[Category] = field(default_factory=list)  # none: all groups
    role: str = EVERYBODY
    release_at: datetime | None = None
    photo: Photo | None = None
    voice: Voice | None = None
    ready: Sentence | None = None  # the ready sentence that it is made of
    slots: dict[str, str] = field(default_factory=dict)
    waits: bool = False
    closed: bool = False  # nobody shall reply
    urgent: bool = False
    reason: str = ""  # why it is urgent; "" where a voice says it
    reason_voice: Voice | None = None

    @classmethod
    def read(
        cls, group: Group, fields: Mapping[str, str], writer: Person, voice: Voice | None = None,
        why: Voice | None = None,
    ) -> "Draft":  # fmt: skip
        """What a person has written, said, or both; or the ready sentence that she has filled."""
        form = Form(fields)
        form.choice("expiry", EXPIRIES, "")
        draft = cls(
            group, form, kind=form.choice("kind", KINDS, "news"), pin=form.ticked("pin"),
            categories=_categories(form, group), role=_role(form), release_at=_moment(form, group),
            waits=form.ticked("waits"), closed=form.ticked("no_replies"),
            urgent=form.ticked("urgent"), reason=_reason(form, why), reason_voice=why,
        )  # fmt: skip
        if "ready" in fields:
            draft.fill(SENTENCES.get(fields["ready"]), writer)
        else:
            # Who speaks need not write.
            needed = "" if voice else _("Say something, or write it here.")
            draft.text, draft.voice = form.text("text", most=LONGEST, needed=needed), voice
        return draft

    def fill(self, sentence: Sentence | None, writer: Person) -> None:
        """Take the slots of the sentence from the form, and its words in the writer's language from them."""
        self.ready = sentence
        if sentence is None:
            self.form.wrong["ready"] = _("This sentence is not here any more. Choose another.")
            return
        self.slots = filled(sentence, self.form, self.day)
        if all(self.slots.values()):
            self.text = said(sentence, self.slots, writer.language, self.day)

    @property
    def aim(self) -> Aim:
        return Aim.at(self.group, self.categories, self.role)

    @property
    def day(self) -> date:
        """The day on which it is heard first, where its group is: no day before it can be meant."""
        return (self.release_at or now()).astimezone(ZoneInfo(self.group.zone)).date()

    @property
    def expires(self) -> datetime | None:
        """So long after it is heard, not after it was written."""
        lasts = EXPIRIES[self.form.values["expiry"]]
        return max(self.release_at or now(), now() + UNDO) + lasts if lasts else None

    def publish(self, author: Person, *, key: str, role: str) -> Announcement:
        """Raises KeyReused where the key was used for something else. A ready sentence is said in every language."""
        ready = self.ready
        made = Announcement.publish(
            Audience.of(self.group, self.categories, self.role), author, key=key, text=self.text,
            language=author.language, role=role, kind=self.kind, release_at=self.release_at, expires=self.expires,
            photo=self.photo, voice=self.voice,
            filled=FilledSentence(sentence=ready.key, slots=self.slots) if ready else None,
            others=said_in_all(ready, self.slots, self.day) if ready else None,
        )  # fmt: skip
        if self.waits and made.waits_until is None:
            _wait(made)
        if self.closed and made.is_waiting:
            made.replies = False
        if self.urgent:
            Urgency.ask(made, self.reason, self.reason_voice)
        return made


def _reason(form: Form, voice: Voice | None) -> str:
    """Why it is urgent: one of the pictures, or own words, which go before; "" where a voice alone says it."""
    own, picture = form.line("reason_words", most=LONGEST_REASON), form.choice("reason", REASONS, "")
    if not form.ticked("urgent"):
        form.wrong.pop("reason_words", None)
        return ""
    if not (own or picture or voice):
        form.wrong["reason"] = _("Say why it is urgent. Everyone reads it.")
    return own or picture


def _wait(made: Announcement) -> None:
    """Whose language is missing is not rung up before it is there; after PATIENCE she is all the same."""
    made.waits_until = made.release_at + PATIENCE
    Outbox.promise("fan-out", f"late:{made.id}", made.waits_until, rank=LATER, announcement_id=made.id)


def _categories(form: Form, group: Group) -> list[Category]:
    """The community's categories that the form names. What is not there is not left out: more would hear it."""
    chosen = form.numbers("category")
    mine = (Category.id.in_(chosen or ()), Category.community_id == group.community_id, Category.retired_at.is_(None))
    found = list(db.session.scalars(sa.select(Category).where(*mine).order_by(Category.id))) if chosen else []
    if chosen is None or len(found) < len(chosen) or len(chosen) > MOST:
        form.wrong["category"] = _("One of these is not here any more. Choose again who hears it.")
    return found


def _role(form: Form) -> str:
    """Those who hold at least this role. A role that is none is refused, too."""
    role = form.line("role", most=10) or EVERYBODY
    if role not in ROLES:
        form.wrong["category"] = _("One of these is not here any more. Choose again who hears it.")
    return role if role in ROLES else EVERYBODY


def _moment(form: Form, group: Group) -> datetime | None:
    """The time to release at, as said in the community's time zone; None for now."""
    value = form.line("at", most=20)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(group.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        form.wrong["at"] = _("This is not a time. Choose a day and an hour.")
        return None
    if not now() - timedelta(minutes=5) <= moment <= now() + timedelta(days=366):
        form.wrong["at"] = _("Choose a time between now and a year from now.")
    return moment


def categories_in(group: Group) -> list[Category]:
    """The categories that groups here or below carry: what may narrow the audience."""
    inside = sa.select(Group.id).join(GroupCategory, GroupCategory.group_id == Group.id)
    inside = inside.where(GroupCategory.category_id == Category.id, Group.below(group.path), Group.rests.is_(False))
    used = (Category.community_id == group.community_id, Category.retired_at.is_(None))
    carried = sa.select(Category).where(*used, inside.exists())
    return list(db.session.scalars(carried.order_by(Category.id)))
