"""Who was reached: each person once, by what became of her phones; and a page that names nobody."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.models import Announcement
from community.database import db, now
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.notifications.models import Delivery
from community.notifications.reach import counted
from community.outbox.models import Outbox
from community.people.models import Child, Person
from community.subscriptions.models import Listener, Subscription
from tests.announcements.scene import statements
from tests.conftest import Browser, Stage
from tests.notifications.post_office import committed, listen, person, said

pytestmark = pytest.mark.sampled

LOOKS = {"name": "g", "language": "hi", "picture": "school", "colour": "mor"}
MANY = 6  # of each kind: so many are said


@pytest.fixture
def head(app: Flask, inside: None) -> int:
    return person("head")


@pytest.fixture
def root(head: int) -> int:
    with committed():
        group = Group.plant(None, **LOOKS)
        admit(group, db.session.get_one(Person, head), role="admin")
        return group.id


@pytest.fixture
def number(root: int, head: int) -> int:
    return said(root, head)


class Village:
    """People of the group, each of whom something happened to."""

    def __init__(self, root: int, number: int) -> None:
        self.root, self.number = root, number

    def person(self, name: str, **held: object) -> int:
        made = person(name)
        with committed():
            mine = admit(db.session.get_one(Group, self.root), db.session.get_one(Person, made))
            mine.heard_seq = 0
            for field, value in held.items():
                setattr(mine, field, value)
        return made

    def phone(self, *people: int, days: float = 0, ended: bool = False) -> int:
        """A phone of these people that was opened so many days ago; its subscription's number."""
        phone = listen(*people)
        with committed():
            found = Subscription.of(phone)
            assert found
            found.seen -= timedelta(days=days)
            found.ended_at = now() if ended else None
            return found.id

    def copy(self, phone: int, who: int, state: str = "sent", **more: object) -> int:
        accepted = now() if state == "sent" else None
        with committed():
            made = Delivery(
                announcement_id=self.number, subscription_id=phone, person_id=who, state=state, accepted_at=accepted,
                **more,
            )  # fmt: skip
            db.session.add(made)
            db.session.flush()
            return made.id

    def reached(self, name: str, state: str = "sent", *, days: float = 0, **more: object) -> int:
        who = self.person(name)
        self.copy(self.phone(who, days=days), who, state, **more)
        return who

    def answer(self, who: int, wish: str) -> None:
        with committed():
            db.session.add(Acknowledgement(announcement_id=self.number, person_id=who, wish=wish))

    def counts(self) -> dict[str, int]:
        """What there is, beside the author, who heard it from herself."""
        found = counted(db.session.get_one(Announcement, self.number))
        steps = dict(found.steps) | {"heard": found.steps["heard"] - 1}
        return {name: count for name, count in {**steps, **found.reasons, "whole": found.whole - 1}.items() if count}


@pytest.fixture
def village(root: int, number: int) -> Village:
    return Village(root, number)


def test_without_a_phone_nobody_is_reached(village: Village) -> None:
    village.person("a")
    assert village.counts() == {"whole": 1, "never": 1}


def test_the_steps_of_one_copy(village: Village) -> None:
    village.reached("accepted")
    village.reached("shown", shown_at=now())
    village.reached("opened", shown_at=now(), opened_at=now())
    assert village.counts() == {"whole": 3, "accepted": 3, "shown": 2, "opened": 1, "way": 1}


def test_heard_is_the_watermark_or_an_answer(village: Village) -> None:
    village.person("watermark", heard_seq=1)
    village.answer(village.person("understood"), "understood")
    village.answer(village.person("explain"), "explain")
    assert village.counts() == {"whole": 3, "heard": 3, "understood": 1, "explain": 1}


def test_who_answered_for_a_child_and_asks_herself_counts_once(village: Village) -> None:
    who = village.person("a")
    village.answer(who, "explain")
    with committed():
        child = Child(parent_id=who, picture="fish", colour="mor")
        db.session.add(child)
        db.session.flush()
        db.session.add(Acknowledgement(announcement_id=village.number, person_id=who, child_id=child.id))
    assert village.counts() == {"whole": 1, "heard": 1, "explain": 1}


