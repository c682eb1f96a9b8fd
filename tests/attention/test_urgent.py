"""Urgent: a second one says so, too, and all can read why and who. Alone only where there is nobody else, and seldom."""

import io
import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from community.announcements.models import Announcement
from community.announcements.urgency import REASONS, Urgency
from community.audit.models import AuditEntry
from community.database import db
from community.groups.membership import Membership
from community.notifications import ring
from community.notifications.payload import template
from community.outbox.batch import run_batch
from community.outbox.models import Outbox
from community.people.models import Person
from tests.attention.hands import MORNING, deliver, join, plant
from tests.conftest import Stage
from tests.media.speech import speech, wav
from tests.notifications.post_office import Postman, committed, listen, person, states

pytestmark = pytest.mark.sampled

TAG = re.compile("<[^>]*>")
NIGHT = timedelta(hours=14)  # after MORNING: half past midnight in Kolkata


@pytest.fixture(autouse=True)
def clock(inside: None) -> time_machine.Traveller:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> Postman:
    made = Postman()
    monkeypatch.setattr(ring, "sender", lambda: made)
    return made


class Place:
    """A root with two who look after it, a group with one; a reader who sleeps at night."""

    def __init__(self, stage: Stage) -> None:
        english = {"language": "en"}
        self.first, self.second = person("first", **english), person("second", quiet_from=21, quiet_until=7, **english)
        self.reader = person("reader", quiet_from=21, quiet_until=7, **english)
        self.root = plant()
        self.group = plant(self.root)
        join(self.root, self.first, self.second, role="admin")
        join(self.group, self.reader)
        self.stage = stage

    def browser(self, who: int) -> FlaskClient:
        return self.stage.signed_in(who)

    def say(self, who: int, **more: str) -> FlaskClient:
        browser = self.browser(who)
        form = {"text": "The river rises", "urgent": "1", "reason": "weather", "key": f"a-key-of-{who}-{len(more)}"}
        self.answer = browser.post(f"/groups/{self.group}/announcements", data=form | more)
        return browser

    def only(self) -> Announcement:
        db.session.expire_all()
        return db.session.scalars(sa.select(Announcement).where(Announcement.community_id == self.root)).one()


@pytest.fixture
def place(stage: Stage) -> Place:
    return Place(stage)


def release(place: Place, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(seconds=11))
    with committed():
        row = db.session.scalars(sa.select(Outbox).where(Outbox.key == f"release:{place.only().id}")).one()
        row.worker, row.attempts = "w", 1
    run_batch(row, "w")


def call(worker: str = "w") -> None:
    with committed():
        rows = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-urgent", Outbox.done_at.is_(None))).all()
        for row in rows:
            row.worker, row.attempts = worker, 1
    for row in rows:
        run_batch(row, worker)


def actions() -> list[str]:
    urgent = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("urgency"))
    return list(db.session.scalars(urgent.order_by(AuditEntry.id)))


def test_a_second_one_says_so_and_sleeping_phones_ring(
    place: Place, postman: Postman, rings: Postman, clock: time_machine.Traveller
) -> None:
    clock.shift(NIGHT)
    phone = listen(place.reader)
    place.say(place.first)
    release(place, clock)
    deliver()
    said = place.only()
    assert said.kind == "news" and said.seq, "the board does not wait"
    assert states(said.id) == {phone: "quiet"}
    second = place.browser(place.second)
    assert "Is this urgent?" in second.get("/").text
    number = db.session.scalars(sa.select(Urgency.id)).one()
    page = second.get(f"/urgencies/{number}").text
    assert "The river rises" in page and "Storm or flood" in page
    for _twice in range(2):
        assert second.post(f"/urgencies/{number}/confirmation").status_code == 303
    deliver()
    assert states(said.id) == {phone: "sent"}
    assert [letter.urgency for letter in postman.letters] == ["high"]
    assert actions() == ["urgency asked", "urgency confirmed"]
    reader = place.browser(place.reader)
    assert "Storm or flood" in reader.get("/").text
    shown = reader.get(f"/announcements/{said.id}").text
    assert "first and second called it urgent" in TAG.sub("", shown)
    assert "Is this urgent?" not in second.get("/").text


