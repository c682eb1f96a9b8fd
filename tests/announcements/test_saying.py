"""Said, taken back, reworded, released, removed, pinned: each does what it says, and once."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import db, now
from community.groups.counter import Counter
from community.groups.models import Group
from community.outbox.models import Outbox

from .scene import Scene, cards_on, page

pytestmark = pytest.mark.sampled


def test_what_was_said_is_heard_only_after_its_release(stage: Scene):
    reader = stage.browser("parent")
    stage.announce(stage.browser("head"), "कल छुट्टी है")
    before = page(reader, "/")

    stage.release_all()

    assert "कल छुट्टी है" not in before
    assert cards_on(page(reader, "/"))[0] == stage.said("कल छुट्टी है")


def test_ten_seconds_are_left_to_undo(stage: Scene):
    stage.announce(stage.browser("head"), "कल छुट्टी है")

    said = stage.state(stage.said("कल छुट्टी है"))

    assert timedelta(seconds=9.9) < said.release_at - said.created <= timedelta(seconds=10.1)


def test_the_author_sees_what_waits_and_how_to_take_it_back(stage: Scene):
    head = stage.browser("head")
    answer = stage.announce(head, "कल छुट्टी है")
    number = stage.said("कल छुट्टी है")

    assert answer.location == f"/groups/{stage.school}#waiting"
    assert f"/announcements/{number}/withdrawal" in page(head, f"/groups/{stage.school}")
    assert f"/announcements/{number}/withdrawal" in page(head, "/")


def test_what_was_taken_back_is_never_heard(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है")
    number = stage.said("कल छुट्टी है")

    assert head.post(f"/announcements/{number}/withdrawal").status_code == 303
    stage.release_all()

    assert stage.state(number).seq is None
    assert "कल छुट्टी है" not in page(stage.browser("parent"), "/")


def test_taking_back_twice_is_taking_back_once(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है")
    address = f"/announcements/{stage.said('कल छुट्टी है')}/withdrawal"

    assert [head.post(address).status_code for _tap in range(2)] == [303, 303]


def test_what_has_gone_out_can_not_be_taken_back(stage: Scene):
    number = stage.release("head", "कल छुट्टी है")

    assert stage.browser("head").post(f"/announcements/{number}/withdrawal").status_code == 409
    assert stage.state(number).withdrawn_at is None


def test_words_change_until_the_release(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है")
    number = stage.said("कल छुट्टी है")

    assert head.post(f"/announcements/{number}", data={"text": "परसों छुट्टी है"}).status_code == 303
    stage.release_all()

    text = page(stage.browser("parent"), "/")
    assert "परसों छुट्टी है" in text
    assert "कल छुट्टी है" not in text


def test_words_stay_after_the_release(stage: Scene):
    head = stage.browser("head")
    number = stage.release("head", "कल छुट्टी है")

    assert head.get(f"/announcements/{number}/edit").status_code == 409
    assert head.post(f"/announcements/{number}", data={"text": "कुछ और"}).status_code == 409
    assert stage.state(number).original.text == "कल छुट्टी है"


def test_new_words_that_are_none_come_back_with_a_reason(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है")
    number = stage.said("कल छुट्टी है")

    answer = head.post(f"/announcements/{number}", data={"text": " \u200d "})

    assert answer.status_code == 422
    assert 'id="wrong-text"' in answer.text
    assert stage.state(number).original.text == "कल छुट्टी है"


def test_what_was_removed_leaves_a_stone_with_who_and_when(stage: Scene):
    number = stage.release("head", "कल छुट्टी है")

    stage.browser("head").post(f"/announcements/{number}/removal")

    text = page(stage.browser("parent"), "/")
    stone = re.search(rf'<article class="card gone" id="a{number}">.*?</article>', text, re.S)
    assert stone
    assert "रमेश गुरुजी" in stone[0]
    assert "कल छुट्टी है" not in text


def test_who_removed_stays_who_removed(stage: Scene):
    number = stage.release("teacher", "कल छुट्टी है", group=stage.grades[3])
    for part in ("teacher", "head"):
        stage.browser(part).post(f"/announcements/{number}/removal")

    assert stage.state(number).removed_by == stage.people["teacher"]


def test_what_waits_is_taken_back_not_removed(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, "कल छुट्टी है")
    number = stage.said("कल छुट्टी है")

    assert head.post(f"/announcements/{number}/removal").status_code == 409
    assert stage.state(number).removed_at is None


def test_what_is_pinned_stands_on_top_of_a_page_that_has_long_moved_on(stage: Scene):
    first = stage.release("head", "पहली बात")
    for number in range(25):
        stage.release("head", f"बात {number}")
    head, reader = stage.browser("head"), stage.browser("parent")

    head.post(f"/announcements/{first}/pin", data={"up": "1"})

    assert cards_on(page(reader, f"/groups/{stage.grades[2]}"))[0] == first
    head.post(f"/announcements/{first}/pin", data={"up": "0"})
    assert first not in cards_on(page(reader, f"/groups/{stage.grades[2]}"))


@pytest.mark.patient
def test_what_is_pinned_comes_once_over_all_pages(stage: Scene):
    numbers = [stage.release("head", f"बात {number}") for number in range(45)]
    head = stage.browser("head")
    head.post(f"/announcements/{numbers[3]}/pin", data={"up": "1"})

    seen, path = [], f"/groups/{stage.school}"
    while path:
        text = page(head, path)
        seen += cards_on(text)
        found = re.search(r'href="([^"]*\?before=[^"]+)"', text)
        path = found[1] if found else ""

    assert seen[0] == numbers[3]
    assert seen[1:45] == [one for one in reversed(numbers) if one != numbers[3]]
    assert len(set(seen)) == len(seen)


def test_what_is_removed_comes_off_the_top(stage: Scene):
    number = stage.release("head", "कल छुट्टी है")
    head = stage.browser("head")
    head.post(f"/announcements/{number}/pin", data={"up": "1"})

    head.post(f"/announcements/{number}/removal")

    assert stage.state(number).pinned_at is None
    assert head.post(f"/announcements/{number}/pin", data={"up": "1"}).status_code == 404


def test_it_can_be_pinned_as_it_is_sent(stage: Scene):
    stage.announce(stage.browser("head"), "कल छुट्टी है", pin="1")

    assert stage.state(stage.said("कल छुट्टी है")).pinned_by == stage.people["head"]


def test_every_step_is_written_down(stage: Scene):
    number = stage.release("head", "कल छुट्टी है")
    head = stage.browser("head")
    head.post(f"/announcements/{number}/pin", data={"up": "1"})
    head.post(f"/announcements/{number}/removal")

    with stage.app.app_context():
        noted = sa.select(AuditEntry).where(AuditEntry.subject_id == number, AuditEntry.group_id == stage.school)
        entries = [(entry.action, entry.actor_id) for entry in db.session.scalars(noted.order_by(AuditEntry.id))]
    assert entries == [(action, stage.people["head"]) for action in ("announced", "pinned", "removed")]


def test_announcement_and_promise_are_one_commit(stage: Scene, monkeypatch: pytest.MonkeyPatch):
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Outbox, "promise", broken)
    with pytest.raises(RuntimeError, match="disk"):
        stage.announce(stage.browser("head"), "कल छुट्टी है")

    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Announcement.id)).where(Announcement.seq.is_(None))) == 0


def test_releasing_twice_gives_one_place_in_the_order(stage: Scene):
    from community.announcements.releasing import release

    number = stage.release("head", "कल छुट्टी है")
    place = stage.state(number).seq
    with stage.changing():
        release(number)
        assert Counter.now_at(stage.school) == place

    assert stage.state(number).seq == place


def test_who_was_put_out_is_not_heard_afterwards(stage: Scene):
    from community.groups.bans import Ban

    stage.announce(stage.browser("teacher"), "मैं अब भी बोलूँगी", group=stage.grades[3])
    with stage.changing():
        Ban.put(db.session.get_one(Group, stage.school), stage.person("teacher"), stage.person("head"))

    stage.release_all()

    assert stage.state(stage.said("मैं अब भी बोलूँगी")).seq is None


def test_a_group_that_rests_hears_nothing_new(stage: Scene):
    stage.announce(stage.browser("teacher"), "कल छुट्टी है", group=stage.grades[3])
    stage.archive(stage.grades[3])

    stage.release_all()

    assert stage.state(stage.said("कल छुट्टी है")).seq is None


def test_expired_news_is_gone_for_readers_and_left_to_its_author(stage: Scene):
    number = stage.release("head", "आज ही", expires=now() + timedelta(hours=1))
    stage.set(Announcement, number, expires=now() - timedelta(seconds=1))
    reader = stage.browser("parent")

    assert number not in cards_on(page(reader, "/"))
    assert reader.get(f"/announcements/{number}").status_code == 404
    assert stage.browser("head").get(f"/announcements/{number}").status_code == 200


def test_urgent_is_not_offered_yet(stage: Scene):
    head = stage.browser("head")
    assert 'value="urgent"' not in page(head, f"/groups/{stage.school}/announcements/new")

    stage.announce(head, "बाढ़ आ रही है", kind="urgent")

    assert not stage.state(stage.said("बाढ़ आ रही है")).is_urgent
