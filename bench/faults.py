"""`python -m bench.faults [--every 1] [--keep]`: kill -9 and a full disk at every write of the main journeys.

A forked process walks through the journey and notes what was answered; it is killed at its n-th write (a statement,
a commit, a file), for each n, or its disk (a small tmpfs) is full after n pages. Then room is made, the same phones try
the same again, and what is there is compared with a walk that nothing disturbed.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image

from app import create_app
from bench.figures import Figure, keep
from community.database import db
from community.media import store
from community.outbox.embedded import run_due
from tests.conftest import HEADERS
from tests.house.ground import Ground, lay
from tests.once import hold

PAGE = 4096
COUNTED = {
    "person": "SELECT count(*) FROM person",
    "membership": "SELECT count(*) FROM membership",
    "announcement": "SELECT count(*) FROM announcement",
    "translation": "SELECT count(*) FROM translation",
    "released": "SELECT count(*) FROM announcement WHERE seq IS NOT NULL",
    "photo": "SELECT count(photo_id) FROM announcement",  # one that a repeated form brought is nobody's
    "answers": "SELECT count(*) FROM acknowledgement",
    "audit": "SELECT action, count(*) FROM audit_entry GROUP BY action ORDER BY action",
    "roles": "SELECT coalesce(role, ''), count(*) FROM membership GROUP BY 1 ORDER BY 1",
    "uses": "SELECT sum(uses) FROM invitation",
    "promised": "SELECT count(*) FROM outbox WHERE kind = 'release'",
    "wordings": "SELECT count(*), max(text) FROM correction",
    "reports": "SELECT count(*), count(DISTINCT case_id) FROM report",
}
# What must never be there alone, whenever one looks.
NOBODY_RELEASES = """
SELECT count(*) FROM announcement a WHERE a.seq IS NULL AND a.removed_at IS NULL AND a.withdrawn_at IS NULL
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.kind = 'release' AND o.done_at IS NULL AND o.key = 'release:' || a.id)
"""
HALVES = {
    "an announcement without words": "SELECT count(*) FROM announcement a "
    "WHERE NOT EXISTS (SELECT 1 FROM translation t WHERE t.announcement_id = a.id)",
    "an announcement that nobody will release": NOBODY_RELEASES,
    "a place in the order twice": "SELECT count(*) FROM (SELECT 1 FROM announcement WHERE seq IS NOT NULL "
    "GROUP BY community_id, seq HAVING count(*) > 1)",
    "a correction without the words of before": "SELECT count(*) FROM announcement a WHERE a.corrected_at IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.announcement_id = a.id)",
    "a case that nobody reported": "SELECT count(*) FROM care_case c "
    "WHERE NOT EXISTS (SELECT 1 FROM report r WHERE r.case_id = c.id)",
    "a member who is nobody": "SELECT count(*) FROM membership m "
    "WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = m.person_id)",
}


class Walk:
    """The journey, step by step; each may be tried again. What a phone holds (its cookies) outlives the server."""

    def __init__(self, folder: Path, ground: Ground) -> None:
        self.folder, self.school = folder, ground.school
        self.app = create_app({"INSTANCE": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'test.db'}"})
        self.phones: dict[str, Any] = {}
        self.notes = folder.parent / "phones.json"
        self.kept: dict[str, Any] = json.loads(self.notes.read_text()) if self.notes.exists() else {}

    def phone(self, who: str) -> Any:
        client = self.app.test_client()
        for name, value in self.kept.get(who, {}).items():
            client.set_cookie(name, value)
        return client

    def _ask(self, who: str, method: str, path: str, **more: Any) -> Any:
        client = self.phone(who)
        answer = client.open(path, method=method, headers=HEADERS, **more)
        if answer.status_code >= 500:
            raise OSError("not answered")
        self.kept[who] = {one.key: one.value for one in client._cookies.values()} | {}
        self.notes.write_text(json.dumps(self.kept))
        return answer

    def steps(self) -> list[tuple[str, Callable[[], bool]]]:
        grade = self.school.grades[3]
        return [
            (
                "she looks at the invitation",
                lambda: self._ask("new", "GET", f"/j/{self.school.invitation}").status_code == 200,
            ),
            ("she comes in", self._join),
            ("she is let in", self._let_in),
            ("words and a photo are announced", lambda: self._announce(grade, "walk-key-0001", photo=True)),
            ("words are announced", lambda: self._announce(grade, "walk-key-0002", photo=False)),
            ("they go out", self._release),
            ("she has understood", self._understand),
            ("the words are put right", self._correct),
            ("she reports them", self._report),
            ("somebody is made a helper", self._appoint),
        ]

    def _join(self) -> bool:
        if self._ask("new", "GET", "/me").status_code == 200:
            return True  # her phone was told already
        return self._ask("new", "POST", f"/j/{self.school.invitation}", data={"picture": "mango"}).status_code == 303

    def _let_in(self) -> bool:
        with closing(sqlite3.connect(self.folder / "test.db")) as raw:
            [number] = raw.execute("SELECT max(id) FROM join_request").fetchone()
        return self._ask("head", "POST", f"/requests/{number}/approval").status_code in (303, 409)

    def _announce(self, grade: int, key: str, *, photo: bool) -> bool:
        form: dict[str, Any] = {"text": f"Tomorrow at nine: {key}", "key": key}
        if photo:
            form["photo"] = (BytesIO(_picture()), "a.png")
        return self._ask("head", "POST", f"/groups/{grade}/announcements", data=form).status_code == 303

    def _release(self) -> bool:
        with self.app.app_context():
            with closing(sqlite3.connect(self.folder / "test.db", timeout=5)) as raw:
                raw.execute(
                    "UPDATE outbox SET run_at = created, lease_until = NULL WHERE kind = 'release' AND done_at IS NULL"
                )
                raw.commit()
            while run_due():
                pass
            db.session.remove()
        return True

    def _number(self) -> int:
        with closing(sqlite3.connect(self.folder / "test.db")) as raw:
            [number] = raw.execute("SELECT id FROM announcement WHERE key = 'walk-key-0002'").fetchone()
        return int(number)

    def _understand(self) -> bool:
        return self._ask("new", "POST", f"/announcements/{self._number()}/acknowledgement").status_code == 303

    def _correct(self) -> bool:
        words = {"text": "Tomorrow at ten"}
        return self._ask("head", "POST", f"/announcements/{self._number()}/correction", data=words).status_code == 303

    def _report(self) -> bool:
        why = {"reason": "wrong"}
        return self._ask("new", "POST", f"/report/announcement/{self._number()}", data=why).status_code == 303

    def _appoint(self) -> bool:
        with closing(sqlite3.connect(self.folder / "test.db")) as raw:
            wanted = "SELECT id FROM membership WHERE person_id = ? AND group_id = ?"
            found = raw.execute(wanted, (self.school.people["member"], self.school.grades[3])).fetchone()
            found = found or raw.execute("SELECT max(id) FROM membership").fetchone()
        return self._ask("head", "POST", f"/memberships/{found[0]}/role", data={"role": "responder"}).status_code in (
            303,
            409,
        )


def _picture() -> bytes:
    made = BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(made, "PNG")
    return made.getvalue()


@dataclass
class Found:
    kills: int = 0
    fulls: int = 0
    writes: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)


class Killer:
    """Counts writes as they happen; at the one that is named the process is gone."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def write(self, *_some: object) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, _c: object, _k: object, statement: str, *_rest: object) -> None:
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            self.write()

    def watch(self, walk: Walk) -> None:
        with walk.app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", self.statement)
            sa.event.listen(db.engine, "commit", self.write)
            sa.event.listen(db.session, "after_commit", self.write)
        for name in ("_write_whole", "_settle"):
            setattr(store, name, self._before(getattr(store, name)))

    def _before(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            self.write()
            made = real(*given)
            self.write()
            return made

        return counted


def walk_in_child(folder: Path, ground: Ground, at: int = 0, most: int = 0, begun: int = 0) -> tuple[list[str], int]:
    """The steps that were answered, and how many writes there were.

    `at`: killed there. `most`: bytes that a file may have. `begun`: so many steps were answered before.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        with suppress(BaseException):
            os.close(reading)
            _walk(folder, ground, at, most, begun, writing)
            code = 0
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as told:
        lines = told.read().splitlines()
    os.waitpid(child, 0)
    return [line for line in lines if not line.isdecimal()], max(
        (int(one) for one in lines if one.isdecimal()), default=0
    )


def _walk(folder: Path, ground: Ground, at: int, most: int, begun: int, told: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    walk, killer = Walk(folder, ground), Killer(at)
    killer.watch(walk)
    if most:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        for name, step in walk.steps()[begun:]:
            if not step():
                break
            os.write(told, f"{name}\n".encode())
    finally:
        os.write(told, f"{killer.count}\n".encode())


def looked(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What is there, and what is there by halves."""
    with closing(sqlite3.connect(folder / "test.db", timeout=10)) as raw:
        whole = raw.execute("PRAGMA integrity_check").fetchone()[0]
        half = [name for name, asked in HALVES.items() if raw.execute(asked).fetchone()[0]]
        counted = {name: raw.execute(asked).fetchall() for name, asked in COUNTED.items()}
        keys = [key for (key,) in raw.execute("SELECT key FROM photo")]
    there = {path.parent.name for path in (folder / "media").rglob("480.jpg")}
    half += [f"a photo without its file: {key}" for key in keys if key not in there]
    return counted, half + ([] if whole == "ok" else [f"the database: {whole}"])


class Trial:
    """Fresh places, one after the other, from one school."""

    def __init__(self, base: Path) -> None:
        self.base = base
        (base / "ground").mkdir()
        self.ground = lay(base / "ground", None)
        for who in ("head",):
            self._sign_in(who)
        self.steps = [name for name, _step in Walk(self.fresh(base / "names"), self.ground).steps()]
        whole = self.fresh(base / "whole")
        answered, self.writes = walk_in_child(whole, self.ground)
        if answered != self.steps:
            raise RuntimeError(f"undisturbed, the walk ended after: {answered}")
        self.whole, half = looked(whole)
        if half:
            raise RuntimeError(f"undisturbed, there is: {half}")

    def _sign_in(self, who: str) -> None:
        """Her phone is signed in before anything happens; the database of the school is changed for it."""
        folder = self.base / "first"
        (folder / "x").mkdir(parents=True)
        self.ground.prepare(folder / "x", with_school=True)
        from tests.conftest import Stage

        app = create_app(
            {"INSTANCE": str(folder / "x"), "DATABASE_URL": f"sqlite:///{folder / 'x' / 'test.db'}"}, TESTING=True
        )
        client = Stage(app, self.ground).browser(who)
        self.cookies = {who: {one.key: one.value for one in client._cookies.values()}}
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        with closing(sqlite3.connect(folder / "x" / "test.db")) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.database = folder / "x"

    def fresh(self, place: Path, on: Path | None = None) -> Path:
        folder = (on or place) / "instance"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("test.db", "secret.key"):
            shutil.copy(self.database / name, folder / name)
        (folder.parent / "phones.json").write_text(json.dumps(self.cookies))
        return folder

    def judge(self, what: str, folder: Path, answered: list[str], found: Found) -> None:
        """Right after the fault, and once the same phones have tried again."""
        counted, half = looked(folder)
        found.half += [f"{what}: {one}" for one in half]
        if "they go out" in answered and counted["released"] != self.whole["released"]:
            found.lost.append(f"{what}: what had gone out")
        if "words are announced" in answered and counted["announcement"] != self.whole["announcement"]:
            found.lost.append(f"{what}: an announcement")
        if "she has understood" in answered and counted["answers"] != self.whole["answers"]:
            found.lost.append(f"{what}: an answer")
        if "the words are put right" in answered and counted["wordings"] != self.whole["wordings"]:
            found.lost.append(f"{what}: a correction")
        if "she reports them" in answered and counted["reports"] != self.whole["reports"]:
            found.lost.append(f"{what}: a report")
        again, _writes = walk_in_child(folder, self.ground, begun=len(answered))
        counted, half = looked(folder)
        found.half += [f"{what}, tried again: {one}" for one in half]
        if answered + again != self.steps:
            found.lost.append(f"{what}: trying again ended after {again}")
        elif counted != self.whole:
            other = {name: (counted[name], self.whole[name]) for name in counted if counted[name] != self.whole[name]}
            found.half.append(f"{what}: once tried again it is {other}")


def measure(every: int = 1, offset: int = 0, fulls: bool = True) -> Found:
    hold()
    with tempfile.TemporaryDirectory(prefix="aangan-faults-") as name:
        trial = Trial(Path(name))
        found = Found(writes=trial.writes)
        for at in range(1 + offset, trial.writes + 1, every):
            folder = trial.fresh(Path(name) / "killed")
            answered, _count = walk_in_child(folder, trial.ground, at)
            found.kills += 1
            trial.judge(f"killed at write {at}", folder, answered, found)
        for most in full_at(trial, every) if fulls else ():
            _fill(trial, Path(name), most, found)
    return found


def full_at(trial: Trial, every: int) -> range:
    return range(0, 260 * PAGE, PAGE * 2 * every)


def _fill(trial: Trial, base: Path, room: int, found: Found) -> None:
    """A disk with so much room left, beside the database as it is."""
    with _disk(base / "disk") as disk:
        folder = trial.fresh(base / "full", on=disk)
        if os.geteuid():  # nobody may mount here: no file grows past this
            size = (folder / "test.db").stat().st_size
            answered, _count = walk_in_child(folder, trial.ground, most=max(PAGE, room) if room < size else size + room)
        else:
            with _filled(disk, room):
                answered, _count = walk_in_child(folder, trial.ground)
        found.fulls += 1
        trial.judge(f"full after {room} bytes", folder, answered, found)


@contextmanager
def _disk(place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    if os.geteuid():
        yield place
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def _filled(disk: Path, room: int) -> Iterator[None]:
    filler, left = disk / "filler", shutil.disk_usage(disk).free - room
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, left))
    try:
        yield
    finally:
        filler.unlink()


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--every", type=int, default=1)
    reader.add_argument("--keep", action="store_true")
    given, start = reader.parse_args(), time.monotonic()
    found = measure(given.every)
    print(f"{found.writes} writes, {found.kills} kills, {found.fulls} full disks, {time.monotonic() - start:.0f} s")
    print(*found.lost, *found.half, sep="\n")
    if given.keep:
        what = "joining, letting in, announcing, going out, answering, correcting, reporting, appointing"
        note = f"{found.kills} kills at {found.writes} writes of {what}; {found.fulls} full disks."
        command = "python -m bench.faults"
        keep([
            Figure("kill -9 and full disk: acknowledged and lost", len(found.lost), "", "<= 0", command, note),
            Figure("kill -9 and full disk: half done", len(found.half), "", "<= 0", command),
        ])  # fmt: skip
    sys.exit(bool(found.lost or found.half))


if __name__ == "__main__":
    main()
