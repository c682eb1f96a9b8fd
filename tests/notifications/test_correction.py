"""A correction follows: to each phone that was sent the words of before, once, without a sound, never in her night."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from community.announcements.correction import correct
from community.announcements.models import Announcement
from community.database import db
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.notifications.sender import Outcome
from community.outbox.models import Outbox
from community.people.models import Person
from tests.notifications.post_office import Postman, committed, listen, person, said, states
from tests.notifications.post_office import run_all as run_due

LOOKS = {"name": "g", "language": "hi", "picture": "school", "colour": "mor"}
DAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # half past eleven at night in Kolkata


def run_all() -> None:
    run_due(kinds=("fan-out", "push", "morning", "fold"))


@pytest.fixture
def head(app: Flask, inside: None) -> int:
    return person("head")


@pytest.fixture
def group(head: int) -> int:
    with committed():
        made = Group.plant(None, **LOOKS)
        admit(made, db.session.get_one(Person, head), role="admin")
        return made.id


def comes(group: int, name: str, **more: object) -> int:
    number = person(name, **more)
    with committed():
        admit(db.session.get_one(Group, group), db.session.get_one(Person, number))
    return number


def put_right(number: int, head: int, text: str) -> None:
    with committed():
        assert correct(db.session.get_one(Announcement, number), text, db.session.get_one(Person, head), "admin")


def test_who_was_sent_it_is_sent_the_correction_once_and_silently(head: int, group: int, postman: Postman) -> None:
    asha, refused = comes(group, "Asha"), comes(group, "Bina")
    hers, never = listen(asha), listen(refused)
    postman.says = lambda one: Outcome(one.number, "refused" if one.endpoint.endswith(f"/{never}") else "accepted")
    with time_machine.travel(DAY):
        number = said(group, head)
        run_all()
    with committed():  # she has heard it, and mutes the group: it still takes the place of what she has
        held = db.session.query(Membership).filter_by(person_id=asha).one()
        held.heard_seq, held.muted_until = 1 << 40, DAY + timedelta(365)
    postman.letters.clear()
    with time_machine.travel(DAY + timedelta(days=5)):  # older than a push is kept: the correction is new
        late = listen(comes(group, "Chitra"))
        put_right(number, head, "सही शब्द")
        run_all()
        db.session.query(Outbox).filter(Outbox.kind == "push").update({"done_at": None, "lease_until": None})
        db.session.commit()
        run_all()

    assert postman.phones == [hers]
    assert late not in states(number)
    shown = postman.shown(hers)
    assert (shown["silent"], shown["tag"], shown["body"]) == (True, f"a{number}", "सही शब्द")
    assert shown["data"]["sheet"]["corrected"]


def test_each_correction_is_sent_and_a_removal_takes_it_off(head: int, group: int, postman: Postman) -> None:
    hers = listen(comes(group, "Asha"))
    with time_machine.travel(DAY, tick=True):
        number = said(group, head)
        run_all()
        for text in ("पहला सुधार", "दूसरा सुधार"):
            postman.letters.clear()
            put_right(number, head, text)
            run_all()
            assert postman.shown(hers)["body"] == text
        postman.letters.clear()
        with committed():
            db.session.get_one(Announcement, number).remove(db.session.get_one(Person, head))
        run_all()
    shown = postman.shown(hers)
    assert (shown["silent"], shown["tag"]) == (True, f"a{number}")
    assert "sheet" not in shown["data"]
    assert "सुधार" not in str(shown)


def test_quiet_hours_are_kept_also_for_what_was_urgent(head: int, group: int, postman: Postman) -> None:
    hers = listen(comes(group, "Asha", quiet_from=21, quiet_until=6))
    with time_machine.travel(NIGHT, tick=True):
        number = said(group, head, kind="urgent")
        run_all()
        assert postman.phones == [hers]
        postman.letters.clear()
        put_right(number, head, "सही शब्द")
        run_all()
        assert not postman.letters
        assert states(number) == {hers: "quiet"}
    with time_machine.travel(NIGHT + timedelta(hours=8)):
        run_all()
    assert postman.shown(hers)["silent"]


def test_who_left_gets_no_new_words(head: int, group: int, postman: Postman) -> None:
    asha = comes(group, "Asha")
    listen(asha)
    with time_machine.travel(DAY, tick=True):
        number = said(group, head)
        run_all()
        postman.letters.clear()
        with committed():
            db.session.query(Membership).filter_by(person_id=asha).one().end()
        put_right(number, head, "सही शब्द")
        run_all()
    assert not postman.letters
