"""A community with one person for each role and one of everything that an address can name, kept and put back.

`Village.things` holds what addresses and forms name; `Village.as_if_missing` holds the same names with values that
belong to nothing. `Village.dirty` says whether anything was written since the last `restore`.
"""

import copy
import functools
import io
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from community import assets
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.announcements.unlisted import Unlisted
from community.announcements.urgency import Urgency
from community.bringing.bearers import Bearer, code_of
from community.bringing.models import BroughtSheet, SheetPart
from community.care.queue import queue, report
from community.categories.mine import left_with as _left_category
from community.database import Base, db, now, opaque_id, writing
from community.delegation.ending import RoleEnd
from community.delegation.levels import LevelTemplate, TemplateGroup
from community.delegation.models import Appointment
from community.delegation.taking import take_on
from community.duty.models import Duty
from community.errands.models import Deed, begin
from community.faq.models import Entry, Permit
from community.genuine.code import code_of as forward_code
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.members import _tickets
from community.groups.membership import admit
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.groups.views import _ticket
from community.holding.models import Held
from community.invitations.doorway import DoorAnswer, DoorQuestion
from community.invitations.models import Invitation
from community.invitations.requests import JoinRequest
from community.languages import LANGUAGES
from community.links.drawing import mark_of
from community.media.models import Photo, Voice
from community.media.picture import prepare
from community.media.sound import Spoken
from community.mergers.models import Merger
from community.notifications.models import Delivery
from community.outbox.models import Outbox
from community.oversight.counting import count
from community.oversight.models import CounterChange
from community.people.blocks import Block
from community.people.models import Child, Person, Phone, Session, fingerprint
from community.people.sign_in import Recovery, SignInCode
from community.phones.models import Pin
from community.questions import routing
from community.questions.models import Question
from community.recovery.models import Passkey
from community.rumours import flagging
from community.sealed.models import PhoneKey, SealedKey, SealedMessage, SealedThread
from community.speech.cupboard import PAGES
from community.speech.hearing import cupboard
from community.speech.models import Recording
from community.subscriptions.models import Listener, Subscription
from community.talk.models import Message, TalkMark
from community.translating.helper import Helper
from community.translating.models import TranslationRequest
from community.urgent.asking import ask as help_asked
from community.urgent.models import Aid, GroupPlace
from community.wording.models import Suggestion
from community.wording.words import words_of
from tests.house.ground import SECRET, Ground, PostgresGround, _rows, hurry
from tests.house.powers import powers_of, roles_given
from tests.promises import keep_all

DIGITS = "274915"  # the owner's, on her first phone
ROLES = (
    "anonymous",
    "stranger",  # signed in, a member of nothing
    "elsewhere",  # a member of another community
    "member",
    "responder",
    "moderator",
    "admin",
    "above",  # admin of the root
    "sister",  # admin of a group beside
    "banned",  # from the group, while she is still in the one beside
    "owner",  # a plain member of the group, whose things these are
)
IN_GROUP = {
    "member": "member",
    "responder": "responder",
    "moderator": "moderator",
    "admin": "admin",
    "owner": "member",
}
WORDS = "PLANTEDWORDS सोमवार"  # what is announced; no log may repeat it
WAITING = "PLANTEDWAITING मंगल"
IN_NEED = "PLANTEDNEED बुध"
NUMBER = "9876543210"
EXPOSING = f"PLANTEDNUMBER {NUMBER}"
NICKNAME = "PLANTEDNICK"
OPERATOR = "PLANTEDKEYOFTHEOPERATOR-1"
# What an address calls a thing, where that is not the name without `_id`.
NAMES = {"key": "photo", "kind": "rendition", "name": "asset", "what": "a_announcement", "number": "announcement"}
BY_RULE = {"/enter/<code>": "enter", "/m/<code>": "merger_code", "/office/<code>": "card"}
BY_RULE |= {"/f/<code>": "forward", "/f/<code>/card.png": "forward"}
WRITES = ("INSERT", "UPDATE", "DELETE")

FRESH = 240  # seconds; some things can be taken back for ten minutes


