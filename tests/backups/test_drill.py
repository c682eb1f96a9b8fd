"""The drill: a backup is made while people write, carried off, opened in an empty place, and what comes back is compared."""

import json
import random
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from app import create_app
from community.backups import engines, rotation, snapshot
from community.backups.places import KEY, Places
from community.backups.restoring import newest, restore
from community.backups.vault import Broken, key_of, public_half
from community.config import settings
from community.database import Base, db, writing
from community.environment import ConfigError
from community.outbox.models import Outbox
from tests.backups.conftest import FILES
from tests.conftest import Stage

Empty = Callable[[], Places]
NIGHT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)


def rows(places: Places) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    engine = sa.create_engine(places.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.text(f'SELECT * FROM "{table.name}"')))
            for table in Base.metadata.sorted_tables
        }


def files(places: Places) -> dict[str, bytes]:
    return {name: (places.instance / name).read_bytes() for name in FILES if (places.instance / name).exists()}


def test_what_comes_back_is_what_was_there(server: Places, empty: Empty) -> None:
    made, there = snapshot.make(server), empty()
    was = rows(server)
    found = restore(there, made, server.identity)
    assert rows(there) == was
    assert len(was["person"]) > 5 and sum(map(len, was.values())) <= found.rows
    assert files(there) == FILES and found.files == len(FILES)
    assert (there.instance / "secret.key").read_text() == (server.instance / "secret.key").read_text()
    assert (there.instance / "secret.key").stat().st_mode & 0o777 == 0o600
    assert not (there.instance / "media" / "parts").exists()
    assert not list(there.instance.glob(".*"))


def test_people_come_in_where_they_were(stage: Stage, server: Places, empty: Empty) -> None:
    """Sessions, posters and numbers hold: the app answers her as before, and the next row gets a number of its own."""
    head, there = stage.browser("head"), empty()
    cookie = head.get_cookie("aangan")
    assert cookie
    restore(there, snapshot.make(server), server.identity)
    url = there.url.render_as_string(hide_password=False)
    app = create_app({"INSTANCE": str(there.instance), "DATABASE_URL": url}, TESTING=True)
    client = app.test_client()
    client.set_cookie("aangan", cookie.value)
    assert client.get("/me").status_code == 200
    assert client.get(f"/j/{stage.invitation}").status_code == 200
    with app.app_context():
        with writing():
            Outbox.promise("release", "release:another", text="x")
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_writers_go_on_meanwhile(stage: Stage, server: Places, empty: Empty) -> None:
    """A copy taken among a hundred commits is one moment of them: an exact beginning, in order."""
    done, stop = [0], threading.Event()

    def write() -> None:
        with stage.app.app_context():
            while not stop.is_set():
                with writing():
                    Outbox.promise("release", f"n:{done[0]:05}", text="x")
                    db.session.commit()
                done[0] += 1
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while done[0] < 5:
            pass
        before, made, after = done[0], snapshot.make(server), done[0]
    finally:
        stop.set()
        writer.join()
    there = empty()
    restore(there, made, server.identity)
    keys = sorted(row for row in rows(there)["outbox"] if "'n:" in row)
    assert before <= len(keys) <= after + 1
    assert all(f"'n:{number:05}'" in " ".join(keys) for number in range(len(keys)))


def nothing_is_there(there: Places) -> None:
    engines.check_empty(there)
    assert not there.keys() and not files(there)


@pytest.mark.parametrize(
    "harm", ["another key", "cut off", "one bit", "another snapshot's photo", "no photo", "zeroes"]
)
def test_what_is_not_whole_is_refused_and_leaves_nothing(server: Places, empty: Empty, harm: str) -> None:
    made, identity, there = snapshot.make(server), server.identity, empty()
    photos = sorted((server.backups / "files").rglob("*.age"))
    if harm == "another key":
        identity = key_of(there.instance / KEY)
    elif harm == "cut off":
        made.write_bytes(made.read_bytes()[: -random.Random(7).randrange(1, made.stat().st_size)])
    elif harm == "one bit":
        content = bytearray(made.read_bytes())
        content[random.Random(7).randrange(len(content))] ^= 1
        made.write_bytes(content)
    elif harm == "another snapshot's photo":
        shutil.copy(photos[0], photos[1])
    elif harm == "no photo":
        photos[0].unlink()
    else:
        made.write_bytes(b"\0" * 5000)
    with pytest.raises(Broken) as refusal:
        restore(there, made, identity)
    nothing_is_there(there)
    assert "AGE-SECRET" not in str(refusal.value)


