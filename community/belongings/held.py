"""What Aangan holds of a person, part by part: rows of hers, with the places named; no secrets, nothing of others.

Every table that knows people is either here, or in `LEFT_OUT` with the reason; a test holds both against the models.
"""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.correction import Correction
from community.announcements.models import Announcement, Audience, Translation
from community.audit.models import AuditEntry
from community.belongings import asked, cared, choices, doors, duties, talked, told
from community.belongings.part import PLACE, Part, Wanted
from community.genuine.models import OpenNews
from community.groups.bans import Ban
from community.groups.membership import Membership
from community.groups.models import Group
from community.holding.models import Held
from community.invitations.doorway import DoorAnswer, DoorQuestion
from community.invitations.models import Invitation
from community.invitations.requests import JoinRequest
from community.media.models import Photo, Voice
from community.mergers.models import Merger
from community.notifications.models import Delivery
from community.people.models import Child, Person
from community.speech.models import Recording
from community.translating.helper import Helper
from community.translating.models import TranslationRequest
from community.wording.models import Suggestion
from community.wording.models import Voice as SuggestionVoice


def _person(who: int) -> Wanted:
    fields = (
        "id", "name", "picture", "colour", "language", "native_digits", "nastaliq", "zone", "quiet_from", "quiet_until",
        "ceiling", "on_call", "reports", "heard_in", "trying_since", "asked_until", "silenced_until", "blocks",
    )  # fmt: skip
    columns = (getattr(Person, field) for field in fields)
    return sa.select(*columns, Person.created.label("moment"), Person.changed).where(Person.id == who)


def _children(who: int) -> Wanted:
    fields = (Child.id, Child.nickname, Child.picture, Child.colour, Child.created.label("moment"), Child.gone_at)
    return sa.select(*fields).where(Child.parent_id == who).order_by(Child.id)


def _groups(who: int) -> Wanted:
    one = Membership
    fields = (
        one.role, one.role_since, one.role_until, one.level, one.muted_until, one.heard_seq, one.child_id,
        one.created.label("moment"),
    )  # fmt: skip
    return sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _bans(who: int) -> Wanted:
    return (
        sa.select(*PLACE, Ban.created.label("moment"), Ban.until)
        .join(Group, Ban.group_id == Group.id)
        .where(Ban.person_id == who)
    )


def _said(who: int) -> Wanted:
    one = Announcement
    fields = (
        one.id, one.language, one.kind, one.author_role, one.created.label("moment"), one.release_at, one.released_at,
        one.expires, one.withdrawn_at, one.removed_at, Photo.key.label("photo"), Voice.key.label("voice"),
    )  # fmt: skip
    said = sa.select(Translation.text.label("words"), *PLACE, *fields).join(Audience, one.audience_id == Audience.id)
    said = said.join(Group, Audience.group_id == Group.id).outerjoin(Photo, one.photo_id == Photo.id)
    original = sa.and_(Translation.announcement_id == one.id, Translation.language == one.language)
    said = said.join(Translation, original).outerjoin(Voice, Translation.voice_id == Voice.id)
    return said.where(one.author_id == who).order_by(one.id)


def _corrected(who: int) -> Wanted:
    one = Correction
    fields = (one.announcement_id, one.language, one.author_role, one.created.label("moment"), Voice.key.label("voice"))
    hers = sa.select(one.text.label("words"), *fields).outerjoin(Voice, one.voice_id == Voice.id)
    return hers.where(one.author_id == who).order_by(one.id)


def _open_news(who: int) -> Wanted:
    one = OpenNews
    opened = sa.select(*PLACE, one.created.label("moment")).join(Group, one.group_id == Group.id)
    return opened.where(one.person_id == who).order_by(one.group_id)


def _translated(who: int) -> Wanted:
    one = Translation
    fields = (one.text.label("words"), one.language, one.origin, one.created.label("moment"), Voice.key.label("voice"))
    said = sa.select(*fields).join(Announcement, one.announcement_id == Announcement.id)
    others = sa.or_(Announcement.author_id != who, Announcement.language != one.language)
    return said.outerjoin(Voice, one.voice_id == Voice.id).where(one.author_id == who, others).order_by(one.id)


def _asked_words(who: int) -> Wanted:
    one = TranslationRequest
    fields = (
        one.text.label("words"), one.language, one.created.label("moment"), one.sent_at, one.answer, one.answered_at,
        Voice.key.label("voice"),
    )  # fmt: skip
    return sa.select(*fields).outerjoin(Voice, one.voice_id == Voice.id).where(one.person_id == who).order_by(one.id)


def _helps(who: int) -> Wanted:
    return sa.select(Helper.language.label("words"), Helper.created.label("moment")).where(Helper.person_id == who)


def _understood(who: int) -> Wanted:
    one = Acknowledgement
    fields = (one.wish, one.announcement_id, one.child_id, one.created.label("moment"))
    given = sa.select(*PLACE, *fields).join(Announcement, one.announcement_id == Announcement.id)
    given = given.join(Audience, Announcement.audience_id == Audience.id).join(Group, Audience.group_id == Group.id)
    return given.where(one.person_id == who).order_by(one.id)