class Village:
    """One app, its people with their cookies, and a copy of the database to go back to."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.folder, self.ground = folder, copy.copy(ground)
        url = ground.prepare(folder, with_school=False)
        config = {"INSTANCE": str(folder), "DATABASE_URL": url, "METRICS_TOKEN": OPERATOR}
        self.app: Flask = hurry(create_app(config, TESTING=True))
        self.cookies: dict[str, str] = {}
        self.people: dict[str, int] = {}
        self.things: dict[str, str] = {}
        self.tokens: list[str] = []
        self.renewed = time.monotonic()
        with self.app.app_context(), writing():
            _Builder(self).build()
            db.session.commit()
            self._count()
        self._keep()
        self._watch()

    def _count(self) -> None:
        """So that who oversees sees something."""
        while db.session.scalar(sa.select(CounterChange.id).limit(1)):
            count()
            db.session.commit()

    def _keep(self) -> None:
        with self.app.app_context():
            if isinstance(self.ground, PostgresGround):
                self.ground.rows = {table: _rows(table) for table in Base.metadata.sorted_tables}
            db.session.remove()
            db.engine.dispose()
        if not isinstance(self.ground, PostgresGround):
            self.ground.folder = self.folder / "kept"
            self.ground.folder.mkdir()
            shutil.copy(self.folder / "test.db", self.ground.folder / "school.db")
            shutil.copy(self.folder / SECRET, self.ground.folder / SECRET)
        media = Path(self.app.config["MEDIA"])
        self.files = {path: path.read_bytes() for path in media.rglob("*") if path.is_file()}

    def _watch(self) -> None:
        self.dirty, self.powers = False, set[str]()
        with self.app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", self._saw)
        sa.event.listen(engine, "commit", self._committed)
        sa.event.listen(engine, "rollback", self._rolled_back)
        sa.event.listen(db.session, "before_flush", roles_given)

    def _saw(
        self, connection: sa.Connection, _cursor: Any, statement: str, given: Any, _context: Any, many: bool
    ) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            connection.info["wrote"] = True
            connection.info.setdefault("powers", []).extend(powers_of(statement, len(given) if many else 1))

    def _rolled_back(self, connection: sa.Connection) -> None:
        connection.info.pop("wrote", None)
        connection.info.pop("powers", None)

    def _committed(self, connection: sa.Connection) -> None:
        self.dirty = bool(connection.info.pop("wrote", None)) or self.dirty
        self.powers |= set(connection.info.pop("powers", ()))

    def restore(self) -> None:
        """Everything as it was built."""
        self.close()
        self.ground.prepare(self.folder, with_school=True)
        for path, content in self.files.items():
            if not path.exists():  # an erased person's photo is off the disk
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        self._renew()

    def _renew(self) -> None:
        """What can be taken back for some minutes was done just now, however old the village is."""
        with self.app.app_context(), writing():
            for done in (
                Message.removed_at, JoinRequest.answered_at, Held.answered_at, Office.ended_at, Duty.ended_at,
                Session.proved_at,
            ):  # fmt: skip
                db.session.execute(sa.update(done.class_).where(done.is_not(None)).values({done.key: now()}))
            db.session.commit()
        self.renewed, self.dirty, self.powers = time.monotonic(), False, set()

    def tidy(self) -> None:
        """The same, where something was written, or where what is new has grown old."""
        if self.dirty or time.monotonic() - self.renewed > FRESH:
            self.restore()

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def browser(self, role: str, **more: str) -> FlaskClient:
        """A new browser of this person's, on the session that she has had from the beginning; or with other cookies."""
        client = Reader(self.app, self.app.response_class, use_cookies=not more)
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        if more:
            client.environ_base["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in more.items())
        elif role in self.cookies:
            client.set_cookie("aangan", self.cookies[role])
        elif role == "operator":  # nobody of the courtyard
            client.post("/operator", data={"key": OPERATOR})
        return client

    def release_all(self) -> None:
        """As if the undo were over: whatever waits is due now."""
        with self.app.app_context():
            with writing():
                db.session.execute(sa.update(Outbox).values(run_at=Outbox.created))
                db.session.commit()
            keep_all()

    def signed(self, **content: Any) -> str:
        """A session cookie with this content, under the app's own key."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(serializer.dumps(content))

    def known(self) -> dict[str, str]:
        """What is there, by name. Made now: the way back into a group, good for minutes, and a recording nobody began."""
        with self.app.app_context():
            held = admit(self._group("sister_group"), db.session.get_one(Person, self.people["owner"]))
            left = _ticket(held)
            left_category = _left_category(self.people["owner"], held)
            db.session.rollback()
            removed = _tickets().dumps({
                "group": int(self.things["group"]), "person": self.people["owner"],
                "were": [(None, "member", None, "everything", 0)], "by": self.people["admin"],
            })  # fmt: skip
        made = {"left": left, "left_category": left_category, "removed": str(removed)}
        return {**self.things, **made, "recording_key": secrets.token_hex(8)}

    def _group(self, name: str) -> Group:
        return db.session.get_one(Group, int(self.things[name]))

    @functools.cached_property
    def as_if_missing(self) -> dict[str, str]:
        """The same names, with values of the same shape that nothing has."""
        return {name: _nothing(name, value) for name, value in self.known().items()}


class Reader(FlaskClient):
    """A browser that takes each answer to its end: a half-read one would keep its request open beside the next."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **kwargs})


def planted(village: Village) -> set[str]:
    """What no log may repeat: tokens, codes, and what people said or called their children.

    A long cookie is packed, which a dot at its beginning says.
    """
    codes = {village.things[name] for name in ("code", "enter", "spoken", "appointing", "card", "merger_code")}
    return {
        "PLANTED",
        *codes,
        *village.tokens,
        *(value.strip(".").partition(".")[0] for value in village.cookies.values()),
    }


def _nothing(name: str, value: str) -> str:
    if name in ("width", "rendition"):
        return value
    if name in ("category", "other_category"):
        return "999999"
    if value.isdecimal():
        return str(10**8 - 1 if name == "spoken" else opaque_id() if int(value) >> 40 else 987654)
    return "".join("x" if letter.isalnum() else letter for letter in value)


def path_of(
    rule: Rule, things: Mapping[str, str], names: Mapping[str, str] | None = None, put: Mapping[str, str] | None = None
) -> str:
    """The address of this rule with these things in it.

    `names` says which thing an argument means, where that is not the usual one; `put` has quoted values.
    """
    values = {}
    for argument in rule.arguments:
        usual = NAMES.get(argument, argument.removesuffix("_id"))
        thing = BY_RULE.get(rule.rule) or (names or {}).get(argument, usual)
        values[argument] = (put or {}).get(argument) or quote(things[thing], safe="")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule.rule)


