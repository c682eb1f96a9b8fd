"""Work that takes longer than a request: batches, roles asked anew, death in between, stopping and undoing."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from community.audit.models import AuditEntry
from community.database import db, now, writing
from community.errands.models import Deed, Errand, begin
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Person
from tests.conftest import ALL, Stage
from tests.errands.counting import batch, counted, look_at, started
from tests.house.server import ROOT, environment
from tests.outbox.plant import wait_for

pytestmark = pytest.mark.sampled


def outcomes(stage: Stage, number: int) -> dict[str, int]:
    with stage.app.app_context():
        rows = sa.select(Deed.outcome, sa.func.count()).where(Deed.errand_id == number).group_by(Deed.outcome)
        return {outcome: count for outcome, count in db.session.execute(rows)}


def audited(stage: Stage) -> list[str]:
    with stage.app.app_context():
        found = sa.select(AuditEntry.action).where(AuditEntry.action.like("errand%")).order_by(AuditEntry.id)
        return list(db.session.scalars(found))


def demote(stage: Stage, part: str) -> None:
    with stage.app.app_context(), writing():
        hers = sa.update(Membership).where(Membership.person_id == stage.people[part])
        db.session.execute(hers.values(role="member"))
        db.session.commit()


def test_it_is_done_in_batches_of_fifty_and_counts_what_it_did(stage: Stage) -> None:
    number = started(stage, 120, bad=[7, 119])
    batch(stage)
    assert (look_at(stage, number).done, look_at(stage, number).refused) == (49, 1)
    assert outcomes(stage, number) == {"done": 49, "refused": 1, "waiting": 70}
    batch(stage, 5)
    found = look_at(stage, number)
    assert (found.total, found.done, found.refused) == (120, 118, 2)
    assert found.ended_at
    assert counted(stage) == [one for one in range(120) if one not in (7, 119)], "what was refused left something"
    assert audited(stage) == ["errand begun", "errand ended"]


def test_the_last_batch_may_be_full_and_nothing_is_an_errand_too(stage: Stage) -> None:
    full, empty = started(stage, 100), started(stage, 0, key="none")
    batch(stage, 9)
    assert look_at(stage, full).ended_at
    assert look_at(stage, empty).ended_at
    assert counted(stage) == list(range(100))


def test_the_same_key_begins_it_once(stage: Stage) -> None:
    assert started(stage, 3) == started(stage, 3) != started(stage, 3, key="another")


@pytest.mark.patient
def test_more_deeds_come_after_those_that_are_there(stage: Stage) -> None:
    number, many = started(stage, 2), 2500 if ALL else 1100
    with stage.app.app_context(), writing():
        found = db.session.get_one(Errand, number)
        found.add({"number": one} for one in range(2, many))
        db.session.commit()
    batch(stage, 60)
    assert counted(stage) == list(range(many))
    assert look_at(stage, number).total == look_at(stage, number).done == many


def test_who_lost_the_role_has_lost_it_in_work_that_runs(stage: Stage) -> None:
    number = started(stage, 120)
    batch(stage)
    demote(stage, "head")
    batch(stage, 5)
    found = look_at(stage, number)
    assert (found.stopped_for, found.done, found.ended_at) == ("role", 50, None)
    page = stage.browser("head").get(f"/errands/{number}")
    assert page.status_code == 200
    assert (
        "Who began it does not look after this any more."
        in stage.browser("head").get(f"/errands/{number}?lang=en").text
    )
    assert f"/errands/{number}/" not in page.text, "nothing to stop or undo for her any more"
    for verb in ("stop", "undo"):
        assert stage.browser("head").post(f"/errands/{number}/{verb}").status_code == 404


def test_it_can_be_stopped_and_what_was_done_stays(stage: Stage) -> None:
    number = started(stage, 120)
    batch(stage)
    head = stage.browser("head")
    for _ in range(2):
        assert head.post(f"/errands/{number}/stop").status_code == 303
    batch(stage, 5)
    assert outcomes(stage, number) == {"done": 50, "waiting": 70}
    assert audited(stage) == ["errand begun", "errand stopped"]


def test_undo_takes_it_back_from_its_end_in_batches(stage: Stage) -> None:
    number = started(stage, 120, stays=[3])
    head = stage.browser("head")
    assert head.post(f"/errands/{number}/undo").status_code == 409, "it still runs"
    batch(stage, 5)
    for _ in range(2):
        assert head.post(f"/errands/{number}/undo").status_code == 303
    batch(stage)
    assert counted(stage, "uncounted") == list(range(119, 69, -1))
    batch(stage, 5)
    assert look_at(stage, number).undone_at
    assert outcomes(stage, number) == {"undone": 119, "kept": 1}
    assert sorted(counted(stage, "uncounted")) == [one for one in range(120) if one != 3]


def test_after_a_week_it_stays(stage: Stage) -> None:
    number = started(stage, 5)
    batch(stage, 2)
    with time_machine.travel(now() + timedelta(days=8)):
        head = stage.browser("head")
        assert head.post(f"/errands/{number}/undo").status_code == 409
        assert "/undo" not in head.get(f"/errands/{number}").text
    assert "/undo" in stage.browser("head").get(f"/errands/{number}").text


def test_who_undoes_is_asked_for_the_role_in_each_batch(stage: Stage) -> None:
    number = started(stage, 120)
    batch(stage, 5)
    assert stage.browser("head").post(f"/errands/{number}/undo").status_code == 303
    batch(stage)
    demote(stage, "head")
    batch(stage, 5)
    found = look_at(stage, number)
    assert (found.undo_at, found.undone_at, found.stopped_for) == (None, None, "role")
    assert outcomes(stage, number) == {"done": 70, "undone": 50}


def test_an_undo_that_broke_off_can_be_begun_again(stage: Stage) -> None:
    test_who_undoes_is_asked_for_the_role_in_each_batch(stage)
    with stage.app.app_context(), writing():
        hers = sa.update(Membership).where(Membership.person_id == stage.people["head"])
        db.session.execute(hers.values(role="admin"))
        number = db.session.scalars(sa.select(Errand.id)).one()
        db.session.commit()
    assert stage.browser("head").post(f"/errands/{number}/undo").status_code == 303
    batch(stage, 5)
    assert outcomes(stage, number) == {"undone": 120}


def test_a_deed_is_only_for_what_is_inside(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        head = db.session.get_one(Person, stage.people["head"])
        one, other = (db.session.get_one(Group, stage.grades[grade]) for grade in (3, 4))
        held = begin("forgotten", one, head, "k", {}, [{"group": other.id}, {"group": one.id}])
        assert held.inside(one.id) is one
        with pytest.raises(Exception, match="gone"):
            held.inside(other.id)
        with pytest.raises(Exception, match="gone"):
            held.inside(12345)
        one.archive(head)
        with pytest.raises(Exception, match="rests"):
            held.inside(one.id, awake=True)
        db.session.commit()
        number = held.id
    batch(stage, 2)
    assert outcomes(stage, number) == {"refused": 2}, "nobody knows this kind any more"
    page = stage.browser("head").get(f"/errands/{number}?lang=en").text
    assert page.count("This can not be done any more.") == 2


def test_it_is_found_again_where_it_was_begun_and_on_my_page(stage: Stage) -> None:
    head = stage.browser("head")
    assert 'href="/errands"' not in head.get("/me").text
    number = started(stage, 120)
    assert 'href="/errands"' in head.get("/me").text
    for page in ("/errands", f"/groups/{stage.school}/settings"):
        assert f'href="/errands/{number}"' in head.get(page).text
    shown = head.get(f"/errands/{number}")
    assert 'http-equiv="refresh"' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    batch(stage, 5)
    assert 'http-equiv="refresh"' not in head.get(f"/errands/{number}").text
    assert f'href="/errands/{number}"' not in head.get(f"/groups/{stage.school}/settings").text


@pytest.mark.parametrize("part", ["english reader"])
def test_others_do_not_see_it(stage: Stage, part: str) -> None:
    number = started(stage, 3)
    other = stage.browser(part)
    for answer in (other.get(f"/errands/{number}"), other.post(f"/errands/{number}/stop")):
        assert answer.status_code == 404


@pytest.mark.large
def test_kill_9_in_the_middle_loses_and_repeats_nothing(stage: Stage) -> None:
    stage.release_all()
    number = started(stage, 220, bad=[60])
    command = [sys.executable, str(Path(__file__).with_name("counting.py"))]
    settings = {"DATABASE_URL": stage.app.config["DATABASE_URL"], "OUTBOX_LEASE": "2"}
    around = environment(stage.app.config["INSTANCE"], settings)
    dead = subprocess.run([*command, "dies"], cwd=ROOT, env=around, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert dead.returncode == -signal.SIGKILL
    assert len(counted(stage)) == 99, "two batches were committed, the third was not"
    living = subprocess.Popen([*command, "lives"], cwd=ROOT, env=around, stdin=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: look_at(stage, number).ended_at is not None)
    finally:
        living.kill()
        living.wait()
    assert counted(stage) == [one for one in range(220) if one != 60]
