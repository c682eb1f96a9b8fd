"""Who is rung when: all at once in the words that there are, again in her language; or only in hers, if it was chosen so."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.draft import PATIENCE, Draft, _wait
from community.announcements.models import UNDO, Announcement
from community.database import db, now
from community.form import Form
from community.groups.membership import admit
from community.groups.models import Group
from community.notifications import reach
from community.outbox.models import Outbox
from community.people.models import Person
from community.translating.models import TranslationRequest, put, take_off
from tests.notifications.post_office import Postman, committed, listen, person, run_all, said, states

pytestmark = pytest.mark.sampled

DAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
KINDS = ("fan-out", "push", "morning", "call")


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(DAY, tick=True):
        yield


@pytest.fixture
def head(inside: None) -> int:
    return person("head")


@pytest.fixture
def root(head: int) -> int:
    with committed():
        made = Group.plant(None, name="g", language="hi", picture="school", colour="mor").id
    join(made, head, role="admin")
    return made


def join(group: int, *people: int, role: str = "member") -> None:
    with committed():
        for number in people:
            held = admit(db.session.get_one(Group, group), db.session.get_one(Person, number), role=role)
            held.heard_seq = 0


def reader(root: int, name: str, language: str, **more: Any) -> tuple[int, int]:
    """A member with a phone: her number and the phone's."""
    number = person(name, language=language, **more)
    join(root, number)
    return number, listen(number)


def translate(number: int, head: int, text: str = "کل چھٹی ہے") -> None:
    with committed():
        by = db.session.get_one(Person, head)
        put(db.session.get_one(Announcement, number), "ur", text, by, by=by, origin="person")


def later(**more: float) -> Any:
    return time_machine.travel(now() + timedelta(**more), tick=True)


def bodies(postman: Postman, phone: int) -> list[str]:
    ours = [one for one in postman.letters if one.endpoint.endswith(f"/{phone}")]
    return [json.loads(one.body)["notification"]["body"] for one in ours]


def test_nobody_waits_for_a_language_and_it_rings_again_in_hers(root: int, head: int, postman: Postman):
    (_hindi, one), (_urdu, other) = reader(root, "one", "hi"), reader(root, "other", "ur")
    number = said(root, head)
    run_all()
    assert sorted(postman.phones) == sorted([one, other])
    translate(number, head)
    run_all()
    assert len(postman.letters) == 2, "undo is not over"
    with later(seconds=11):
        run_all()
    assert bodies(postman, one) == ["कल छुट्टी है"]
    assert bodies(postman, other) == ["कल छुट्टी है", "کل چھٹی ہے"]
    tags = {(letter.topic, json.loads(letter.body)["notification"]["tag"]) for letter in postman.letters}
    assert tags == {(f"a{number}", f"a{number}")}, "the second takes the place of the first"
    assert set(states(number).values()) == {"sent"}


def test_what_was_taken_back_in_time_does_not_ring(root: int, head: int, postman: Postman):
    reader(root, "other", "ur")
    number = said(root, head)
    run_all()
    translate(number, head)
    with committed():
        take_off(db.session.get_one(Announcement, number), "ur")
    with later(seconds=11):
        run_all()
    assert len(postman.letters) == 1


def test_it_rings_once_however_often_the_batch_runs(root: int, head: int, postman: Postman):
    reader(root, "other", "ur")
    number = said(root, head)
    run_all()
    translate(number, head)
    with later(seconds=11):
        run_all()
        with committed():
            row = db.session.scalars(sa.select(Outbox).where(Outbox.key.like(f"fan-out:{number}:ur:%"))).one()
            Outbox.promise("fan-out", "again", **row.args)
        run_all()
    assert len(postman.letters) == 2


def test_who_understood_is_left_in_peace_and_who_only_saw_it_is_not(root: int, head: int, postman: Postman):
    (clever, one), (saw, other) = reader(root, "clever", "ur"), reader(root, "saw", "ur")
    number = said(root, head)
    run_all()
    with committed():
        made = db.session.get_one(Announcement, number)
        Acknowledgement.give(made, db.session.get_one(Person, clever), None, given=True, wish="understood")
        for who in (clever, saw):
            db.session.execute(sa.text("UPDATE membership SET heard_seq = 99 WHERE person_id = :who"), {"who": who})
    translate(number, head)
    with later(seconds=11):
        run_all()
    assert len(bodies(postman, one)) == 1
    assert len(bodies(postman, other)) == 2


def test_who_came_later_is_not_rung_for_what_was_before(root: int, head: int, postman: Postman):
    number = said(root, head)
    run_all()
    with later(minutes=1):
        reader(root, "late", "ur")
        translate(number, head)
        with later(seconds=11):
            run_all()
    assert postman.letters == []


def test_other_words_in_her_language_ring_anew(root: int, head: int, postman: Postman):
    _who, phone = reader(root, "other", "ur")
    number = said(root, head)
    run_all()
    for minutes, text in ((1, "غلط"), (2, "درست")):
        with later(minutes=minutes):
            translate(number, head, text)
            with later(seconds=11):
                run_all()
    assert bodies(postman, phone) == ["कल छुट्टी है", "غلط", "درست"]


