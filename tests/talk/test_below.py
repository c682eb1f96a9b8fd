"""Replies to an announcement: folded under it, by who hears it, silent for all but those who answer for it."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import db, now
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.membership import Membership
from community.groups.models import Group
from community.media.disposal import NAMED_AGAIN
from community.media.models import Voice
from community.outbox.models import Outbox
from community.people.blocks import Block
from community.talk import rings
from community.talk.composing import HOURLY
from community.talk.models import Message
from community.talk.rings import ReplyRing, tell_who_answers
from tests.announcements.scene import page
from tests.media.speech import speech, wav
from tests.talk.circle import Circle, drawn

NOON = "2026-11-24 06:30:00+00:00"  # in India


@pytest.fixture
def said(circle: Circle) -> int:
    return circle.release("teacher", "कल छुट्टी है", group=circle.grades[3])


def reply(circle: Circle, said: int, part: str, text: str = "कितने बजे से", **fields: Any) -> TestResponse:
    return circle.browser(part).post(f"/announcements/{said}/replies", data={"text": text, **fields})


def replied(circle: Circle, said: int, part: str = "member", text: str = "कितने बजे से") -> int:
    answer = reply(circle, said, part, text)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("#m")[2])


def test_it_is_folded_under_the_announcement_and_makes_nobody_new(circle: Circle, said: int) -> None:
    number = replied(circle, said)
    read = page(circle.browser("parent"), f"/announcements/{said}")
    fold = re.findall(r'<section class="stack" id="below".*?</section>', read, re.S)[0]
    assert '<details class="fold"><summary>' in fold
    assert drawn(fold) == [number]
    assert circle.message(number).seq is None
    assert number not in drawn(page(circle.browser("parent"), circle.talk))
    assert "कितने बजे से" not in page(circle.browser("parent"), "/")


def test_the_form_is_kept_nowhere_and_twice_is_once(circle: Circle, said: int) -> None:
    form = circle.browser("member").get(f"/announcements/{said}/replies/new")
    assert form.headers["Cache-Control"] == "no-store"
    key = re.findall(r'name="key" value="(\w+)"', form.text)[0]
    for _tap in range(2):
        assert reply(circle, said, "member", key=key).status_code == 303
    assert len(circle.messages()) == 1
    refused = reply(circle, said, "english reader", "one", key="a-key-of-hers").status_code
    refused_again = reply(circle, said, "english reader", "other", key="a-key-of-hers")
    assert (refused, refused_again.status_code) == (303, 422)
    assert "You sent this before with other words." in refused_again.text
    assert reply(circle, said, "member", "anderes", key=key).status_code == 422


@pytest.mark.parametrize("text", ["", "पानी\n" * 4000])
def test_what_is_refused_comes_back_whole(circle: Circle, said: int, text: str) -> None:
    answer = reply(circle, said, "member", text)
    assert answer.status_code == 422
    assert text.strip()[:40] in answer.text
    assert not circle.messages()


def test_a_voice_that_is_none(circle: Circle, said: int) -> None:
    answer = reply(circle, said, "member", "सुनो", voice=(BytesIO(b"not a voice"), "v.ogg"))
    assert answer.status_code == 422
    assert "सुनो" in answer.text


def test_sent_twice_it_leaves_no_second_voice(circle: Circle, said: int) -> None:
    for _tap in range(2):
        sound = (BytesIO(wav(speech(2))), "a.wav")
        assert reply(circle, said, "member", key="a-key-of-a-phone", voice=sound).status_code == 303
    long = reply(circle, said, "member", "पानी\n" * 4000, voice=(BytesIO(wav(speech(2))), "a.wav"))
    assert long.status_code == 422
    assert voices(circle) == 2
    with time_machine.travel(now() + NAMED_AGAIN + timedelta(minutes=1)):
        circle.release_all()
    assert voices(circle) == 1


def voices(circle: Circle) -> int:
    with circle.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Voice.id))) or 0


def test_who_does_not_hear_it_neither_reads_nor_writes(circle: Circle, said: int) -> None:
    replied(circle, said)
    stranger = circle.newcomer("दूर", circle.grades[5])
    for answer in (
        stranger.get(f"/announcements/{said}/replies"),
        stranger.get(f"/announcements/{said}/replies/new"),
        stranger.post(f"/announcements/{said}/replies", data={"text": "मैं भी"}),
    ):
        assert answer.status_code == 404
        assert "कितने" not in answer.text


def test_its_author_who_was_banned_since_answers_no_more(circle: Circle) -> None:
    said = circle.release("teacher", "मेला", group=circle.grades[3])
    assert reply(circle, said, "teacher").status_code == 303
    with circle.changing():
        Ban.put(db.session.get_one(Group, circle.grades[3]), circle.person("teacher"), circle.person("head"))
    assert reply(circle, said, "teacher").status_code == 404
    assert circle.browser("teacher").post(f"/announcements/{said}/replies/door").status_code == 404


@pytest.mark.parametrize("left", [True, False])
def test_its_author_who_left_the_group_neither_reads_nor_answers_nor_is_rung(circle: Circle, left: bool) -> None:
    said = circle.release("teacher", "मेला", group=circle.grades[3])
    number = replied(circle, said)
    circle.join("teacher", circle.grades[4])
    with circle.changing():
        if left:
            held = [one for one in circle.memberships("teacher") if one.group_id == circle.grades[3]]
            db.session.execute(sa.delete(Membership).where(Membership.id.in_([one.id for one in held])))
    browser, reached = circle.browser("teacher"), 404 if left else 200
    read = page(browser, f"/announcements/{said}")
    assert ("कितने" in read) is not left
    assert (f"/announcements/{said}/replies/new" in read) is not left
    assert (f"/announcements/{said}/replies/door" in read) is not left
    assert ("कितने" in page(browser, f"/announcements/{said}/replies")) is not left
    assert browser.get(f"/messages/{number}").status_code == reached
    assert bool(called(circle, said, "teacher")) is not left
    assert reply(circle, said, "teacher").status_code == (404 if left else 303)
    assert browser.post(f"/announcements/{said}/replies/door").status_code == (404 if left else 303)


def test_an_author_from_above_answers_what_is_below_her(circle: Circle) -> None:
    said = circle.release("head", "मेला", group=circle.grades[3])
    assert not [one for one in circle.memberships("head") if one.group_id == circle.grades[3]]
    replied(circle, said)
    assert "कितने" in page(circle.browser("head"), f"/announcements/{said}")
    assert called(circle, said, "head")
    assert reply(circle, said, "head").status_code == 303


def test_who_was_silenced_is_told_so(circle: Circle, said: int) -> None:
    with circle.changing():
        member, teacher = circle.person("member"), circle.person("teacher")
        from community.groups.models import Group

        grade = db.session.get_one(Group, circle.grades[3])
        Measure.take("mute", grade, member, teacher, reason="hurts", until=now() + timedelta(days=1))
    assert reply(circle, said, "member").status_code == 403
    assert not circle.messages()


def test_a_flood_is_told_how_long_to_wait(circle: Circle, said: int) -> None:
    browser = circle.browser("member")
    for number in range(HOURLY):
        assert browser.post(f"/announcements/{said}/replies", data={"text": f"{number}"}).status_code == 303
    answer = browser.post(f"/announcements/{said}/replies", data={"text": "noch eins"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "noch eins" in answer.text


def test_what_gives_somebody_away_waits_and_is_seen_by_its_writer_alone(circle: Circle, said: int) -> None:
    number = replied(circle, said, text="मेरा नंबर 98765 43210")
    assert f'id="m{number}"' in page(circle.browser("member"), f"/announcements/{said}")
    assert "98765" not in page(circle.browser("parent"), f"/announcements/{said}")
    held = circle.message(number).held_id
    assert circle.browser("teacher").post(f"/held/{held}/approval").status_code == 303
    assert "98765" in page(circle.browser("parent"), f"/announcements/{said}")


def test_what_waits_is_no_reply_yet_and_taken_back_it_waits_no_more(circle: Circle, said: int) -> None:
    number, member = replied(circle, said, text="मेरा नंबर 98765 43210"), circle.browser("member")
    held, below = circle.message(number).held_id, f"/announcements/{said}"
    for path in (below, f"{below}/replies"):
        read = page(member, path)
        assert drawn(read) == [number]
        assert '<details class="fold">' not in read
        assert f"/held/{held}" in read
    assert member.post(f"/messages/{number}/removal").location == f"{below}#m{number}"
    for path in (below, f"{below}/replies"):
        read = page(member, path)
        assert drawn(read) == [number]
        assert f"/held/{held}" not in read
        assert "98765" not in read
        assert f"/messages/{number}/undo" in read
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert drawn(page(member, below)) == []
        assert "कितने" not in page(member, f"{below}/replies")
    assert member.post(f"/messages/{number}/undo").status_code == 303
    assert f"/held/{circle.message(number).held_id}" in page(member, below)
    assert "98765" not in page(circle.browser("parent"), below)


def test_her_own_that_is_removed_is_counted_no_more(circle: Circle, said: int) -> None:
    number, other = replied(circle, said), replied(circle, said, "parent", "और कहाँ")
    circle.browser("member").post(f"/messages/{number}/removal")
    for part in ("member", "teacher"):
        assert "1 जवाब" in page(circle.browser(part), f"/announcements/{said}")
    assert drawn(page(circle.browser("member"), f"/announcements/{said}")) == [other, number]


def test_deleted_undone_removed_and_reported_as_messages_are(circle: Circle, said: int) -> None:
    number, member = replied(circle, said), circle.browser("member")
    assert member.post(f"/messages/{number}/removal").location.startswith(f"/announcements/{said}")
    assert "कितने बजे से" not in page(circle.browser("parent"), f"/announcements/{said}")
    assert f"/messages/{number}/undo" in page(member, f"/announcements/{said}")
    member.post(f"/messages/{number}/undo")
    assert circle.browser("parent").post(f"/report/message/{number}", data={"reason": "hurts"}).status_code == 303
    assert circle.browser("teacher").post(f"/messages/{number}/removal", data={"reason": "hurts"}).status_code == 303
    assert "कितने बजे से" not in page(circle.browser("parent"), f"/announcements/{said}")


def test_nothing_stands_under_what_was_removed(circle: Circle, said: int) -> None:
    number = replied(circle, said)
    circle.browser("teacher").post(f"/announcements/{said}/removal")
    for path in (f"/announcements/{said}", f"/announcements/{said}/replies"):
        assert "कितने" not in circle.browser("member").get(path).text
    assert circle.browser("member").get(f"/messages/{number}").status_code == 404
    assert reply(circle, said, "member").status_code == 404


@pytest.mark.parametrize("part", ["teacher", "head"])
def test_its_author_and_admins_switch_them_off_and_on(circle: Circle, said: int, part: str) -> None:
    number, browser = replied(circle, said), circle.browser(part)
    assert browser.post(f"/announcements/{said}/replies/door").status_code == 303
    assert reply(circle, said, "member").status_code == 409
    assert [one.id for one in circle.messages()] == [number]
    assert "कितने" not in page(circle.browser("parent"), f"/announcements/{said}")
    assert circle.browser("parent").get(f"/messages/{number}").status_code == 404
    for _tap in range(2):
        browser.post(f"/announcements/{said}/replies/door", data={"open": "1"})
    assert "कितने" in page(circle.browser("parent"), f"/announcements/{said}")
    with circle.app.app_context():
        noted = sa.select(AuditEntry.action).where(AuditEntry.action.like("replies%")).order_by(AuditEntry.id)
        assert list(db.session.scalars(noted)) == ["replies closed", "replies opened"]


def test_closed_is_said_as_closed_and_none_yet_as_none_yet(circle: Circle, said: int) -> None:
    browser, none, closed = (
        circle.browser("english reader"),
        "There are no replies to this.",
        "Nobody can reply to this.",
    )
    everyone = f"/announcements/{said}/replies"
    assert none in page(browser, everyone)
    assert closed not in page(browser, everyone)
    circle.browser("teacher").post(f"/announcements/{said}/replies/door")
    for address in (everyone, f"/announcements/{said}"):
        assert closed in page(browser, address)
        assert none not in page(browser, address)


def test_nobody_else_switches_them(circle: Circle, said: int) -> None:
    for part in ("member", "english reader"):  # who helps in the group is no admin
        assert circle.browser(part).post(f"/announcements/{said}/replies/door").status_code == 404
    assert circle.state(said).replies


def test_they_can_be_left_out_from_the_start(circle: Circle) -> None:
    teacher = circle.browser("teacher")
    assert 'name="no_replies"' in page(teacher, f"/groups/{circle.grades[3]}/announcements/new")
    circle.announce(teacher, "बस सुनो", group=circle.grades[3], no_replies="1")
    circle.release_all()
    number = circle.said("बस सुनो")
    assert not circle.state(number).replies
    assert reply(circle, number, "member").status_code == 409
    assert not circle.messages()


@pytest.mark.parametrize(
    ("rests", "why"), [(False, "Nobody can reply to this."), (True, "This group rests. Nothing new comes here.")]
)
def test_closed_while_she_writes_her_words_come_back_with_why(circle: Circle, said: int, rests: bool, why: str) -> None:
    came = replied(circle, said, "english reader", "sent before")
    if rests:
        circle.archive(circle.grades[3])
    else:
        circle.browser("teacher").post(f"/announcements/{said}/replies/door")
    answer = reply(circle, said, "english reader", "ten lines of hers")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (409, "no-store")
    assert "ten lines of hers" in answer.text
    assert why in answer.text
    key = circle.message(came).key
    assert reply(circle, said, "english reader", "sent before", key=key).status_code == 303
    assert reply(circle, said, "head", "from above").status_code == 404, "she reads it, and does not hear it"
    assert [one.id for one in circle.messages()] == [came]


def test_nothing_of_whom_i_have_blocked(circle: Circle, said: int) -> None:
    replied(circle, said)
    with circle.changing():
        Block.put(circle.person("parent"), circle.person("member"))
    assert "कितने" not in page(circle.browser("parent"), f"/announcements/{said}")


def test_more_than_twenty_lead_to_the_earlier_ones(circle: Circle, said: int) -> None:
    with circle.changing():
        one = db.session.get_one(Announcement, said)
        for number in range(25):
            Message.say(
                one.audience.group, circle.person("member"), key=f"key-{number:05}", text=f"b{number}", why=[],
                announcement=one,
            )  # fmt: skip
    numbers = [one.id for one in circle.messages()]
    read = page(circle.browser("parent"), f"/announcements/{said}")
    assert drawn(read) == numbers[5:]
    before = re.findall(rf"/announcements/{said}/replies\?before=(\d+)", read)[0]
    assert drawn(page(circle.browser("parent"), f"/announcements/{said}/replies?before={before}")) == numbers[:5]


def rung(circle: Circle, kind: str = "ring-replies") -> list[int]:
    """Who would be called now."""
    with circle.app.app_context():
        rows = db.session.scalars(sa.select(Outbox).where(Outbox.kind == kind).order_by(Outbox.id)).all()
        return [row.args["person_id"] for row in rows]


def promised(circle: Circle, kind: str) -> int:
    with circle.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(Outbox.kind == kind)) or 0


def test_its_author_and_those_with_a_task_are_rung_once_an_hour(circle: Circle, said: int) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        replied(circle, said)
        replied(circle, said, "parent", "और कहाँ")
        assert promised(circle, "replies") == 1
        clock.shift(timedelta(minutes=2))
        with circle.changing():
            tell_who_answers(said)
            db.session.execute(sa.update(Outbox).where(Outbox.kind == "replies").values(done_at=now()))
        assert set(rung(circle)) == {circle.people["teacher"], circle.people["english reader"]}
        replied(circle, said, text="और")
        with circle.app.app_context():
            due = list(db.session.scalars(sa.select(Outbox.run_at).where(Outbox.kind == "replies")))
        assert len(due) == 2
        assert max(due) - min(due) == timedelta(hours=1)


def test_the_ring_says_nothing_and_nobody_is_rung_for_her_own(circle: Circle, said: int) -> None:
    with time_machine.travel(NOON, tick=False):
        replied(circle, said, "english reader", "मैं बताती हूँ")
        with circle.changing():
            tell_who_answers(said)
        calls = {}
        with circle.changing():
            for row in db.session.scalars(sa.select(Outbox).where(Outbox.kind == "ring-replies")):
                calls[row.args["person_id"]] = ReplyRing().called(row)
        assert calls[circle.people["english reader"]] is None
        found = calls[circle.people["teacher"]]
        assert found
        with circle.app.test_request_context():
            body = found[1]().decode()
        assert "मैं" not in body
        assert "कक्षा" not in body
        assert f"/announcements/{said}" in body


def rung_now(circle: Circle) -> set[str]:
    """Whose phones ring for what waits in the outbox; nothing of it waits any more."""
    parts = {number: part for part, number in circle.people.items()}
    found = set()
    with circle.changing():
        for row in _due("replies"):
            tell_who_answers(**row.args)
    with circle.changing():
        for row in _due("ring-replies"):
            found |= {parts[row.args["person_id"]]} if ReplyRing().called(row) else set()
    return found


def _due(kind: str) -> list[Outbox]:
    rows = sa.select(Outbox).where(Outbox.kind == kind, Outbox.run_at <= now(), Outbox.done_at.is_(None))
    found = list(db.session.scalars(rows))
    for row in found:
        row.done_at = now()
    return found


def test_who_answers_days_later_is_not_rung_for_her_own_words(circle: Circle, said: int) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        replied(circle, said)
        clock.shift(timedelta(minutes=1))
        assert rung_now(circle) == {"teacher", "english reader"}
        clock.shift(timedelta(days=1))
        replied(circle, said, "teacher", "दस बजे")
        clock.shift(timedelta(minutes=1))
        assert rung_now(circle) == {"english reader"}
        clock.shift(timedelta(hours=2))
        replied(circle, said, "parent", "और कहाँ")
        clock.shift(timedelta(minutes=1))
        assert rung_now(circle) == {"teacher", "english reader"}


@pytest.mark.parametrize("hour", [12, 23])
def test_what_was_held_rings_though_she_has_answered_meanwhile(circle: Circle, said: int, hour: int) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        clock.shift(timedelta(hours=hour - 12))
        held = circle.message(replied(circle, said, text="मेरा नंबर 98765 43210")).held_id
        replied(circle, said, "teacher", "दस बजे")
        if hour == 23:  # she sleeps: what rings in the morning is promised by now
            clock.shift(timedelta(minutes=1))
            assert rung_now(circle) == set()
            clock.shift(timedelta(hours=1))
        assert circle.browser("teacher").post(f"/held/{held}/approval").status_code == 303
        clock.shift(timedelta(minutes=1))
        assert ("teacher" in rung_now(circle)) is (hour == 12)
        clock.shift(timedelta(hours=10))
        assert ("teacher" in rung_now(circle)) is (hour == 23)


def called(circle: Circle, said: int, part: str) -> bool:
    """Whether her phone would ring at noon for the replies."""
    with time_machine.travel(NOON, tick=False), circle.changing():
        row = Outbox(args={"announcement_id": said, "person_id": circle.people[part]}, attempts=0)
        return ReplyRing().called(row) is not None


@pytest.mark.parametrize("quiet", ["", "closed", "nothing", "muted"])
@pytest.mark.parametrize("part", ["teacher", "english reader"])
def test_what_keeps_it_silent(circle: Circle, said: int, part: str, quiet: str) -> None:
    replied(circle, said)
    mine = (Membership.person_id == circle.people[part], Membership.group_id == circle.grades[3])
    with circle.changing():
        if quiet == "closed":
            db.session.get_one(Announcement, said).replies = False
        elif quiet == "nothing":
            db.session.execute(sa.update(Membership).where(*mine).values(level="nothing"))
        elif quiet == "muted":
            until = datetime.fromisoformat(NOON) + timedelta(hours=1)
            db.session.execute(sa.update(Membership).where(*mine).values(muted_until=until))
    assert called(circle, said, part) is not bool(quiet)


def test_however_many_have_a_task_each_is_told(circle: Circle, said: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("एक", "दो", "तीन"):
        circle.newcomer(name, circle.grades[3], role="responder")
    circle.again("एक", role="responder")
    monkeypatch.setattr(rings, "BATCH", 2)
    with time_machine.travel(NOON, tick=False):
        with circle.changing():
            tell_who_answers(said)
        told: set[int] = set()
        while ahead := [row for row in waiting(circle, "replies") if row.id not in told]:
            with circle.changing():
                tell_who_answers(**ahead[0].args)
            told.add(ahead[0].id)
    names = ("teacher", "english reader", "एक", "दो", "तीन")
    assert sorted(rung(circle)) == sorted(circle.people[name] for name in names)


def waiting(circle: Circle, kind: str) -> list[Outbox]:
    with circle.app.app_context():
        return list(db.session.scalars(sa.select(Outbox).where(Outbox.kind == kind).order_by(Outbox.id)))


def test_a_full_day_has_no_place_for_it(circle: Circle, said: int) -> None:
    with time_machine.travel(NOON, tick=False):
        replied(circle, said)
        with circle.changing():
            circle.person("teacher").ceiling = 0
            tell_who_answers(said)
            row = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "ring-replies")).all()
            mine = next(one for one in row if one.args["person_id"] == circle.people["teacher"])
            assert ReplyRing().called(mine) is None
