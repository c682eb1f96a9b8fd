"""What has gone out is put right: first of all it says so, and what it said before stays to be read."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from community.announcements.correction import Correction
from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import db, writing
from community.groups.membership import Membership
from community.people.models import Person
from tests.announcements.scene import Scene, page

NOTE = "This was corrected. Now it says:"


@pytest.fixture
def stage(stage: Scene) -> Scene:
    with stage.changing():
        db.session.execute(sa.update(Person).values(language="en"))
    return stage


def test_the_corrected_words_come_with_the_note_before_them(stage: Scene) -> None:
    number, head = stage.release("head", "Come at nine"), stage.browser("head")
    assert head.post(f"/announcements/{number}/correction", data={"text": "Come at ten"}).status_code == 303

    parent = stage.browser("parent")
    for path in ("/", f"/groups/{stage.school}", f"/announcements/{number}"):
        text = page(parent, path)
        assert 0 < text.index(NOTE) < text.index("Come at ten")
        assert "Come at nine" not in text
    was = page(parent, f"/announcements/{number}/wordings")
    assert "Come at nine" in was
    assert was.index("Come at ten") < was.index("Come at nine")
    assert page(parent, f"/announcements/{number}").count(f"/announcements/{number}/wordings") == 1


def test_a_second_tap_and_the_same_words_change_nothing(stage: Scene) -> None:
    number, head = stage.release("head", "Come at nine"), stage.browser("head")
    for text in ("Come at nine", "Come at ten", "Come at ten"):
        assert head.post(f"/announcements/{number}/correction", data={"text": text}).status_code == 303
    with stage.app.app_context():
        assert [one.text for one in Correction.of(stage.state(number))] == ["Come at nine"]
        noted = sa.select(sa.func.count()).where(AuditEntry.action == "corrected", AuditEntry.subject_id == number)
        assert db.session.scalar(noted) == 1


def test_translations_that_say_something_else_now_are_not_shown(stage: Scene) -> None:
    number = stage.release("head", "Come at nine", others={"en": "English words of before"})
    parent, head = stage.browser("parent"), stage.browser("head")
    assert "English words of before" in page(parent, "/")
    head.post(f"/announcements/{number}/correction", data={"text": "Come at ten"})
    assert "English words of before" not in page(parent, "/")


def test_only_who_still_may_say_it_corrects_it(stage: Scene) -> None:
    number = stage.release("teacher", "Come at nine", group=stage.grades[3])
    teacher, words = stage.browser("teacher"), {"text": "Come at ten"}
    assert stage.browser("parent").post(f"/announcements/{number}/correction", data=words).status_code == 404
    with stage.changing():
        mine = Membership.person_id == stage.people["teacher"]
        db.session.execute(sa.update(Membership).where(mine).values(held_role="member"))
    assert teacher.post(f"/announcements/{number}/correction", data=words).status_code == 404
    assert f"/announcements/{number}/correction" not in page(teacher, f"/announcements/{number}")
    assert stage.browser("head").post(f"/announcements/{number}/correction", data=words).status_code == 303


def test_what_waits_or_is_gone_is_not_corrected(stage: Scene) -> None:
    number, head = stage.release("head", "Come at nine"), stage.browser("head")
    head.post(f"/announcements/{number}/correction", data={"text": "Come at ten"})
    head.post(f"/announcements/{number}/removal")
    assert head.post(f"/announcements/{number}/correction", data={"text": "Come"}).status_code == 409
    # Who looks after it still reads what it said; others read who took it away and when.
    assert "Come at nine" in page(head, f"/announcements/{number}/wordings")
    assert "Come at nine" not in page(stage.browser("parent"), f"/announcements/{number}/wordings")
    stage.announce(head, "Still waiting")
    waiting = stage.said("Still waiting")
    assert head.post(f"/announcements/{waiting}/correction", data={"text": "x"}).status_code == 404


def test_bad_words_come_back_and_nothing_is_changed(stage: Scene) -> None:
    number, head = stage.release("head", "Come at nine"), stage.browser("head")
    for text in ("", "\u202e\x00 ", "x" * 2001):
        answer = head.post(f"/announcements/{number}/correction", data={"text": text})
        assert answer.status_code == 422
        assert 'class="wrong"' in answer.text
    assert "x" * 2001 in answer.text
    assert stage.state(number).corrected_at is None


def test_the_phone_is_told_that_its_copies_are_other_ones_now(stage: Scene) -> None:
    number, parent = stage.release("head", "Come at nine"), stage.browser("parent")

    def marks() -> tuple[str, str]:
        found = parent.get("/offline/list").json
        return found["brought"]["/"], {**found["brought"], **found["known"]}[f"/announcements/{number}"]

    before = marks()
    stage.browser("head").post(f"/announcements/{number}/correction", data={"text": "Come at ten"})
    after = marks()
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_voice_goes_with_the_words_that_it_says(stage: Scene) -> None:
    from community.announcements.correction import correct
    from community.media.models import Voice

    number = stage.release("head", "Come at nine")
    with stage.app.app_context(), writing():
        said, head = db.session.get_one(Announcement, number), stage.person("head")
        voice = Voice(
            owner_id=head.id, community_id=said.community_id, key="k" * 22, sizes={"voice.ogg": 3}, milliseconds=900
        )
        said.original.voice = voice
        db.session.flush()
        assert correct(said, "Come at ten", head, "admin")
        db.session.commit()
    assert "/voices/" not in page(stage.browser("parent"), f"/announcements/{number}")
    assert f"/voices/{'k' * 22}" in page(stage.browser("parent"), f"/announcements/{number}/wordings")


def test_a_correction_gives_nobody_away(stage: Scene) -> None:
    number, head = stage.release("head", "Come at nine"), stage.browser("head")
    words = {"text": "Ask at 98765 43210"}
    refused = head.post(f"/announcements/{number}/correction", data=words)
    assert refused.status_code == 422
    assert 'name="vouched"' in refused.text
    assert "98765" not in page(stage.browser("parent"), f"/announcements/{number}")
    assert head.post(f"/announcements/{number}/correction", data={**words, "vouched": "1"}).status_code == 303
    assert "98765" in page(stage.browser("parent"), f"/announcements/{number}")