def test_a_place_with_something_in_it_is_left_alone(server: Places, empty: Empty) -> None:
    made, there = snapshot.make(server), empty()
    with pytest.raises(Broken, match="database already"):
        restore(server, made, server.identity)
    (there.instance / "secret.key").write_text("somebody's")
    with pytest.raises(Broken, match="empty place"):
        restore(there, made, server.identity)
    assert (there.instance / "secret.key").read_text() == "somebody's"


def test_who_holds_a_backup_reads_nothing(server: Places) -> None:
    """Neither names nor words, nor what the photos are called; and no key of the server."""
    made = snapshot.make(server)
    secrets = [b"SQLite format", b"PGDMP", b"a photo", b"a voice", (server.instance / "secret.key").read_bytes()]
    for path in server.backups.rglob("*"):
        if path.is_file():
            assert not [one for one in secrets if one in path.read_bytes()], path
            assert "abcdefghij" not in str(path)
    assert made.parent.stat().st_mode & 0o077 == 0


def test_a_server_needs_the_public_half_alone(server: Places, empty: Empty) -> None:
    identity = key_of(empty().instance / "carried away")
    sealed = replace(server, given=public_half(identity))
    made = snapshot.make(sealed)
    assert not (server.instance / KEY).exists()
    assert snapshot.last_good(server.backups) == {
        "taken": rotation.moment_of(made.name).isoformat(), "bytes": made.stat().st_size, "read_back": False
    }  # fmt: skip
    assert restore(empty(), made, identity).rows
    with pytest.raises(ConfigError, match="BACKUP_RECIPIENT"):
        settings({"BACKUP_RECIPIENT": identity})


@pytest.mark.sqlite_only
def test_a_damaged_database_is_no_good_backup(server: Places) -> None:
    with server.database.open("r+b") as file:
        file.seek(server.database.stat().st_size // 2)
        file.write(b"\xff" * 9000)
    with pytest.raises(Broken, match="damaged"):
        snapshot.make(server)
    assert snapshot.last_good(server.backups) is None
    assert not list(server.backups.glob("*.age"))


def test_days_and_weeks_stay_and_what_is_older_goes() -> None:
    nights = [NIGHT - timedelta(days=day, hours=hour) for day in range(100) for hour in (0, 3)]
    stay = sorted(rotation.staying(nights), reverse=True)
    assert stay[:7] == [NIGHT - timedelta(days=day) for day in range(7)]
    assert all(moment.isoweekday() == 7 for moment in stay[7:])
    assert 7 + 2 <= len(stay) <= 7 + 4
    assert NIGHT - min(stay) <= timedelta(days=35)
    assert rotation.staying(stay) == set(stay), "doing it again changes nothing"


def test_a_photo_that_was_erased_is_gone_with_the_last_snapshot_that_had_it(server: Places) -> None:
    photo, names = server.media / "ab/abcdefghijklmnopqrstuv/feed.webp", set()
    with time_machine.travel(NIGHT, tick=False) as clock:
        for _night in range(3):
            snapshot.make(server)
            names |= {path.name for path in (server.backups / "files").rglob("*.age")}
            clock.shift(timedelta(days=1))
        assert len(names) == 2, "each is sealed once"
        photo.unlink()
        for _night in range(40):
            clock.shift(timedelta(days=1))
            if _night % 13 == 0 or _night > 35:
                snapshot.make(server)
    kept = list((server.backups / "files").rglob("*.age"))
    assert 1 <= len(list(server.backups.glob("aangan-*.age"))) <= 11
    assert len(kept) in (1, 2)
    oldest = min(rotation.moment_of(path.name) for path in server.backups.glob("aangan-*.age"))
    assert (len(kept) == 2) == (oldest < NIGHT + timedelta(days=3))


def test_a_backup_that_died_leaves_the_next_one_room(server: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it dies at: what was good stays good, and nothing half done is taken for a backup."""
    first = snapshot.make(server)
    good = json.dumps(snapshot.last_good(server.backups))
    for step in ("seal", "settle"):
        with monkeypatch.context() as patched, pytest.raises(OSError, match="full"):
            patched.setattr(snapshot, step, full_disk)
            snapshot.make(server)
        assert newest(server.backups) == first and json.dumps(snapshot.last_good(server.backups)) == good
    assert newest(server.backups).stat().st_size
    assert snapshot.make(server).exists()


def full_disk(*_given: object) -> None:
    raise OSError(28, "the disk is full")


@pytest.mark.sqlite_only
def test_nothing_to_keep_is_said(empty: Empty) -> None:
    with pytest.raises(Broken, match="nothing to keep"):
        snapshot.make(empty())


def test_newest_of_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="no backup"):
        newest(tmp_path)
