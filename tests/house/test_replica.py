"""Feeds come from a copy of the database; whoever wrote reads her own write, however late the copy is.

A real primary and a real streaming replica, made by pg_basebackup, whose replaying can be held up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import REPLICA, Base, db, writing
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.people.models import Person
from community.people.sign_in import SignInCode
from tests.conftest import Browser
from tests.house.postgres import NoPostgres, cluster, halt, standby
from tests.promises import at_head

psycopg = pytest.importorskip("psycopg")
pytestmark = [pytest.mark.postgres, pytest.mark.sqlite_only]
LOOKS = {"language": "en", "picture": "tree", "colour": "neem"}
PATIENCE = 20.0


@dataclass
class Pair:
    """The app over both databases, with a head and a member in one group, and what each database was asked."""

    app: Flask
    group: int
    head: int
    member: int
    asked: dict[str, list[str]]

    def signed_in(self, person_id: int) -> Browser:
        with self.app.app_context(), writing():
            code = SignInCode.issue(db.session.get_one(Person, person_id), issuer=None, lasts=timedelta(minutes=5))
            db.session.commit()
        browser = self.app.test_client()
        assert browser.post(f"/enter/{code}").status_code == 303
        return browser  # type: ignore[return-value]

    def say(self, text: str) -> None:
        """Said and released at once, as by somebody else."""
        with self.app.app_context(), writing():
            audience = Audience.of(db.session.get_one(Group, self.group))
            said = Announcement.publish(
                audience, db.session.get_one(Person, self.head), key=f"key-{text}", text=text, language="en"
            )
            release(said.id)
            db.session.commit()

    def on_replica(self, words: str) -> object:
        with self.app.app_context(), db.engines[REPLICA].connect() as connection:
            return connection.execute(sa.text(words)).scalar()

    def catch_up(self) -> None:
        """Wait until the copy has all that the primary has."""
        with self.app.app_context(), db.engine.connect() as connection:
            here = connection.execute(sa.text("SELECT pg_current_wal_insert_lsn()")).scalar()
        until = monotonic() + PATIENCE
        while monotonic() < until:
            if self.on_replica(f"SELECT pg_last_wal_replay_lsn() >= '{here}'"):
                return
            sleep(0.05)
        raise AssertionError("the replica did not catch up")

    def read_afar(self, browser: Browser, path: str = "/") -> tuple[str, bool]:
        """The page, and whether its news came from the copy."""
        for asked in self.asked.values():
            asked.clear()
        page = browser.get(path).get_data(as_text=True)
        from_copy, from_primary = (
            any("FROM (SELECT" in one and "announcement.seq" in one for one in self.asked[name])
            for name in ("copy", "primary")
        )
        assert from_copy != from_primary, self.asked
        return page, from_copy


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    try:
        with cluster("C.UTF-8") as url, standby(url) as copy:
            yield from _served(folder, url, copy)
    except NoPostgres as error:
        pytest.skip(str(error))


def _served(folder: Path, url: str, copy: str) -> Iterator[Pair]:
    environ = {"INSTANCE": str(folder), "DATABASE_URL": url, "DATABASE_REPLICA_URL": copy}
    environ["DATABASE_REPLICA_LAG"] = "600"  # else a slow machine would have it the primary's turn
    app = create_app(environ, TESTING=True)
    app.test_client_class = Browser
    with app.app_context():
        Base.metadata.create_all(db.engine)
    at_head(app)
    with app.app_context(), writing():
        head, member = (Person(picture="leaf", colour="neem", language="en") for _turn in range(2))
        db.session.add_all((head, member))
        group = Group.plant(name="School", joining="ask", **LOOKS)
        admit(group, head, role="admin")
        admit(group, member)
        db.session.commit()
        made = Pair(app, group.id, head.id, member.id, {"primary": [], "copy": []})
    with app.app_context():
        for name, engine in (("primary", db.engine), ("copy", db.engines[REPLICA])):
            _listen(engine, made.asked[name])
    yield made
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def _listen(engine: sa.Engine, asked: list[str]) -> None:
    sa.event.listen(engine, "before_cursor_execute", lambda _c, _cursor, words, *_rest: asked.append(words))


@pytest.fixture
def held(pair: Pair) -> Iterator[None]:
    """The copy stands still: it receives, and shows nothing of it."""
    pair.catch_up()
    pair.on_replica("SELECT pg_wal_replay_pause()")
    yield
    pair.on_replica("SELECT pg_wal_replay_resume()")
    pair.catch_up()


@pytest.mark.parametrize("path", ["/", "/groups/{group}"])
def test_a_feed_comes_from_the_copy(pair: Pair, path: str) -> None:
    member = pair.signed_in(pair.member)
    pair.say(f"the well is clean {path[:3]}")
    pair.catch_up()
    page, from_copy = pair.read_afar(member, path.replace("{group}", str(pair.group)))
    assert from_copy and "the well is clean" in page


@pytest.mark.parametrize("path", ["/", "/groups/{group}", "/groups", "/offline/list"])
def test_who_wrote_reads_her_write(pair: Pair, path: str) -> None:
    member, head = pair.signed_in(pair.member), pair.signed_in(pair.head)
    path = path.replace("{group}", str(pair.group))
    pair.catch_up()
    pair.on_replica("SELECT pg_wal_replay_pause()")
    try:
        form = {
            "key": "written-by-the-head-" + path.strip("/").replace("/", "-"),
            "text": f"mine {path}",
            "kind": "news",
        }
        assert head.post(f"/groups/{pair.group}/announcements", data=form).status_code == 303
        if path not in ("/groups", "/offline/list"):
            page, from_copy = pair.read_afar(head, path)
            assert f"mine {path}" in page and not from_copy
            assert pair.read_afar(member, path)[1]
        else:
            pair.asked["copy"].clear()
            head.get(path)
            assert not any("audience" in asked for asked in pair.asked["copy"])
    finally:
        pair.on_replica("SELECT pg_wal_replay_resume()")
    pair.catch_up()
    if path not in ("/groups", "/offline/list"):
        assert pair.read_afar(head, path)[1]


def test_another_phone_of_hers_reads_it_too(pair: Pair, held: None) -> None:
    one, other = pair.signed_in(pair.head), pair.signed_in(pair.head)
    form = {"key": "from-one-phone", "text": "said on one phone", "kind": "news"}
    assert one.post(f"/groups/{pair.group}/announcements", data=form).status_code == 303
    page, from_copy = pair.read_afar(other)
    assert "said on one phone" in page and not from_copy


def test_a_copy_that_fell_behind_is_not_asked(pair: Pair, held: None, monkeypatch: pytest.MonkeyPatch) -> None:
    member = pair.signed_in(pair.member)
    monkeypatch.setitem(pair.app.config, "DATABASE_REPLICA_LAG", 1)
    pair.say("said while the copy stood still")
    sleep(1.2)
    page, from_copy = pair.read_afar(member)
    assert "said while the copy stood still" in page and not from_copy


def test_who_was_put_out_reads_nothing_more_although_the_copy_knows_her_still(pair: Pair) -> None:
    member = pair.signed_in(pair.member)
    pair.say("only for those inside")
    pair.catch_up()
    assert "only for those inside" in pair.read_afar(member)[0]
    pair.on_replica("SELECT pg_wal_replay_pause()")
    try:
        with pair.app.app_context(), writing():
            db.session.execute(sa.delete(Membership).where(Membership.person_id == pair.member))
            db.session.commit()
        assert "only for those inside" not in member.get("/").get_data(as_text=True)
        assert member.get(f"/groups/{pair.group}").status_code == 404
    finally:
        pair.on_replica("SELECT pg_wal_replay_resume()")
        with pair.app.app_context(), writing():
            admit(db.session.get_one(Group, pair.group), db.session.get_one(Person, pair.member))
            db.session.commit()
    pair.catch_up()


def test_without_the_copy_everything_is_there(pair: Pair) -> None:
    """Last of all: the copy dies, and does not come back."""
    member = pair.signed_in(pair.member)
    pair.say("the copy is gone")
    pair.catch_up()
    assert pair.read_afar(member)[1]
    with pair.app.app_context():
        halt(Path(str(db.engines[REPLICA].url.query["host"])))
    for _turn in range(2):
        page, from_copy = pair.read_afar(member)
        assert "the copy is gone" in page and not from_copy
