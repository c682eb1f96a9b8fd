"""Talk is told later: a row on the courtyard; a ring only for who chose so, and at most once an hour."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.outbox.models import Outbox
from community.talk import told
from community.talk.models import Message, TalkMark
from community.talk.rings import TalkRing, tell
from tests.announcements.scene import page, statements
from tests.talk.circle import Circle

NOON = "2026-11-24 06:30:00+00:00"  # in India


def switch(circle: Circle, part: str, *, on: bool = True) -> None:
    path = f"{circle.talk}/ringing"
    assert circle.browser(part).post(path, data={"on": "1"} if on else {}).status_code == 303


def outbox(circle: Circle, kind: str) -> list[Outbox]:
    with circle.app.app_context():
        return list(db.session.scalars(sa.select(Outbox).where(Outbox.kind == kind).order_by(Outbox.id)))


def would_ring(circle: Circle, part: str) -> str:
    """The payload that her phone would get now; "" for none."""
    with circle.changing():
        row = Outbox(args={"group_id": circle.grades[3], "person_id": circle.people[part]}, attempts=0)
        found = TalkRing().called(row)
        return found[1]().decode() if found else ""


def test_nobody_is_rung_who_did_not_ask_for_it(circle: Circle) -> None:
    circle.say("member", "सुनो")
    assert not outbox(circle, "talk")
    assert "aria-pressed" in page(circle.browser("parent"), f"/groups/{circle.grades[3]}/involvement")
    assert would_ring(circle, "parent") == ""


def test_who_asked_is_rung_once_an_hour_and_hears_only_where(circle: Circle) -> None:
    switch(circle, "parent")
    with time_machine.travel(NOON, tick=False) as clock:
        circle.say("member", "सुनो सब")
        circle.say("member", "और सुनो")
        assert len(outbox(circle, "talk")) == 1
        clock.shift(timedelta(minutes=2))
        with circle.changing():
            tell(circle.grades[3])
            db.session.execute(sa.update(Outbox).where(Outbox.kind == "talk").values(done_at=now()))
        assert [row.args["person_id"] for row in outbox(circle, "ring-talk")] == [circle.people["parent"]]
        body = would_ring(circle, "parent")
        assert "सुनो" not in body
        with circle.app.app_context():
            assert db.session.get_one(Group, circle.grades[3]).name in body
        circle.say("member", "तीसरी")
        first, second = outbox(circle, "talk")
        assert second.run_at - first.run_at == timedelta(hours=1)


def test_a_delicate_group_is_not_named(circle: Circle) -> None:
    switch(circle, "parent")
    with circle.changing():
        db.session.get_one(Group, circle.grades[3]).sensitive = True
        name = db.session.get_one(Group, circle.grades[3]).name
    with time_machine.travel(NOON, tick=False):
        circle.say("member", "सुनो")
        body = would_ring(circle, "parent")
    assert body
    assert name not in body


@pytest.mark.parametrize("quiet", ["urgent", "nothing", "muted", "read", "own", "left", "off"])
def test_what_keeps_it_silent(circle: Circle, quiet: str) -> None:
    switch(circle, "parent")
    mine = (Membership.person_id == circle.people["parent"], Membership.group_id == circle.grades[3])
    with time_machine.travel(NOON, tick=False):
        circle.say("parent" if quiet == "own" else "member", "सुनो")
        with circle.changing():
            if quiet in ("urgent", "nothing"):
                db.session.execute(sa.update(Membership).where(*mine).values(level=quiet))
            elif quiet == "muted":
                db.session.execute(sa.update(Membership).where(*mine).values(muted_until=now() + timedelta(hours=1)))
            elif quiet == "left":
                db.session.execute(sa.delete(Membership).where(*mine))
        if quiet == "read":
            circle.browser("parent").post(f"{circle.talk}/reading", data={"upto": "1"})
        if quiet == "off":
            switch(circle, "parent", on=False)
        assert would_ring(circle, "parent") == ""


def test_who_sleeps_is_rung_once_in_the_morning(circle: Circle) -> None:
    switch(circle, "parent")
    with time_machine.travel("2026-11-24 18:30:00+00:00", tick=False) as clock:  # midnight there
        for _hour in range(3):
            with circle.changing():
                tell(circle.grades[3])
            clock.shift(timedelta(hours=1))
        rings = outbox(circle, "ring-talk")
    assert len(rings) == 1
    assert rings[0].run_at > now().replace(2026, 11, 25, 0, 0)


def test_a_full_day_has_no_place_for_it(circle: Circle) -> None:
    switch(circle, "parent")
    with time_machine.travel(NOON, tick=False):
        circle.say("member", "सुनो")
        with circle.changing():
            circle.person("parent").ceiling = 0
        assert would_ring(circle, "parent") == ""


def test_the_switch_reads_nothing(circle: Circle) -> None:
    circle.many("member", 12)
    switch(circle, "parent")
    switch(circle, "parent", on=False)
    assert "12 नई बातें" in page(circle.browser("parent"), circle.talk)


@pytest.mark.parametrize("said", [True, False])
def test_who_comes_back_chooses_anew(circle: Circle, said: bool) -> None:
    switch(circle, "parent")
    if said:
        circle.say("member", "एक")
    here = (Membership.person_id == circle.people["parent"], Membership.group_id == circle.grades[3])
    with circle.changing():
        db.session.execute(sa.delete(Membership).where(*here))
    circle.join("parent", circle.grades[3])
    with time_machine.travel(NOON, tick=False):
        circle.say("member", "सुनो")
        assert would_ring(circle, "parent") == ""


def test_who_comes_once_more_for_a_child_is_still_rung(circle: Circle) -> None:
    switch(circle, "parent")
    circle.again("parent")
    with time_machine.travel(NOON, tick=False):
        circle.say("member", "सुनो")
        assert would_ring(circle, "parent")


@pytest.mark.parametrize("most", [3, 5])
def test_of_more_groups_than_are_looked_at_those_where_most_is_new_are_told(
    circle: Circle, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    circle.join("parent", circle.grades[5])
    with circle.changing():
        for grade in (3, 5):
            group, person = db.session.get_one(Group, circle.grades[grade]), circle.person("teacher")
            for number in range(2 if grade == most else 1):
                Message.say(group, person, key=f"a-key-{grade}-{number}", text="सुनो", why=[])
    monkeypatch.setattr(told, "MOST", 1)
    home = page(circle.browser("parent"), "/")
    assert re.findall(r'href="/groups/(\d+)/talk"', home) == [str(circle.grades[most])]


def test_the_switch_is_for_members_alone(circle: Circle) -> None:
    assert circle.browser("head").post(f"{circle.talk}/ringing", data={"on": "1"}).status_code == 404
    with circle.app.app_context():
        assert not db.session.scalars(sa.select(TalkMark).where(TalkMark.rings)).all()


def test_the_courtyard_says_where_something_is_new_until_it_is_read(circle: Circle) -> None:
    circle.say("member", "एक")
    parent = circle.browser("parent")
    assert f'href="{circle.talk}"' in page(parent, "/")
    parent.post(f"{circle.talk}/reading", data={"upto": "1"})
    assert f'href="{circle.talk}"' not in page(parent, "/")
    circle.say("member", "लौकी")
    circle.say("parent", "मेरी अपनी")
    home = page(parent, "/")
    assert f'href="{circle.talk}"' in home
    assert "लौकी" not in home
    with statements(circle.app) as seen:
        page(parent, "/")
    assert sum("talk_mark" in str(one) for one in seen) == 1
    circle.browser("parent").post(f"/groups/{circle.grades[3]}/mute", data={"for": "week"})
    assert f'href="{circle.talk}"' not in page(parent, "/")
