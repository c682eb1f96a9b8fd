"""PgBouncer stands between, in transaction mode: no statement leans on the one connection that it came by.

Two connections to PostgreSQL serve eight phones at once; whatever a session had kept would be another one's.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from community.announcements.models import Announcement
from community.database import Base, db, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Person
from community.people.sign_in import SignInCode
from tests.conftest import Browser
from tests.house.postgres import NoPostgres, bouncer, cluster
from tests.promises import at_head, keep_all

psycopg = pytest.importorskip("psycopg")
pytestmark = [pytest.mark.postgres, pytest.mark.sqlite_only]
PHONES, TURNS = 8, 6
LOOKS = {"language": "en", "picture": "tree", "colour": "neem"}
# What lives as long as a connection does. `pg_advisory_xact_lock` and `SET LOCAL` end with their transaction.
STATE = re.compile(
    r"^\s*(SET(?! LOCAL)|RESET|LISTEN|UNLISTEN|PREPARE|DEALLOCATE|DISCARD|LOAD)\b|WITH HOLD|pg_(try_)?advisory_lock"
    r"|CREATE\s+(LOCAL |GLOBAL )?TEMP|\bset_config\(", re.I,
)  # fmt: skip


@pytest.fixture(scope="module")
def bounced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    try:
        with cluster("C.UTF-8") as url, bouncer(url, servers=2) as address:
            app = create_app(
                {"INSTANCE": str(tmp_path_factory.mktemp("bounced")), "DATABASE_URL": address}, TESTING=True
            )
            app.test_client_class = Browser
            with app.app_context():
                Base.metadata.create_all(db.engine)
            at_head(app)
            yield app
            with app.app_context():
                db.engine.dispose()
    except NoPostgres as error:
        pytest.skip(str(error))


def signed_in(app: Flask, person: int) -> Browser:
    with app.app_context(), writing():
        code = SignInCode.issue(db.session.get_one(Person, person), issuer=None, lasts=timedelta(minutes=5))
        db.session.commit()
    browser = app.test_client()
    assert browser.post(f"/enter/{code}").status_code == 303
    return browser  # type: ignore[return-value]


def test_many_phones_share_few_connections(bounced: Flask) -> None:
    with bounced.app_context(), writing():
        people = [Person(picture="leaf", colour="neem", language="en") for _turn in range(PHONES)]
        db.session.add_all(people)
        group = Group.plant(name="School", joining="ask", **LOOKS)
        for person in people:
            admit(group, person, role="admin")
        db.session.commit()
        place, ids = group.id, [person.id for person in people]
    asked: list[str] = []
    with bounced.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, words, *_rest: asked.append(words))
    browsers = [signed_in(bounced, number) for number in ids]

    def speak(phone: int) -> list[int]:
        statuses = []
        for turn in range(TURNS):
            form = {"key": f"phone-{phone}-turn-{turn}", "text": f"{phone} {turn}", "kind": "news"}
            statuses.append(browsers[phone].post(f"/groups/{place}/announcements", data=form).status_code)
            statuses += [browsers[phone].get(path).status_code for path in ("/", f"/groups/{place}", "/groups")]
        return statuses

    with ThreadPoolExecutor(PHONES) as pool:
        answers = [status for statuses in pool.map(speak, range(PHONES)) for status in statuses]
    assert sorted(set(answers)) == [200, 303]
    with bounced.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Announcement)) == PHONES * TURNS
        assert _moved_and_released(place) == PHONES * TURNS
    assert [words for words in asked if STATE.search(words)] == []


def _moved_and_released(place: int) -> int:
    """The outbox keeps its promises and a branch is moved, through the same few connections."""
    with writing():
        db.session.execute(sa.text("UPDATE outbox SET run_at = created"))
        root = db.session.get_one(Group, place)
        first, second = (Group.plant(root, name=name, **LOOKS) for name in ("one", "two"))
        second.move_below(first)
        db.session.commit()
    keep_all()
    return db.session.scalar(sa.select(sa.func.count()).where(Announcement.seq.is_not(None))) or 0


def test_a_move_that_takes_its_time_holds_nobody_up(bounced: Flask) -> None:
    """While a branch is being moved, its pages are read, and somebody joins and announces there."""
    with bounced.app_context(), writing():
        root = Group.plant(name="State", joining="ask", **LOOKS)
        first, second = (Group.plant(root, name=name, joining="ask", **LOOKS) for name in ("one", "two"))
        inside = Group.plant(second, name="inside", joining="ask", **LOOKS)
        head, late = (Person(picture="leaf", colour="neem", language="en") for _turn in range(2))
        db.session.add_all((head, late))
        admit(root, head, role="admin")
        db.session.commit()
        numbers = (root.id, first.id, second.id, inside.id, head.id, late.id)
    top, there, moved, below, who, newcomer = numbers
    browser = signed_in(bounced, who)
    with bounced.app_context(), writing():
        db.session.get_one(Group, moved).move_below(db.session.get_one(Group, there))
        db.session.flush()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_joined, bounced, below, newcomer).result(timeout=10)
            said = pool.submit(browser.get, f"/groups/{below}")
            assert said.result(timeout=10).status_code == 200
        db.session.commit()
    with bounced.app_context():
        assert db.session.get_one(Group, below).path == f"/{top}/{there}/{moved}/{below}/"


def _joined(app: Flask, group: int, person: int) -> bool:
    with app.app_context(), writing():
        db.session.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
        held = admit(db.session.get_one(Group, group), db.session.get_one(Person, person))
        db.session.commit()
        return held.id is not None


def test_the_words_that_lean_on_a_connection_are_known() -> None:
    assert all(
        map(
            STATE.search,
            ("SET search_path = x", "select pg_advisory_lock(1)", "LISTEN here", "DECLARE c CURSOR WITH HOLD FOR x"),
        )
    )
    assert not any(map(STATE.search, ("SET LOCAL x = 1", "UPDATE a SET b = 1", "SELECT pg_advisory_xact_lock(1)")))