def test_who_asked_can_not_be_the_second_one(place: Place) -> None:
    first = place.say(place.first)
    number = db.session.scalars(sa.select(Urgency.id)).one()
    for way in ("confirmation", "refusal"):
        assert first.post(f"/urgencies/{number}/{way}").status_code == 404
    assert place.only().kind == "news"


def test_it_runs_out_and_a_no_is_a_no(place: Place, clock: time_machine.Traveller) -> None:
    place.say(place.first)
    second, number = place.browser(place.second), db.session.scalars(sa.select(Urgency.id)).one()
    clock.shift(timedelta(hours=2, seconds=11))
    assert second.post(f"/urgencies/{number}/confirmation").status_code == 409
    place.say(place.first, pin="")
    late = db.session.scalars(sa.select(Urgency.id).where(Urgency.id != number)).one()
    assert second.post(f"/urgencies/{late}/refusal").status_code == 303
    assert second.post(f"/urgencies/{late}/confirmation").status_code == 409
    kinds = db.session.scalars(sa.select(Announcement.kind).where(Announcement.community_id == place.root))
    assert set(kinds) == {"news"}


@pytest.mark.parametrize("who", ["first", "second"])
def test_whoever_lost_the_role_meanwhile_does_not_count(place: Place, who: str) -> None:
    place.say(place.first)
    number = db.session.scalars(sa.select(Urgency.id)).one()
    second = place.browser(place.second)
    with committed():
        held = Membership.together(place.root, getattr(place, who))
        held[0].role = "member"
    assert second.post(f"/urgencies/{number}/confirmation").status_code == 404
    assert place.only().kind == "news"


def test_alone_once_in_seven_days_and_all_can_see_it(place: Place, clock: time_machine.Traveller) -> None:
    with committed():
        Membership.together(place.root, place.second)[0].role = "member"
    place.say(place.first)
    assert place.answer.status_code == 303
    said = place.only()
    assert (said.kind, said.urgent_alone) == ("urgent", True)
    release(place, clock)
    reader = place.browser(place.reader)
    assert "One person alone called it urgent" in reader.get("/").text
    assert "One person alone called it urgent" in reader.get(f"/groups/{place.group}/attention").text
    place.say(place.first, text="Once more")
    assert place.answer.status_code == 422 and "Once more" in place.answer.text
    place.say(place.first)
    assert place.answer.status_code == 303, "the same form again is the first one"
    clock.shift(timedelta(days=7, minutes=1))
    place.say(place.first, text="After a week", pin="")
    assert place.answer.status_code == 303


def test_a_reason_is_needed_and_may_be_in_own_words(place: Place) -> None:
    place.say(place.first, reason="")
    assert place.answer.status_code == 422 and "The river rises" in place.answer.text
    place.say(place.first, reason="nonsense", reason_words="<b>Wolves</b> at the gate")
    assert place.answer.status_code == 303
    assert place.only().urgent_reason == "<b>Wolves</b> at the gate"
    page = place.browser(place.second).get(f"/urgencies/{db.session.scalars(sa.select(Urgency.id)).one()}").text
    assert "&lt;b>Wolves" in page or "&lt;b&gt;Wolves" in page


def test_only_who_looks_after_it_calls_anything_urgent(place: Place) -> None:
    with committed():
        held = Membership.together(place.group, place.reader)[0]
        held.group.posting = "everyone"
    place.say(place.reader)
    assert place.answer.status_code == 404
    assert db.session.scalar(sa.select(Urgency.id)) is None


@pytest.mark.parametrize("on_call", [True, False])
def test_a_duty_rings_by_night_only_for_who_has_said_so(
    place: Place, rings: Postman, clock: time_machine.Traveller, on_call: bool
) -> None:
    phone = listen(place.second)
    if on_call:
        assert place.browser(place.second).post("/me/attention", data={"on_call": "yes"}).status_code == 303
    clock.shift(NIGHT)
    place.say(place.first)
    call()
    assert rings.phones == ([phone] if on_call else [])
    assert db.session.get_one(Person, place.second).on_call is on_call


def test_every_reason_has_a_word_and_a_picture() -> None:
    assert all(reason.symbol and str(reason.word) for reason in REASONS.values())


