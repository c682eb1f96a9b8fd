"""`make run` as a newcomer and an operator meet it: a real process, spoken to over HTTP."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from community.config import secret
from community.config import settings as config_of
from community.environment import ConfigError
from tests.house.server import ROOT, Visitor, free_port, own_address, refused, serving

pytestmark = pytest.mark.sqlite_only
TEACHER = "Teacher: looks after grade 3 (demo)"
KEY = re.compile(r"[\w-]{40,}")


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


def count(instance: Path, table: str) -> int:
    with sqlite3.connect(instance / "aangan.db") as connection:
        found = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    connection.close()
    return int(found[0])


def come_in(visitor: Visitor, link: str) -> None:
    assert visitor.get(link).status == 200
    assert visitor.post(link).status == 303
    assert visitor.get("/").status == 200


@pytest.mark.large
def test_a_first_start_makes_everything_and_a_second_keeps_it(instance: Path) -> None:
    with serving(instance) as first:
        assert instance.stat().st_mode & 0o777 == 0o700
        keys = list(instance.glob("*.key"))
        assert keys
        assert all(key.stat().st_mode & 0o777 == 0o600 for key in keys)
        assert len(first.links) == 7
        for link in first.links.values():
            come_in(first.visitor(), link)
        teacher = first.visitor()
        come_in(teacher, first.links[TEACHER])
        assert not any(key.read_text() in first.said for key in keys), "a secret was printed"
        people, groups = count(instance, "person"), count(instance, "group")
        assert first.stop() == 0
    with serving(instance, PORT=str(first.port)) as second:
        assert (count(instance, "person"), count(instance, "group")) == (people, groups)
        assert teacher.get("/me").status == 200, "who was signed in still is"
        assert second.visitor().get("/me").status == 401
        come_in(second.visitor(), second.links[TEACHER])


@pytest.mark.large
def test_an_empty_house_prints_the_owners_link_until_it_was_used(instance: Path) -> None:
    with serving(instance, DEMO="0") as first:
        assert list(first.links) == ["First owner, once:"]
        assert count(instance, "group") == 0
    with serving(instance, DEMO="0") as second:
        link = second.links["First owner, once:"]
        come_in(second.visitor(), link)
        assert second.visitor().post(link).status in (404, 410), "once"
    with serving(instance, DEMO="0") as third:
        assert not third.links
        assert count(instance, "person") == 1


@pytest.mark.large
def test_real_people_get_no_demo_links(instance: Path) -> None:
    with serving(instance, DEMO="0") as real:
        come_in(real.visitor(), real.links["First owner, once:"])
    said = refused(instance, DEMO="1")
    assert "DEMO=0 make run" in said
    assert "/enter/" not in said
    assert count(instance, "group") == 0


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "99999"}, "PORT"),
        ({"THREADS": "0"}, "THREADS"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"PUBLIC_URL": "aangan.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://aangan.example.org/courtyard"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://aangan.example.org?x"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://aangan.example.org:99999"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://who:geheim@aangan.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://localhost:8000", "DEMO": "0"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://127.0.0.1", "DEMO": "0"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://[::1]", "DEMO": "0"}, "PUBLIC_URL"),
        ({"DATABASE_URL": "geheim"}, "DATABASE_URL"),
        ({"DATABASE_REPLICA_URL": "postgresql://who:geheim@127.0.0.1/aangan"}, "DATABASE_REPLICA_URL"),
        ({"DATABASE_REPLICA_URL": "geheim"}, "DATABASE_REPLICA_URL"),
        ({"DATABASE_POOL": "geheim"}, "DATABASE_POOL"),
        ({"DATABASE_URL": "mysql://who:geheim@127.0.0.1/aangan"}, "DATABASE_URL"),
    ],
)
def test_what_is_half_configured_is_refused_by_name(settings: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as refusal:
        config_of(settings)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        pytest.param({"PUBLIC_URL": "http://localhost", "DEMO": "0"}, "PUBLIC_URL", marks=pytest.mark.large),
        pytest.param({"HOST": "no such host"}, "HOST", marks=pytest.mark.large),
        pytest.param({"DATABASE_URL": "sqlite:////no/such/folder/geheim.db"}, "DATABASE_URL", marks=pytest.mark.large),
    ],
)
def test_a_start_that_can_not_be_says_why(instance: Path, settings: dict[str, str], named: str) -> None:
    said = refused(instance, **settings)
    assert said.startswith("Aangan did not start: ")
    assert named in said
    assert "Traceback" not in said
    assert "geheim" not in said


@pytest.mark.large
def test_a_port_in_use_is_said_and_the_first_server_is_left_alone(instance: Path) -> None:
    with serving(instance) as first:
        said = refused(instance, PORT=str(first.port))
        assert f"PORT={first.port}" in said
        assert "/enter/" not in said
        come_in(first.visitor(), first.links["Member of two groups (demo)"])


def test_two_starts_at_once_agree_on_one_secret(instance: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _number: secret(instance, "x"), range(8)))
    assert len(found) == 1
    assert KEY.match(found.pop())
    assert [path.name for path in instance.iterdir()] == ["x.key"]


@pytest.mark.large
def test_control_c_and_systemd_end_it_in_peace(instance: Path) -> None:
    for sign in (signal.SIGTERM, signal.SIGINT):
        with serving(instance) as server:
            assert server.stop(sign) == 0
            assert "Traceback" not in server.said


@pytest.mark.patient
def test_phones_of_the_network_can_post_without_fetch_metadata(instance: Path) -> None:
    """Browsers leave Sec-Fetch-Site out on plain http, except at localhost."""
    host = own_address()
    with serving(instance, HOST="0.0.0.0") as server:
        assert server.links
        if host != "127.0.0.2":
            assert f"http://{host}:{server.port}/" in server.said
        invitation = server.links["Newcomer: an invitation to join"]
        phone = server.visitor(host)
        assert phone.get(invitation).status == 200
        for foreign in ("", "null", "http://elsewhere.example", f"https://{host}:{server.port}", f"http://{host}"):
            assert phone.post(invitation, origin=foreign).status == 403, foreign
        people = count(instance, "person")
        assert phone.post(invitation).status == 303
        assert count(instance, "person") == people + 1
        assert "aangan" in phone.cookies


@pytest.mark.browser
def test_a_browser_without_javascript_joins_at_an_address_of_the_network(instance: Path) -> None:
    from playwright.sync_api import sync_playwright

    host = own_address()
    chromium = shutil.which("chromium")
    assert chromium
    with serving(instance, HOST="0.0.0.0") as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"http://{host}:{server.port}{server.links['Newcomer: an invitation to join']}")
        people = count(instance, "person")
        with page.expect_navigation():
            page.locator("form[method=post] button").first.click()
        assert count(instance, "person") == people + 1
        browser.close()


@pytest.mark.large
def test_make_run_serves_from_nothing(tmp_path: Path) -> None:
    """A clean copy, without a venv: the one command makes its own and answers."""
    clone = tmp_path / "clone"
    skipped = shutil.ignore_patterns(".git", ".venv", "instance", "*.egg-info", ".*_cache", ".hypothesis", ".tools")
    shutil.copytree(ROOT, clone, ignore=skipped)
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        make = subprocess.Popen(
            ["make", "run"], cwd=clone, env=os.environ | {"PORT": str(port), "INSTANCE": str(tmp_path / "instance")},
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        until = 240
        while until and make.poll() is None:
            try:
                assert Visitor(f"http://127.0.0.1:{port}").get("/").status == 200
                return
            except OSError:
                until -= 1
                try:
                    make.wait(1)
                except subprocess.TimeoutExpired:
                    continue
        raise AssertionError((tmp_path / "log").read_text())
    finally:
        os.killpg(make.pid, signal.SIGKILL)
        make.wait()