def test_a_shared_phone_shows_its_one_line_once(root: int, head: int, postman: Postman):
    first, second = person("first", language="ur"), person("second", language="ur")
    join(root, first, second)
    phone = listen(first, second)
    number = said(root, head)
    run_all()
    translate(number, head)
    with later(seconds=11):
        run_all()
    assert len(bodies(postman, phone)) == 1


def test_who_sleeps_has_it_in_her_language_in_the_morning(root: int, head: int, postman: Postman):
    _who, phone = reader(root, "asleep", "ur", quiet_from=9, quiet_until=15)
    number = said(root, head)
    run_all()
    translate(number, head)
    with later(seconds=11):
        run_all()
    assert postman.letters == []
    with later(hours=6):
        run_all()
    assert bodies(postman, phone) == ["کل چھٹی ہے"]


def test_who_fell_asleep_meanwhile_is_not_woken(root: int, head: int, postman: Postman):
    _who, phone = reader(root, "tired", "ur", quiet_from=12, quiet_until=15)  # it is half past eleven
    number = said(root, head)
    run_all()
    translate(number, head)
    with later(hours=1):
        run_all()
        assert len(bodies(postman, phone)) == 1
        assert set(states(number).values()) == {"quiet"}
    with later(hours=5):
        run_all()
    assert bodies(postman, phone) == ["कल छुट्टी है", "کل چھٹی ہے"]


def wait_for_languages(root: int, head: int) -> int:
    """The announcer chose that each is rung in her own language only."""
    number = said(root, head)
    with committed():
        _wait(db.session.get_one(Announcement, number))
    return number


def test_where_it_was_chosen_only_who_has_her_language_is_rung(root: int, head: int, postman: Postman):
    (_hindi, one), (_urdu, other) = reader(root, "one", "hi"), reader(root, "other", "ur")
    number = wait_for_languages(root, head)
    run_all()
    assert postman.phones == [one]
    translate(number, head)
    with later(seconds=11):
        run_all()
    assert bodies(postman, other) == ["کل چھٹی ہے"]
    with later(hours=7):
        run_all()
    assert len(postman.letters) == 2


def test_nobody_waits_for_ever(root: int, head: int, postman: Postman):
    _who, phone = reader(root, "other", "ur")
    wait_for_languages(root, head)
    run_all()
    assert postman.letters == []
    with later(seconds=(PATIENCE + UNDO).total_seconds() + 1):
        run_all()
    assert bodies(postman, phone) == ["कल छुट्टी है"]


@pytest.mark.patient
def test_who_waits_for_her_language_counts_as_waiting(root: int, head: int, postman: Postman):
    for number in range(5):
        reader(root, f"r{number}", "ur")
    number = wait_for_languages(root, head)
    run_all()
    with later(hours=1):
        counts = reach.counted(db.session.get_one(Announcement, number))
    assert counts.reasons["waiting"] == 5
    assert counts.reasons["failed"] == 0


def test_the_composer_hands_the_choice_on(app: Flask, root: int, head: int):
    for waits in ("", "1"):
        teacher = db.session.get_one(Person, head)
        draft = Draft.read(db.session.get_one(Group, root), {"text": "सुनो", "waits": waits}, teacher)
        assert isinstance(draft.form, Form)
        with committed():
            made = draft.publish(teacher, key=f"key-{waits}", role="admin")
            again = draft.publish(teacher, key=f"key-{waits}", role="admin")
        assert again is made
        assert made.waits_until == (made.release_at + PATIENCE if waits else None)


def test_the_volunteer_is_called_and_then_who_asked(root: int, head: int, postman: Postman):
    helper, phone = reader(root, "helper", "ur")
    own = listen(head)
    number = said(root, head)
    run_all(kinds=KINDS)
    before = len(postman.letters)
    with committed():
        made = db.session.get_one(Announcement, number)
        by, who = db.session.get_one(Person, head), db.session.get_one(Person, helper)
        request = TranslationRequest.ask(made, "ur", who, by)
    run_all(kinds=KINDS)
    (letter,) = postman.letters[before:]
    shown = json.loads(letter.body)["notification"]
    assert letter.endpoint.endswith(f"/{phone}")
    assert shown["navigate"] == f"/translations/{request.id}"
    assert (shown["lang"], shown["dir"]) == ("ur", "rtl")
    assert "छुट्टी" not in shown["body"]
    with committed():
        assert db.session.get_one(TranslationRequest, request.id).say("کل چھٹی ہے")
    run_all(kinds=KINDS)
    last = postman.letters[-1]
    assert last.endpoint.endswith(f"/{own}")
    assert json.loads(last.body)["notification"]["navigate"] == f"/announcements/{number}/languages/ur"


def test_who_sleeps_or_is_not_needed_any_more_is_not_called(root: int, head: int, postman: Postman):
    asleep, _phone = reader(root, "asleep", "ur", quiet_from=9, quiet_until=15)
    number = said(root, head)
    run_all(kinds=KINDS)
    with committed():
        made, by = db.session.get_one(Announcement, number), db.session.get_one(Person, head)
        TranslationRequest.ask(made, "ur", db.session.get_one(Person, asleep), by)
    run_all(kinds=KINDS)
    assert postman.letters == []
    translate(number, head)
    with later(hours=5):
        run_all(kinds=("call",))
    assert postman.letters == []