def test_a_person_with_many_phones_and_memberships_counts_once(village: Village, root: int) -> None:
    who = village.reached("a")
    village.copy(village.phone(who), who, "failed")
    village.copy(village.phone(who), who, shown_at=now())
    with committed():
        inside = Group.plant(db.session.get_one(Group, root), **LOOKS)
        admit(inside, db.session.get_one(Person, who)).heard_seq = 0
    assert village.counts() == {"whole": 1, "accepted": 1, "shown": 1}


def test_a_shared_phone_shows_it_to_all_of_its_people_and_one_opened_it(village: Village) -> None:
    first, second = village.person("a"), village.person("b")
    village.copy(village.phone(first, second), first, shown_at=now(), opened_at=now())
    assert village.counts() == {"whole": 2, "accepted": 2, "shown": 2, "opened": 1}


@pytest.mark.parametrize(
    ("state", "days", "reason"),
    [
        ("sent", 6, "way"), ("sent", 8, "silent"), ("quiet", 0, "quiet"), ("waiting", 0, "waiting"),
        ("failed", 0, "failed"), ("gone", 0, "ended"), ("dropped", 0, "muted"),
    ],
)  # fmt: skip
def test_the_reason_by_what_became_of_the_copy(village: Village, state: str, days: int, reason: str) -> None:
    village.reached("a", state, days=days)
    accepted = {"accepted": 1} if state == "sent" else {}
    assert village.counts() == {"whole": 1, reason: 1, **accepted}


def test_the_reason_where_there_is_no_copy(village: Village) -> None:
    village.phone(village.person("ended"), ended=True)
    village.phone(village.person("nothing", level="nothing"))
    village.phone(village.person("urgent", level="urgent"))
    village.phone(village.person("pause", muted_until=now() + timedelta(hours=1)))
    village.phone(village.person("its turn comes"))
    assert village.counts() == {"whole": 5, "ended": 1, "muted": 3, "waiting": 1}
    with time_machine.travel(now() + timedelta(minutes=20), tick=False):
        assert village.counts() == {"whole": 5, "ended": 1, "muted": 3, "failed": 1}
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert village.counts() == {"whole": 5, "ended": 1, "muted": 2, "failed": 2}


def test_muted_in_one_group_and_loud_in_another_is_not_muted(village: Village, root: int) -> None:
    who = village.person("a", level="nothing")
    village.phone(who)
    with committed():
        inside = Group.plant(db.session.get_one(Group, root), **LOOKS)
        admit(inside, db.session.get_one(Person, who)).heard_seq = 0
    assert "muted" not in village.counts()


def test_who_is_not_in_the_audience_does_not_count(village: Village) -> None:
    who = village.reached("a", shown_at=now())
    with committed():
        db.session.execute(sa.delete(Membership).where(Membership.person_id == who))
    assert village.counts() == {}


@pytest.fixture
def crowd(stage: Stage) -> Iterator[int]:
    """The school's first announcement with forty people more, in every state; yields its number."""
    with stage.app.app_context():
        wanted = sa.select(Announcement).where(Announcement.seq == 1)
        first = db.session.scalars(wanted).one()
        with committed():
            db.session.get_one(Announcement, first.id).released_at = now()
        village = Village(stage.school, first.id)
        for place in range(MANY):
            village.reached(f"shown{place}", shown_at=now())
            village.reached(f"failed{place}", "failed")
            village.reached(f"quiet{place}", "quiet")
            village.person(f"never{place}")
        village.reached("gone", "gone")
        village.answer(village.reached("asks", shown_at=now(), opened_at=now()), "explain")
    yield first.id


def reach(browser: Browser, number: int) -> str:
    answer = browser.get(f"/announcements/{number}/reach?lang=en")
    assert answer.status_code == 200
    return answer.text


def test_the_page_shows_the_funnel_and_the_reasons_with_their_next_steps(stage: Stage, crowd: int) -> None:
    text = reach(stage.browser("head"), crowd)
    assert text.count('class="step"') == 6
    assert f'href="/groups/{stage.school}/invitations"' in text
    assert f'action="/announcements/{crowd}/resend"' in text
    assert re.findall(r'<b class="num m">(\w+)</b>', text).count("5") == 2  # six of a kind, rounded


