"""The order of release is the order of commit, whoever races; and a promise outlives the process that made it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa
import time_machine

from app import create_app
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import db, now, writing
from community.groups.models import Group
from community.outbox.embedded import run_due
from community.outbox.models import Outbox

from .scene import Scene


def prepare(stage: Scene, many: int) -> list[int]:
    """So many announcements that wait, in two audiences."""
    with stage.changing():
        audiences = [Audience.of(db.session.get_one(Group, stage.grades[grade])) for grade in (1, 2)]
        author = stage.person("head")
        return [
            Announcement.publish(audiences[n % 2], author, key=f"racing-{n}", text=f"बात {n}", language="hi").id
            for n in range(many)
        ]


def order(stage: Scene) -> list[int]:
    with stage.app.app_context():
        said = sa.select(Announcement.seq).where(
            Announcement.community_id == stage.school, Announcement.seq.is_not(None)
        )
        return sorted(seq for seq in db.session.scalars(said) if seq)


@pytest.mark.patient
def test_whoever_reads_never_sees_a_later_one_without_the_earlier(stage: Scene):
    waiting, done, gaps = prepare(stage, 24), Event(), []
    chance = random.Random(7)

    def let_out(number: int) -> None:
        with stage.app.app_context(), writing():
            release(number)
            time.sleep(chance.random() / 200)
            db.session.commit()

    def watch() -> None:
        while not done.is_set():
            seen = order(stage)
            gaps.extend([seen] if seen != list(range(1, len(seen) + 1)) else [])

    with ThreadPoolExecutor(5) as threads:
        watching = threads.submit(watch)
        for finished in [threads.submit(let_out, number) for number in waiting]:
            finished.result()
        done.set()
        watching.result()
    assert gaps == []
    assert order(stage) == list(range(1, 7 + 24 + 1))


@pytest.mark.patient
def test_four_workers_release_each_announcement_once(stage: Scene):
    waiting = prepare(stage, 20)
    with stage.changing():
        db.session.execute(sa.update(Outbox).values(run_at=now() - timedelta(seconds=1)))

    def work(name: str) -> None:
        with stage.app.app_context():
            while run_due(name):
                pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, "abcd"))
    stage.release_all()

    assert order(stage) == list(range(1, 7 + 20 + 1))
    assert len({stage.state(number).seq for number in waiting} - {None}) == 20


@pytest.fixture
def nothing_else(stage: Scene) -> None:
    """What the school said long ago is promised no more, nor what is done each night: it may be due in half an hour."""
    stage.release_all()
    with stage.changing():
        db.session.execute(sa.delete(Outbox).where(Outbox.done_at.is_(None)))


@pytest.mark.usefixtures("nothing_else")
def test_a_promise_outlives_the_process(stage: Scene):
    stage.announce(stage.browser("head"), "कल छुट्टी है")
    number = stage.said("कल छुट्टी है")
    with stage.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)

    another = create_app({"INSTANCE": str(stage.app.config["INSTANCE"]), "DATABASE_URL": url}, TESTING=True)
    with another.app_context(), time_machine.travel(now() + timedelta(minutes=1), tick=False):
        assert run_due("another process")
        db.session.remove()
        db.engine.dispose()

    assert stage.state(number).seq == 8


@pytest.mark.usefixtures("nothing_else")
def test_a_process_that_dies_within_a_release_leaves_it_to_the_next(stage: Scene, monkeypatch: pytest.MonkeyPatch):
    stage.announce(stage.browser("head"), "कल छुट्टी है")
    number = stage.said("कल छुट्टी है")

    def die(announcement_id: int) -> None:
        release(announcement_id)
        db.session.flush()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, time_machine.travel(now() + timedelta(minutes=1), tick=False):
        patched.setitem(stage.app.extensions["outbox"], "release", die)
        with stage.app.app_context(), pytest.raises(KeyboardInterrupt):
            run_due("dying")
    assert stage.state(number).seq is None

    with stage.app.app_context(), time_machine.travel(now() + timedelta(minutes=30), tick=False):
        assert run_due("next")
        assert run_due("next") == 0
    assert stage.state(number).seq == 8
