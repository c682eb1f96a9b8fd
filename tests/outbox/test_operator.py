"""The operator's page and the page for machines: who is let in, what is counted, and that nobody is named."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families as families

from community.config import ConfigError, settings
from community.database import db, now, writing
from community.outbox.embedded import run_due
from community.outbox.models import Outbox, handles
from community.outbox.views import KINDS
from tests.conftest import Browser, Stage
from tests.outbox.test_handing_over import claimed

KEY = "a-key-of-thirty-two-characters-!"
NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


@pytest.fixture
def operated(app: Flask) -> Iterator[Flask]:
    was, app.config["METRICS_TOKEN"] = app.config["METRICS_TOKEN"], KEY
    yield app
    app.config["METRICS_TOKEN"] = was


@pytest.fixture
def operator(operated: Flask, browser: Browser) -> Browser:
    assert browser.post("/operator", data={"key": f" {KEY} "}).status_code == 303
    return browser


def promise(kind: str, *texts: str, at: datetime | None = None) -> None:
    with writing():
        for text in texts:
            Outbox.promise(kind, f"{kind}:{text}", at, text=text)
        db.session.commit()


@pytest.fixture
def busy(operated: Flask) -> None:
    """Noon: two pushes are due since eleven, one is under way, a release stumbled at ten, one is for the evening."""

    def stumble(text: str) -> None:
        raise RuntimeError(text)

    handles(operated, "release", stumble)
    with operated.app_context():
        with time_machine.travel(NOON - timedelta(hours=2), tick=False):
            promise("release", "PLANTED")
            run_due()
        with time_machine.travel(NOON - timedelta(hours=1), tick=False):
            promise("push", "1", "2", "3")
        with time_machine.travel(NOON - timedelta(seconds=30), tick=False):
            claimed("worker", most=1)  # the release comes first, and stumbles no more: it is under way
            claimed("worker", most=1)
            run_again = db.session.query(Outbox).filter_by(kind="release").one()
            with writing():
                run_again.postpone("worker", NOON + timedelta(minutes=1))
                db.session.commit()
            promise("release", "evening", at=NOON + timedelta(hours=6))


def read(text: str) -> dict[tuple[str, ...], float]:
    return {
        (one.name.removeprefix("aangan_outbox_"), *one.labels.values()): one.value
        for family in families(text)
        for one in family.samples
    }


def test_without_a_key_neither_page_is_there(app: Flask, browser: Browser) -> None:
    assert app.config["METRICS_TOKEN"] == ""
    for answer in (
        browser.get("/metrics", headers={"Authorization": "Bearer "}), browser.get("/operator"),
        browser.post("/operator", data={"key": ""}), browser.post("/operator/tries"),
    ):  # fmt: skip
        assert answer.status_code == 404
        assert answer.text.count("<h1") == 1


@pytest.mark.parametrize(
    "said", ["", "Bearer", f"Bearer {KEY}x", f"Basic {KEY}", KEY, f"Bearer {KEY[:-1]}", "Bearer क"]
)
def test_machines_without_the_key_learn_nothing(operated: Flask, browser: Browser, said: str) -> None:
    answer = browser.get("/metrics", headers={"Authorization": said} if said else {})
    assert (answer.status_code, answer.data) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_machines_read_counts_and_ages_and_no_names(operated: Flask, browser: Browser, busy: None) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = browser.get("/metrics", headers={"Authorization": f"bearer {KEY}"})
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert "PLANTED" not in answer.text
    found = read(answer.text)
    assert found.pop(("oldest_seconds", "push")) == 3600
    assert found.pop(("oldest_seconds", "release")) == 7200
    assert {key: value for key, value in found.items() if value} == {
        ("promises", "push", "waiting"): 2, ("promises", "push", "running"): 1,
        ("promises", "release", "failing"): 1, ("promises", "release", "planned"): 1,
    }  # fmt: skip


def test_an_empty_outbox_is_an_empty_reading(operated: Flask, browser: Browser) -> None:
    assert read(browser.get("/metrics", headers={"Authorization": f"Bearer {KEY}"}).text) == {}


def test_the_wrong_key_opens_nothing(operated: Flask, browser: Browser) -> None:
    for wrong in ("", "guess", f"{KEY}x", "क" * 32, "\ud800"):
        answer = browser.post("/operator", data={"key": wrong.encode("utf-8", "surrogatepass")})
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
        assert wrong == "" or wrong not in answer.text
    assert 'type="password"' in browser.get("/operator").text
    assert browser.post("/operator/tries").status_code == 401


def test_the_cookie_is_closed_short_and_the_pages_own(operated: Flask, browser: Browser) -> None:
    for scheme in ("http", "https"):
        answer = browser.post("/operator", data={"key": KEY}, base_url=f"{scheme}://localhost")
        value, *flags = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
        assert {"HttpOnly", "Path=/operator", "SameSite=Strict", "Max-Age=3600"} <= set(flags)
        assert ("Secure" in flags) == (scheme == "https")
        assert KEY not in value


def test_the_cookie_ends_with_the_hour_and_with_the_key(operated: Flask, browser: Browser) -> None:
    with time_machine.travel(NOON, tick=False):
        browser.post("/operator", data={"key": KEY})
        assert "password" not in browser.get("/operator").text
    with time_machine.travel(NOON + timedelta(minutes=61), tick=False):
        assert "password" in browser.get("/operator").text
    browser.post("/operator", data={"key": KEY})
    operated.config["METRICS_TOKEN"] = KEY[::-1]
    assert "password" in browser.get("/operator").text


@pytest.mark.parametrize(
    "forged", ["", "x", "9999999999", "9999999999.", "9999999999.abc", "²", "९.x", "1" * 400, "-1.x"]
)
def test_a_forged_cookie_opens_nothing(operated: Flask, browser: Browser, forged: str) -> None:
    client = operated.test_client()
    client.environ_base["HTTP_COOKIE"] = f"operator={forged}"
    assert "password" in client.get("/operator").text


def test_nobody_of_the_courtyard_is_the_operator(operated: Flask, stage: Stage) -> None:
    for part in ("head", "member"):
        answer = stage.browser(part).get("/operator")
        assert "password" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_says_what_waits(operator: Browser, busy: None) -> None:
    with time_machine.travel(NOON, tick=False):
        operator.post("/operator", data={"key": KEY})
        page = operator.get("/operator?lang=en").text
    assert "PLANTED" not in page
    counts = re.findall(r'<b class="num m">(\d+)</b><span>([^<]+)</span>', page)
    assert counts == [("2", "Waiting"), ("1", "Under way"), ("1", "Did not work"), ("1", "For later")]
    assert page.count('class="wrong"') == 2, "both kinds wait for longer than five minutes"
    assert "today, 11 in the morning" in page


def test_trying_again_makes_what_failed_due_and_nothing_else(operated: Flask, operator: Browser, busy: None) -> None:
    with time_machine.travel(NOON, tick=False):
        operator.post("/operator", data={"key": KEY})
        assert operator.post("/operator/tries").status_code == 303
        with operated.app_context():
            due = {row.key: row.run_at <= now() for row in db.session.query(Outbox)}
    assert due == {"release:PLANTED": True, "release:evening": False, "push:1": True, "push:2": True, "push:3": True}


def test_when_all_is_done_it_says_so(operator: Browser) -> None:
    page = operator.get("/operator?lang=en").text
    assert "Everything is done." in page
    assert "/operator/tries" not in page


@pytest.mark.parametrize("short", ["short", "क" * 30, "a" * 30 + "\n"])
def test_a_key_that_can_be_guessed_is_refused(short: str) -> None:
    with pytest.raises(ConfigError, match="METRICS_TOKEN") as refusal:
        settings({"METRICS_TOKEN": short})
    assert short not in str(refusal.value)


def test_every_kind_of_work_has_a_name(app: Flask) -> None:
    ours = {kind for kind, how in app.extensions["outbox"].items() if _module(how).startswith("community.")}
    assert ours > {"release", "merger"}
    assert ours - set(KINDS) == set()


def _module(how: object) -> str:
    return str(getattr(how, "__module__", type(how).__module__))
