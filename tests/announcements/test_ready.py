"""A ready sentence: chosen, filled, looked at, sent; and heard by each in her own language."""

import html
import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db, now
from community.languages import LANGUAGES
from community.notifications import payload
from community.phrasebook.models import FilledSentence
from community.phrasebook.sentences import SENTENCES
from tests.sample import some

from .scene import Scene, page

pytestmark = pytest.mark.sampled

KEY = "a-key-of-a-phone"


def today() -> date:
    return now().astimezone(ZoneInfo("Asia/Kolkata")).date()


TOMORROW = {"day": (today() + timedelta(1)).isoformat()}
SEVEN = {"time-part": "morning", "time-hour": "7", "time-minute": "00"}
MEETING = {"ready": "meeting", **TOMORROW, **SEVEN, "place": "पंचायत भवन"}


def ready(stage: Scene, part: str = "head", **fields: str):
    return stage.browser(part).post(f"/groups/{stage.school}/announcements", data={"key": KEY, **MEETING, **fields})


def only(stage: Scene) -> Announcement:
    with stage.app.app_context():
        number = db.session.scalars(sa.select(FilledSentence.announcement_id)).one()
    return stage.state(number)


def hidden(text: str) -> dict[str, str]:
    """What the page's form would send as it is."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in found}


def test_the_composer_leads_to_every_sentence_and_each_asks_for_its_slots(stage: Scene):
    head = stage.browser("head")
    assert f"/groups/{stage.school}/announcements/ready" in page(head, f"/groups/{stage.school}/announcements/new")

    listed = page(head, f"/groups/{stage.school}/announcements/ready")

    for key, sentence in SENTENCES.items():
        address = f"/groups/{stage.school}/announcements/ready/{key}"
        assert f'href="{address}"' in listed
        asked = page(head, address)
        names = set(re.findall(r'name="([a-z-]+)"', asked))
        for slot in sentence.slots:
            assert slot in names or {f"{slot}-hour", f"{slot}-part", f"{slot}-minute"} <= names, (key, slot)


def test_it_is_looked_at_in_her_language_before_it_is_sent_and_nothing_is_written(stage: Scene):
    answer = stage.browser("head").post(f"/groups/{stage.school}/announcements/ready", data=MEETING)

    assert answer.status_code == 200
    assert re.search(r'lang="hi" dir="auto">बैठक: [^,]+, \d+ [^,]+, सुबह 7 बजे। जगह: पंचायत भवन।<', answer.text)
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(FilledSentence)) == 0


def test_what_was_looked_at_is_what_is_sent(stage: Scene):
    head = stage.browser("head")
    looked = head.post(f"/groups/{stage.school}/announcements/ready", data=MEETING).text

    answer = head.post(f"/groups/{stage.school}/announcements", data=hidden(looked))

    assert answer.location == f"/groups/{stage.school}#waiting"
    made = only(stage)
    assert made.original.text in looked
    assert made.original.language == "hi"
    assert made.filled
    assert (made.filled.sentence, made.filled.slots["time"]) == ("meeting", "07:00")


def test_it_is_said_in_every_language_and_each_reader_has_hers(stage: Scene):
    ready(stage)
    stage.release_all()
    made = only(stage)

    words = {one.language: one.text for one in made.translations}
    assert words.keys() == LANGUAGES.keys()
    urdu, hindi = page(stage.browser("urdu parent"), "/"), page(stage.browser("parent"), "/")
    assert f'lang="ur" dir="auto">{words["ur"]}' in urdu
    assert f'lang="hi" dir="auto">{words["hi"]}' in hindi
    assert words["hi"] not in urdu
    assert words["hi"] in page(stage.browser("urdu parent"), f"/announcements/{made.id}")


@pytest.mark.parametrize("code", some(LANGUAGES, "push", normally=6))
def test_its_push_carries_the_words_of_the_phone(stage: Scene, code: str):
    ready(stage)
    stage.release_all()
    number = only(stage).id

    with stage.app.test_request_context():
        wanted = sa.select(Announcement).where(Announcement.id == number).options(*Announcement.whole())
        shown = payload._news(db.session.scalars(wanted).one(), code)

    assert (shown["lang"], shown["dir"]) == (code, LANGUAGES[code].direction)
    assert "पंचायत भवन" in shown["body"]


def test_an_old_form_sent_twice_is_one_announcement(stage: Scene):
    assert [ready(stage).status_code for _tap in range(2)] == [303, 303]
    assert only(stage).key == KEY


@pytest.mark.parametrize(
    ("spoilt", "slot"),
    [
        ({"day": ""}, "day"),
        ({"day": (today() - timedelta(1)).isoformat()}, "day"),
        ({"time-hour": "25"}, "time"),
        ({"place": "\u202e\u2066"}, "place"),
        ({"place": "ग" * 2000}, "place"),
    ],
)
def test_a_slot_that_is_filled_badly_is_said_so_and_the_rest_is_kept(stage: Scene, spoilt: dict[str, str], slot: str):
    for address in ("announcements/ready", "announcements"):
        answer = stage.browser("head").post(
            f"/groups/{stage.school}/{address}", data={"key": KEY, **MEETING, "expiry": "7", **spoilt}
        )

        assert answer.status_code == 422
        assert f'id="wrong-{slot}"' in answer.text
        assert answer.text.count('class="wrong"') == 1
        assert 'name="expiry" value="7"' in answer.text
        assert slot == "place" or "पंचायत भवन" in answer.text
        assert slot == "day" or re.search(rf'value="{TOMORROW["day"]}" checked', answer.text)
        assert slot == "time" or 'id="time-hour-7" value="7" checked' in answer.text


def test_a_sentence_from_nowhere_is_refused_with_all_that_there_are(stage: Scene):
    answer = ready(stage, ready="from-nowhere")

    assert answer.status_code == 422
    assert 'id="wrong-ready"' in answer.text
    assert "announcements/ready/water" in answer.text
    assert stage.browser("head").get(f"/groups/{stage.school}/announcements/ready/from-nowhere").status_code == 404


def test_a_day_before_it_is_sent_is_over(stage: Scene):
    later = (today() + timedelta(5)).isoformat()

    answer = ready(stage, at=f"{later}T09:00")

    assert answer.status_code == 422
    assert 'id="wrong-day"' in answer.text


def test_a_bad_hour_to_send_it_at_comes_back_to_where_it_was_chosen(stage: Scene):
    answer = ready(stage, at="soon")

    assert answer.status_code == 422
    assert 'id="wrong-at"' in answer.text
    assert "पंचायत भवन" in answer.text


def test_it_may_be_sent_later_for_some_days_and_on_top(stage: Scene):
    soon = (now() + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Kolkata")).strftime("%Y-%m-%dT%H:%M")
    day = (today() + timedelta(3)).isoformat()

    assert ready(stage, at=soon, expiry="7", pin="1", day=day).status_code == 303

    made = only(stage)
    assert made.pinned_at
    assert made.expires
    assert made.release_at > now() + timedelta(minutes=55)


def test_the_same_sentence_with_the_slots_kept_may_be_changed(stage: Scene):
    answer = stage.browser("head").post(f"/groups/{stage.school}/announcements/ready", data={**MEETING, "again": "1"})

    assert answer.status_code == 200
    assert 'value="पंचायत भवन"' in answer.text
    assert f'value="{TOMORROW["day"]}" checked' in answer.text


def test_places_that_i_used_are_offered_again_to_me_alone(stage: Scene):
    ready(stage)
    stage.join("teacher", stage.school, role="admin")
    address = f"/groups/{stage.school}/announcements/ready/doctor"

    assert 'name="place-known" id="place-1" value="पंचायत भवन"' in page(stage.browser("head"), address)
    assert "पंचायत भवन" not in page(stage.browser("teacher"), address)
    assert ready(stage, key="another-key", place="", **{"place-known": "पंचायत भवन"}).status_code == 303


def test_other_words_make_it_an_announcement_of_ones_own(stage: Scene):
    ready(stage)
    number = only(stage).id

    stage.browser("head").post(f"/announcements/{number}", data={"text": "बैठक नहीं होगी"})

    made = stage.state(number)
    assert made.filled is None
    assert [one.text for one in made.translations] == ["बैठक नहीं होगी"]


def test_what_waits_can_be_taken_back(stage: Scene):
    ready(stage)
    made = only(stage)

    waiting = page(stage.browser("head"), f"/groups/{stage.school}")
    assert f"/announcements/{made.id}/withdrawal" in waiting
    assert f"/announcements/{made.id}/edit" not in waiting


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "%(day)s", "{{ 7*7 }}"])
def test_what_is_typed_is_text(stage: Scene, text: str):
    ready(stage, place=text)
    stage.release_all()

    for address in ("/", f"/announcements/{only(stage).id}"):
        shown = page(stage.browser("urdu parent"), address)
        assert html.escape(text) in shown
        assert "<script>alert" not in shown