class _Builder:
    """Builds the village in the caller's transaction."""

    def __init__(self, village: Village) -> None:
        self.village, self.things = village, village.things

    def build(self) -> None:
        self._tree()
        self._people()
        self._ways_in()
        self._said()
        self._talked()
        self._suggested()
        self._brought()
        self._failed()
        self._merging()
        self.things |= {"sentence": "thanks", "in_a_week": (now() + timedelta(days=7)).date().isoformat()}
        self.things |= {"leads": "https://bit.ly/x", "leads_mark": mark_of("https://bit.ly/x")}
        self._spoken()
        self._begun()
        self._delegated()
        self._questioned()
        self._coming_back()
        self._in_need()
        self._sealed()
        self.things["asset"] = assets.assets().url["css/aangan.css"].removeprefix("/s/")

    def _plant(self, name: str, parent: Group | None = None, **looks: Any) -> Group:
        given = {"name": f"Group {name}", "language": "en", "picture": "school", "colour": "haldi", "joining": "ask"}
        group = Group.plant(parent, **(given | looks))
        self.things[name] = str(group.id)
        return group

    def _tree(self) -> None:
        self.root = self._plant("root")
        self.group = self._plant("group", self.root)
        self.sister = self._plant("sister_group", self.root, joining="link")
        self._plant("delicate", self.group, sensitive=True)
        self.withheld = self._plant("withheld", self.group, sensitive=True)
        self.closed = self._plant("closed", self.group, joining="invite", level="District")
        self.open = self._plant("open", self.root, joining="link", posting="everyone")
        self.other = self._plant("other_root")
        category = Category(community_id=self.root.id, name="Farmers", language="en", picture="wheat", colour="neem")
        db.session.add(category)
        db.session.flush()
        self.group.carry(category)
        theirs = Category(community_id=self.other.id, name="Weavers", language="en", picture="cow", colour="mor")
        db.session.add(theirs)
        db.session.flush()
        once = Category(community_id=self.root.id, name="Potters", language="en", picture="cow", colour="mor")
        once.retired_at = now()
        db.session.add(once)
        db.session.flush()
        self.things |= {"category": str(category.id), "other_category": str(theirs.id), "retired": str(once.id)}
        self.things |= {"shape": "school", "operator": OPERATOR}

    def _people(self) -> None:
        self.cast = {role: self._person(role) for role in (*ROLES[1:], "asker")}
        for role, held in IN_GROUP.items():
            membership = admit(self.group, self.cast[role], role=held)
            self.things["membership" if role == "owner" else f"{role}_membership"] = str(membership.id)
        self.things["above_membership"] = str(admit(self.root, self.cast["above"], role="admin").id)
        resting = self._plant("resting", self.root)
        resting.archive(self.cast["above"])
        admit(self.sister, self.cast["sister"], role="admin")
        admit(self.sister, self.cast["banned"])
        admit(self.other, self.cast["elsewhere"])
        self.cast["elsewhere_admin"] = self._person("admin elsewhere")
        admit(self.other, self.cast["elsewhere_admin"], role="admin")
        Ban.put(self.group, self.cast["banned"], self.cast["admin"])
        Unlisted.begin(self.withheld, "a shelter", self.cast["admin"])
        self.things["ban"] = str(db.session.scalars(sa.select(Ban.id)).one())
        self._children(self.cast["owner"])
        self.things["session"] = str(self._phone(self.cast["owner"])[0].id)
        hers = db.session.scalar(sa.select(sa.func.min(Session.phone_id)).filter_by(person_id=self.cast["owner"].id))
        self.things["pin"] = str(Pin.keep(hers or 0, self.cast["owner"], DIGITS, "bee", "neem").id)

    def _person(self, name: str) -> Person:
        language = "hi" if name in ("member", "owner") else "en"  # Hindi has digits of its own to choose
        person = Person(name=name.title(), picture="parrot", colour="mor", language=language)
        db.session.add(person)
        db.session.flush()
        own, token = self._phone(person)
        self.village.people[name] = person.id
        self.village.cookies[name] = self.village.signed(
            _user_id=f"{own.id}:{token}", _fresh=True, _permanent=True, phone=own.phone_id
        )
        return person

    def _phone(self, person: Person) -> tuple[Session, str]:
        phone = Phone(label="Android · Chrome")
        db.session.add(phone)
        own, token = Session.open(person, phone)
        own.proved_at = now()  # who may do a thing is one question, whether it is she another: test_proof
        self.village.tokens.append(token)
        return own, token

    def _children(self, owner: Person) -> None:
        kept, gone = (Child(parent=owner, picture=one, colour="geru", nickname=NICKNAME) for one in ("fish", "duck"))
        db.session.add_all([kept, gone])
        db.session.flush()
        gone.go()
        admit(self.open, owner, kept)
        self.things |= {"child": str(kept.id), "gone": str(gone.id)}
        waiting = JoinRequest.ask(self.group, owner, kept)
        answered = JoinRequest.ask(self.group, self.cast["asker"])
        answered.decline(self.cast["admin"])
        db.session.refresh(answered)
        self.things |= {"request": str(waiting.id), "answered": str(answered.id)}
        self._at_a_door(owner)

    def _at_a_door(self, owner: Person) -> None:
        """A group inside asks who would like to come in, and the owner has answered."""
        asking = self._plant("asking", self.group)
        question = DoorQuestion.put(asking, self.cast["admin"], "village-door", "PLANTEDQUESTION", ())
        wish = JoinRequest.ask(asking, owner)
        wish.has_answers = True
        db.session.flush()
        answer = DoorAnswer(community_id=self.root.id, request_id=wish.id, question=question, person_id=owner.id)
        answer.language, answer.text = "hi", "PLANTEDANSWER"
        db.session.add(answer)
        self.things |= {"door_question": str(question.id), "door_wish": str(wish.id)}

    def _ways_in(self) -> None:
        inviter, day = self.cast["admin"], timedelta(days=1)
        link, spoken = (Invitation.make(self.group, inviter, spoken=said) for said in (False, True))
        db.session.flush()
        self.things |= {"code": link.code, "invitation": str(link.id), "spoken": spoken.code}
        self.things["enter"] = SignInCode.issue(self.cast["owner"], issuer=None, lasts=day, uses=50)

    def _said(self) -> None:
        owner, audience = self.cast["owner"], Audience.of(self.group)
        stream = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(stream, "PNG")
        stream.seek(0)
        photo = Photo.keep(prepare(stream), owner_id=owner.id, community_id=self.root.id)
        voice = Voice.keep(Spoken({"voice.ogg": b"OggS"}, 1000), owner_id=owner.id, community_id=self.root.id)
        brought = {"photo": photo, "voice": voice}
        said = Announcement.publish(
            audience, owner, key="village-said", text=WORDS, language="hi", role="member", **brought
        )
        release(said.id)
        waiting = Announcement.publish(audience, owner, key="village-waiting", text=WAITING, language="hi")
        waiting.release_at += timedelta(days=2)
        self.things |= {"held": self._held("village-held"), "refused": self._held("village-refused", refused=True)}
        self.things["forward"] = forward_code(said.id)
        self.things |= {"announcement": str(said.id), "waiting": str(waiting.id), "photo": photo.key}
        self.things |= {"voice": voice.key, "voice_file": "voice.ogg"}
        flood = Announcement.publish(audience, self.cast["admin"], key="village-urgent", text="Flood", language="en")
        self.things["urgency"] = str(Urgency.ask(flood, "weather").id)
        self.things["delivery"] = self._push(said, "owner", "sent")
        self._push(said, "member", "failed")
        self._asked(said)
        self._cared_for(said)
        self.things |= {"width": "480", "rendition": "webp", "seq": str(said.seq)}

    def _cared_for(self, said: Announcement) -> None:
        """Something is reported, something was decided about the owner, and she does not hear the responder."""
        owner, admin = self.cast["owner"], self.cast["admin"]
        case = queue("announcement", said.id, self.group, reason="hurts", accused=owner, words=WORDS, language="hi")
        made = report(case, self.cast["member"], "hurts")
        warned = Measure.take("warning", self.group, owner, admin, reason="much")
        Block.put(owner, self.cast["responder"])
        beside = queue("group", self.root.id, self.root, reason="untrue")
        db.session.flush()
        self.things |= {"case": str(case.id), "operators_case": str(beside.id), "report": str(made.id)}
        self.things |= {"measure": str(warned.id), "block": str(Block.of(owner)[0].id)}
        self.things |= {f"a_{what}": what for what in ("announcement", "photo", "translation", "person", "group")}

    def _held(self, key: str, *, refused: bool = False) -> str:
        """Words of the owner's with a number in them, that wait for a look."""
        owner, audience = self.cast["owner"], Audience.of(self.group)
        said = Announcement.publish(audience, owner, key=key, text=f"{EXPOSING} {key}", language="hi", role="member")
        kept = {"group": self.group, "person": owner, "text": said.original.text, "why": ["contact"]}
        held = Held.hold("announcement", said.id, **kept)
        assert held
        said.held_id = held.id
        if refused:
            held.refuse(self.cast["admin"], "private")
        return str(held.id)

    def _talked(self) -> None:
        """The owner has said something, and removed something; a responder has reacted; so much is read."""
        self.group.talking = "everyone"
        owner, reader = self.cast["owner"], self.cast["responder"]
        said, gone = (
            Message.say(self.group, owner, key=f"village-{key}", text=f"{WORDS} {key}", why=[])
            for key in ("talk", "gone")
        )
        gone.remove(owner)
        said.react(reader, "heart", given=True)
        TalkMark.read(reader, self.group, 1)
        away = Message.say(self.sister, self.cast["sister"], key="village-away", text=WORDS, why=[])
        self.things |= {"message": str(said.id), "removed_message": str(gone.id), "other_message": str(away.id)}
        self.things["a_message"] = "message"

    def _suggested(self) -> None:
        """Better words, one that waits and one that was taken."""
        tongue = LANGUAGES["ta"]
        asked, taken, *_rest = (word for word in words_of(tongue).values() if "%" not in word.english[0])
        waiting = Suggestion.make(self.root.id, tongue, asked, f"{asked.said} நல்ல", self.cast["owner"])
        answered = Suggestion.make(self.root.id, tongue, taken, f"{taken.said} நல்ல", self.cast["owner"])
        answered.settle("taken", self.cast["above"])
        self.things |= {"tongue": tongue.code, "word": asked.key}
        self.things |= {"suggestion": str(waiting.id), "taken": str(answered.id)}

    def _coming_back(self) -> None:
        """The owner came back by an admin's code on a phone that is without her roles; a passkey of hers has ended."""
        owner = self.cast["owner"]
        found = Recovery.begin(owner, self.cast["above"])
        own, token = Session.open(owner, Phone(label="another"))
        own.recovery_id, own.without_roles, found.used_at = found.id, True, now()
        self.village.tokens.append(token)
        ended = Passkey.keep(owner, "PLANTEDKEY", "PLANTEDKEY", 0, "a phone")
        ended.remove(shown=True)
        db.session.flush()
        self.things |= {"recovery": str(found.id), "passkey": str(ended.id)}

    def _brought(self) -> None:
        """A sheet that waits for a yes, one that was brought in, and an office bearer who came with her card."""
        checked, done = (self._sheet(state) for state in ("checked", "done"))
        done.done, done.ended_at = 1, now()
        free, came = (self._bearer(done, role) for role in ("admin", "responder"))
        came.take(self.cast["stranger"])
        self.things |= {"sheet": str(checked.id), "done_sheet": str(done.id)}
        self.things |= {"card": free.code, "bearer": str(came.id)}

    def _sheet(self, state: str) -> BroughtSheet:
        looks = {"community_id": self.root.id, "group": self.group, "person": self.cast["admin"], "state": state}
        counts = dict.fromkeys(("make", "change", "same", "out", "problems", "bearers"), 1)
        sheet = BroughtSheet(key=f"village-{state}", parts=1, counts=counts, **looks)
        db.session.add(sheet)
        db.session.flush()
        db.session.add(SheetPart(sheet_id=sheet.id, number=0, wanted=[]))
        return sheet

    def _bearer(self, sheet: BroughtSheet, role: str) -> Bearer:
        salt = fingerprint(role)[:32]
        card = Bearer(
            community_id=self.root.id, group=self.group, sheet_id=sheet.id, role=role, name="PLANTEDBEARER", salt=salt,
            code_digest=fingerprint(code_of(salt)), expires=now() + timedelta(days=2),
        )  # fmt: skip
        db.session.add(card)
        db.session.flush()
        return card

    def _asked(self, said: Announcement) -> None:
        """The owner is asked to say it in English; the member has sent her words."""
        owner, member, admin = (self.cast[role] for role in ("owner", "member", "admin"))
        asked, sent = (TranslationRequest.ask(said, "en", person, admin) for person in (owner, member))
        sent.say(WORDS)
        self.things |= {"translation": str(asked.id), "sent_translation": str(sent.id), "language": "en"}
        self.things |= {"no_language": "hindi", "speaker": str(self.cast["moderator"].id)}
        Helper.choose(self.cast["moderator"], "en", helps=True)
        self.things["step"] = "2"
        self.things["outsider"] = str(self.cast["elsewhere"].id)

    def _spoken(self) -> None:
        """Something that can be heard, and a prompt that the owner has said."""
        self.things["clip"] = cupboard().promise((("en", "PLANTEDVOICE"),), PAGES)
        said = Recording.keep(self.root, self.cast["owner"], "hi", "Join", self.things["clip"])
        db.session.flush()
        self.things["recording"] = str(said.id)

    def _merging(self) -> None:
        """Another community asks to come below the root; and the root's admin has said yes to a third one."""
        waiting = Merger.offer(self.other, "guest", self.cast["elsewhere_admin"])
        third = self._plant("third_root")
        admit(third, self.cast["elsewhere_admin"], role="admin")
        answered = Merger.offer(self.group, "host", self.cast["above"])
        answered.answer(third, self.cast["elsewhere_admin"])
        self.things |= {"merger_code": waiting.code, "merger": str(answered.id)}

    def _failed(self) -> None:
        """A promise of a kind that nobody keeps any more."""
        Outbox.promise("forgotten", "village-forgotten", now() + timedelta(days=2))
        db.session.execute(sa.update(Outbox).where(Outbox.key == "village-forgotten").values(attempts=3))

    def _in_need(self) -> None:
        """Two are trained for urgent help and may be woken; one has taken what the owner asked, and given something."""
        owner, responder = self.cast["owner"], self.cast["responder"]
        for trained in (responder, self.cast["moderator"]):
            trained.on_call = True
            given = {"group": self.group, "community_id": self.root.id, "person": trained, "urgent": True}
            db.session.add(Duty(**given, made_by=self.cast["admin"].id))
        db.session.flush()
        asked = help_asked(self.group, owner, key="village-in-need", trouble="food", text=IN_NEED)
        asked.take(responder)
        noted = Aid.note(asked, responder, key="village-aid", what="food", count=2)
        GroupPlace.say(self.group, "IN-KL", self.cast["admin"])
        self.things |= {
            "urgent_question": str(asked.id),
            "help": str(asked.id),
            "aid": str(noted.id),
            "place": "3",
        }

    def _begun(self) -> None:
        """Work under way that nobody knows how to do any more, and some that has ended."""
        waiting, ended = (
            begin("forgotten", self.group, self.cast["admin"], key, {}, [{"group": self.closed.id}]) for key in "ab"
        )
        ended.done, ended.ended_at = 1, now()
        db.session.execute(sa.update(Deed).where(Deed.errand_id == ended.id).values(outcome="done"))
        inviting = begin("bulk-invite", self.group, self.cast["admin"], "c", {}, [])
        self.things |= {"work": "archive", "moving": "move", "inviting": str(inviting.id)}
        self.things |= {"errand": str(waiting.id), "ended_errand": str(ended.id)}

    def _delegated(self) -> None:
        """Roles that are offered, one that was handed over, one that has ended; an office; what new districts get."""
        owner, admin, above = (self.cast[role] for role in ("owner", "admin", "above"))
        anyone = Appointment.offer(self.group, above, role="admin")
        named = Appointment.offer(self.group, above, role="moderator", person=owner)
        taken = Appointment.offer(self.group, admin, role="moderator", spoken=True)
        taken.wait_with(owner)
        handed = self._handed(owner, self.cast["member"])
        self.things |= {"appointment": str(anyone.id), "appointing": anyone.code, "appointing_owner": named.code}
        self.things |= {"taken_appointment": str(taken.id), "handed_over": str(handed.id)}
        ended = RoleEnd(group=self.group, community_id=self.root.id, person_id=owner.id, role="moderator")
        template = LevelTemplate(community_id=self.root.id, group=self.group, level="District", made_by=admin.id)
        looks = {"name": "Women", "language": "en", "picture": "mother", "colour": "mor"}
        template.groups.append(TemplateGroup(community_id=self.root.id, **looks))
        db.session.add_all([ended, template])
        office, gone = (self._office(role, admin) for role in ("responder", "member"))
        gone.end(admin)
        db.session.flush()
        self.things |= {"office": str(office.id), "ended_office": str(gone.id), "role_end": str(ended.id)}
        self.things |= {"template": str(template.id), "template_group": str(template.groups[0].id)}

    def _questioned(self) -> None:
        """The responder stands on the roster, and so did the moderator; the owner has asked three times: one waits, one
        was answered before the group, one has been taken."""
        responder, owner = self.cast["responder"], self.cast["owner"]
        stands = Duty.begin(self.group, responder, self.cast["admin"], urgent=True)
        ended = Duty.begin(self.group, self.cast["moderator"], self.cast["admin"])
        db.session.flush()
        ended.end(self.cast["admin"])
        waiting, answered, taken = (
            Question.ask(self.group, owner, key=f"village-question-{one}", text="PLANTEDQUESTION", shared=one == "b")
            for one in "abc"
        )
        for one in (waiting, answered, taken):
            routing.lay(one)
        db.session.flush()
        taken.take(self.cast["moderator"])
        given = answered.answer(responder, key="village-answer", text="PLANTEDANSWER")
        assert given
        self.things |= {"duty": str(stands.id), "ended_duty": str(ended.id), "question": str(waiting.id)}
        self.things |= {"answered_question": str(answered.id), "answer": str(given.id), "taken_question": str(taken.id)}
        self.things |= {"a_question": "question", "helping": str(responder.id)}
        self._found_out(answered)

    def _found_out(self, answered: Question) -> None:
        """Of the answered question an answer is kept, one that is offered and one that is not, and its asker was asked;
        the member has asked whether something is true, and the owner what was answered."""
        responder = self.cast["responder"]
        words = {"question": "PLANTEDWONDER", "answer": "PLANTEDKEPT", "language": "en", "question_id": answered.id}
        kept, ended = (Entry.keep(self.group, responder, key=f"village-kept-{one}", **words) for one in "ab")
        ended.end(responder)
        Permit.ask(answered)
        bring = partial(flagging.bring, self.group, photo=None, category_id=None)
        open_one = bring(self.cast["member"], key="village-rumour", text="PLANTEDRUMOUR is it true, what they all say?")
        told = bring(self.cast["owner"], key="village-told", text="PLANTEDTOLD is it true, what the others say?")
        told.answer("untrue", responder, None, "PLANTEDVERDICT", None)
        self.things |= {"entry": str(kept.id), "ended_entry": str(ended.id), "rumour": str(open_one.id)}
        self.things |= {"told_rumour": str(told.id)}

    def _handed(self, giver: Person, taker: Person) -> Appointment:
        group = self._plant("handed", self.root)
        admit(group, giver, role="admin")
        offer = Appointment.offer(group, giver, role="admin", hands_over=True, person=taker)
        take_on(offer, taker)
        db.session.flush()
        db.session.refresh(offer)
        return offer

    def _office(self, role: str, giver: Person) -> Office:
        """Answering questions in all that is for farmers."""
        given = Office(
            community_id=self.root.id, group=self.group, category_id=int(self.things["category"]),
            person=self.cast[role], role="responder", giver=giver,
        )  # fmt: skip
        db.session.add(given)
        db.session.flush()
        return given

    def _sealed(self) -> None:
        """The owner and the responder talk alone, a phone each; each has said a word."""
        owner, responder = self.cast["owner"], self.cast["responder"]
        asked = Question(
            community_id=self.root.id, group=self.group, desk=self.group, person=owner, key="sealed-question",
            language="hi", taker=responder, taken_at=now(),
        )  # fmt: skip
        db.session.add(asked)
        db.session.flush()
        thread = SealedThread.begin(asked)
        keys = []
        for person, public in ((owner, "O" * 87), (responder, "R" * 87)):
            phone = db.session.scalar(sa.select(sa.func.min(Session.phone_id)).filter_by(person_id=person.id))
            keys.append(
                PhoneKey(
                    community_id=self.root.id, thread_id=thread.id, person_id=person.id, phone_id=phone, public=public
                )
            )
        db.session.add_all(keys)
        db.session.flush()
        for number, one in enumerate(keys, 1):
            word = SealedMessage(
                community_id=self.root.id, thread_id=thread.id, number=number, person_id=one.person_id,
                phone_key_id=one.id, key="sealed-word", ephemeral="E" * 87, iv="I" * 16, ciphertext="C" * 40,
                wrapped=[SealedKey(phone_key_id=reader.id, wrapped="W" * 64) for reader in keys],
            )  # fmt: skip
            db.session.add(word)
        db.session.flush()
        self.things["sealed_question"] = str(asked.id)

    def _push(self, said: Announcement, role: str, state: str) -> str:
        """This person's phone is pushed to, and a copy of the announcement was on its way; the copy's token."""
        person = self.cast[role]
        own = db.session.scalars(sa.select(Session).where(Session.person_id == person.id)).first()
        assert own
        kept = Subscription(
            phone_id=own.phone_id, endpoint=f"https://push.example/PLANTED/{role}", endpoint_digest=fingerprint(role),
            p256dh="PLANTEDKEY", auth="PLANTEDAUTH", key_id="planted",
        )  # fmt: skip
        db.session.add(kept)
        db.session.flush()
        Listener.add(kept, person)
        accepted = now() if state == "sent" else None
        delivery = Delivery(
            announcement_id=said.id, subscription_id=kept.id, person_id=person.id, state=state, accepted_at=accepted
        )
        db.session.add(delivery)
        db.session.flush()
        return delivery.token