def _requests(who: int) -> Wanted:
    one = JoinRequest
    fields = (one.child_id, one.created.label("moment"), one.answer, one.answered_at)
    return sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _answered_at_doors(who: int) -> Wanted:
    one = DoorAnswer
    fields = (DoorQuestion.text.label("asked"), one.picture, one.language, one.created.label("moment"))
    given = sa.select(one.text.label("words"), *PLACE, *fields, Voice.key.label("voice"))
    given = given.join(DoorQuestion, one.question_id == DoorQuestion.id).join(Group, DoorQuestion.group_id == Group.id)
    return given.outerjoin(Voice, one.voice_id == Voice.id).where(one.person_id == who).order_by(one.id)


def _invitations(who: int) -> Wanted:
    one = Invitation
    fields = (one.spoken, one.created.label("moment"), one.expires, one.most_uses, one.uses, one.revoked_at)
    return (
        sa.select(*PLACE, *fields).join(Group, one.group_id == Group.id).where(one.inviter_id == who).order_by(one.id)
    )


def _held_back(who: int) -> Wanted:
    one = Held
    fields = (one.kind, one.why, one.created.label("moment"), one.answer, one.answered_at, one.reason)
    held = sa.select(one.text.label("words"), *PLACE, *fields, one.words.label("answered"), one.heard_at)
    return held.join(Group, one.group_id == Group.id).where(one.person_id == who).order_by(one.id)


def _mergers(who: int) -> Wanted:
    one, place = Merger, sa.func.coalesce(Merger.guest_id, Merger.host_id)
    fields = (one.side, one.created.label("moment"), one.answered_at, one.agreed_at, one.closed_at, one.undone_at)
    mine = sa.or_(one.asked_by == who, one.answered_by == who)
    return sa.select(*PLACE, *fields).join(Group, place == Group.id).where(mine).order_by(one.id)


def _suggestions(who: int) -> Wanted:
    one = Suggestion
    fields = (one.words, one.before, one.english, one.language, one.created.label("moment"), one.answer)
    hers = sa.select(*fields).join(SuggestionVoice, SuggestionVoice.suggestion_id == one.id)
    return hers.where(SuggestionVoice.person_id == who).order_by(one.id)


def _recordings(who: int) -> Wanted:
    one = Recording
    fields = (one.message, one.language, one.clip, one.created.label("moment"), one.answer, one.answered_at)
    return sa.select(*fields).where(one.person_id == who).order_by(one.id)


def _deliveries(who: int) -> Wanted:
    one = Delivery
    fields = (one.announcement_id, one.state, one.language, one.created.label("moment"), one.accepted_at)
    return sa.select(*fields, one.shown_at, one.opened_at).where(one.person_id == who).order_by(one.id)


def _deeds(who: int) -> Wanted:
    one = AuditEntry
    done = sa.select(one.action, *PLACE, one.created.label("moment")).outerjoin(Group, one.group_id == Group.id)
    return done.where(one.actor_id == who).order_by(one.id)


def _photos(who: int) -> Wanted:
    one = Photo
    return sa.select(one.key.label("photo"), one.sizes, one.width, one.height, one.created.label("moment")).where(
        one.owner_id == who
    )


def _voices(who: int) -> Wanted:
    one = Voice
    return sa.select(one.key.label("voice"), one.sizes, one.milliseconds, one.created.label("moment")).where(
        one.owner_id == who
    )


PARTS = (
    Part("me", _l("Me"), ("person",), _person, "name"),
    Part("children", _l("My children"), ("child",), _children, "nickname"),
    Part("groups", _l("My groups"), ("membership",), _groups),
    Part("announcements", _l("What I have announced"), ("announcement", "translation"), _said, "words"),
    Part("held", _l("Waits for a look"), ("held",), _held_back, "words"),
    Part("corrections", _l("Corrected"), ("correction",), _corrected, "words"),
    Part("open_news", _l("Who reads a forward"), ("open_news",), _open_news),
    Part("translations", _l("I help with languages"), ("translation",), _translated, "words"),
    Part("asked_words", _l("I help with languages"), ("translation_request",), _asked_words, "words"),
    Part("helping", _l("I help with languages"), ("helper",), _helps, "words"),
    Part("understood", _l("“I understood”"), ("acknowledgement",), _understood),
    Part("requests", _l("Ask to come in"), ("join_request",), _requests),
    Part("door_answers", _l("What is asked at the door"), ("door_answer",), _answered_at_doors, "words"),
    Part("closed_doors", _l("Where I may not come in"), ("ban",), _bans),
    *choices.PARTS,
    *talked.PARTS,
    Part("invitations", _l("Invitation"), ("invitation",), _invitations),
    Part("mergers", _l("Courtyards come together"), ("merger",), _mergers),
    Part("deeds", _l("Look after"), ("audit_entry",), _deeds, "action"),
    Part("suggestions", _l("Better words"), ("suggestion_voice",), _suggestions, "words"),
    Part("recordings", _l("Your voice"), ("recording",), _recordings, "message"),
    *doors.PARTS,
    Part("deliveries", _l("What my phones tell"), ("delivery",), _deliveries),
    Part("photos", _l("Photos"), ("photo",), _photos, "photo"),
    Part("voices", _l("Voices"), ("voice",), _voices, "voice"),
    *cared.PARTS,
    *duties.PARTS,
    *asked.PARTS,
    *told.PARTS,
)  # fmt: skip