def spoken(sound: bytes | None = None, **more: str) -> dict[str, object]:
    """A form whose reason is said and not written."""
    said = {"key": "a-key-of-a-spoken-reason", "reason": "", "urgent": "1", "text": "The river rises", **more}
    return {**said, "reason_voice": (io.BytesIO(sound), "voice.wav")} if sound else {**said}


def test_a_reason_may_be_spoken_and_who_hears_the_news_hears_it(place: Place, clock: time_machine.Traveller) -> None:
    browser = place.browser(place.first)
    assert browser.post(f"/groups/{place.group}/announcements", data=spoken(wav(speech(1)))).status_code == 303
    said = place.only()
    asked = Urgency.of(said)
    assert asked
    assert asked.voice
    assert said.urgent_reason == ""
    voice = f"/voices/{asked.voice.key}/voice.ogg"
    assert voice in place.browser(place.second).get(f"/urgencies/{asked.id}").text
    place.browser(place.second).post(f"/urgencies/{asked.id}/confirmation")
    release(place, clock)
    reader = place.browser(place.reader)
    assert voice in reader.get(f"/announcements/{said.id}").text
    assert reader.get(voice).status_code == 200
    assert place.browser(person("somebody elsewhere")).get(voice).status_code == 404
    with committed():
        noted = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "urgency asked")).one()
    assert noted.details["reason"] == "spoken"


def test_without_words_a_picture_or_a_voice_it_comes_back_and_a_voice_that_came_is_kept(place: Place) -> None:
    browser, where = place.browser(place.first), f"/groups/{place.group}/announcements"
    for sound, fault in ((None, "Say why it is urgent."), (b"no sound at all", "This file is not a voice.")):
        refused = browser.post(where, data=spoken(sound))
        assert refused.status_code == 422
        assert fault in refused.text
        assert 'id="urgent" value="1" checked' in refused.text
    refused = browser.post(where, data=spoken(wav(speech(1)), text=""))
    assert refused.status_code == 422
    kept = re.search(r'name="reason_voice_key" value="([^"]+)"', refused.text)
    assert kept
    assert browser.post(where, data=spoken(reason_voice_key=kept[1])).status_code == 303
    asked = Urgency.of(place.only())
    assert asked
    assert asked.voice
    assert asked.voice.key == kept[1]


@pytest.mark.parametrize(
    ("more", "speaks"),
    [({"reason": "weather"}, False), ({"reason_words": "The dam is full"}, False), ({}, True)],
    ids=["picture", "words", "voice"],
)
def test_what_waited_on_a_phone_for_a_signal_is_urgent_when_it_comes(
    place: Place, clock: time_machine.Traveller, more: dict[str, str], *, speaks: bool
) -> None:
    """As the phone kept it: the same bytes hours later, and once more because the answer was lost on the way."""
    with committed():
        db.session.delete(db.session.scalars(sa.select(Membership).where(Membership.person_id == place.second)).one())
    kept = EnvironBuilder(method="POST", data=spoken(wav(speech(1)) if speaks else None, **more))
    request = kept.get_request()
    body, kind = request.get_data(), request.content_type
    clock.shift(timedelta(hours=7))
    for _once_and_again in range(2):
        answer = place.browser(place.first).post(f"/groups/{place.group}/announcements", data=body, content_type=kind)
        assert answer.status_code == 303
    said = place.only()
    asked = Urgency.of(said)
    assert asked
    assert (said.kind, asked.answer, said.urgent_reason) == (
        "urgent",
        "alone",
        more.get("reason_words") or more.get("reason", ""),
    )
    assert bool(asked.voice) is speaks


def test_the_page_that_a_push_opens_without_a_signal_says_why(place: Place) -> None:
    place.say(place.first, reason="", reason_words="<b>dam</b>")
    asked = Urgency.of(place.only())
    assert asked
    calm = json.loads(template(place.only(), "en", is_neutral=False))["notification"]["data"]["sheet"]
    assert "mirch" not in calm["words"]
    place.browser(place.second).post(f"/urgencies/{asked.id}/confirmation")
    sheet = json.loads(template(place.only(), "en", is_neutral=False))["notification"]["data"]["sheet"]
    assert sheet["words"].startswith(
        '<span class="tag mirch" lang="en" dir="auto">Urgent: &lt;b&gt;dam&lt;/b&gt;</span><br>'
    )
    assert sheet.keys() == calm.keys()