def test_the_announcement_leads_there_who_looks_after_it(stage: Stage, crowd: int) -> None:
    assert f'"/announcements/{crowd}/reach"' in stage.browser("head").get(f"/announcements/{crowd}").text
    assert f'"/announcements/{crowd}/reach"' not in stage.browser("parent").get(f"/announcements/{crowd}").text


def test_of_very_few_people_nothing_is_said(stage: Stage) -> None:
    with stage.app.app_context():
        number = said(stage.grades[1], stage.people["head"])
    text = reach(stage.browser("head"), number)
    assert 'class="step"' not in text
    assert not re.findall(r'class="num', text)


@pytest.mark.patient
def test_the_page_asks_the_same_number_of_questions_for_many(stage: Stage, crowd: int) -> None:
    browser, costs = stage.browser("head"), set()
    for turn in range(2):
        with statements(stage.app) as seen:
            reach(browser, crowd)
        costs.add(len(seen))
        with stage.app.app_context():
            village = Village(stage.school, crowd)
            for place in range(20):
                village.reached(f"more{turn} {place}", shown_at=now())
    assert costs == {7}


@pytest.mark.patient
def test_no_page_and_no_answer_ties_a_phone_to_a_person(stage: Stage, crowd: int) -> None:
    """Whatever an admin opens: no token is there, and the page of reach names no member."""
    head = stage.browser("head")
    with stage.app.app_context():
        tokens = set(db.session.scalars(sa.select(Delivery.token)))
        names = {name for name in db.session.scalars(sa.select(Person.name)) if name and len(name) > 2}
        things = {
            "announcement_id": crowd, "group_id": stage.school, "child_id": 1, "session_id": 1,
            "membership_id": db.session.scalars(sa.select(Membership.id)).first(), "invitation_id": 1, "shape": "school",
        }  # fmt: skip
    assert tokens
    opened = 0
    for rule in stage.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments <= set(things):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(things[found[1]]), rule.rule)
        answer = head.get(path).data
        opened += 1
        assert not [token for token in tokens if token.encode() in answer], path
    assert opened > 30
    shown = reach(head, crowd)
    assert not [name for name in names if name in shown]
    for data in ({"shown": [*tokens]}, {"opened": [*tokens]}, {"shown": "x" * 16}):
        answer = head.post("/deliveries", data=data)
        assert (answer.status_code, answer.data) == (204, b"")


def rounds(stage: Stage) -> list[dict[str, object]]:
    with stage.app.app_context():
        wanted = sa.select(Outbox.args).where(Outbox.key.startswith("again:")).order_by(Outbox.id)
        return list(db.session.scalars(wanted))


@pytest.mark.patient
def test_sending_again_is_promised_once_an_hour(stage: Stage, crowd: int) -> None:
    head, path = stage.browser("head"), f"/announcements/{crowd}/resend"
    for _tap in range(2):
        assert head.post(path).location == f"/announcements/{crowd}/reach"
    assert rounds(stage) == [{"announcement_id": crowd, "again": True}]
    assert path not in reach(head, crowd)
    with time_machine.travel(now() + timedelta(minutes=59), tick=True):
        head.post(path)
        assert len(rounds(stage)) == 1
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        assert path in reach(head, crowd)
        head.post(path)
        assert len(rounds(stage)) == 2


def test_what_is_removed_or_too_old_is_not_sent_again(stage: Stage, crowd: int) -> None:
    head, path = stage.browser("head"), f"/announcements/{crowd}/resend"
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        assert path not in reach(head, crowd)
        assert head.post(path).status_code == 409
    head.post(f"/announcements/{crowd}/removal")
    assert head.post(path).status_code == 409
    assert not rounds(stage)


def test_a_listener_who_left_leaves_no_trace(village: Village) -> None:
    who = village.reached("a")
    with committed():
        db.session.execute(sa.delete(Listener).where(Listener.person_id == who))
    assert village.counts() == {"whole": 1, "accepted": 1, "way": 1}
