"""docs/security.md is whole and its tests are there; and what the standard asks for that no other test held."""

import logging
import re
from itertools import chain

import pytest
from flask import Flask

from app import create_app
from tests import whispers
from tests.audit import verdict
from tests.conftest import Browser, Stage
from tests.house.server import ROOT
from tests.whispers import Whispers, whisper

pytestmark = pytest.mark.sqlite_only

# How many items of levels 1 and 2 each section of ASVS 5.0.0 has, counted from 1.
SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3
5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3
9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4
13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
Item = tuple[int, int, int]
ALL: list[Item] = [
    (*map(int, section.split(".")), item + 1)  # type: ignore[misc]
    for section, count in (one.split(":") for one in SECTIONS.split())
    for item in range(int(count))
]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| ([\d., –]+) \| (\S+) \| (.+) \|$", PAGE, re.M)
NAMED = re.compile(r"`((?:[\w/]+)?(?:\.py|\.js)?)::(test_\w+)`|`(?:tests/)?([\w/]+\.(?:py|js))`")


def items(said: str) -> list[Item]:
    """The items of a row: numbers with commas between them, and from one to another."""
    found: list[Item] = []
    for part in said.split(", "):
        first, *last = [tuple(map(int, one.split("."))) for one in part.split("–")]
        found += [item for item in ALL if first <= item <= (last or [first])[0]]
    return found


def test_every_item_of_the_list_is_answered_once() -> None:
    assert len(ALL) == 253
    assert sorted(chain(*(items(said) for said, _holds, _how in ROWS))) == ALL


def test_what_holds_names_what_proves_it_and_what_does_not_says_why() -> None:
    assert {holds for _said, holds, _how in ROWS} == {"yes", "no", "n/a"}
    proof = re.compile(r"::test_|`bench/|\[below\]|\.md|mypy|ruff|matrix\.py")
    assert [said for said, holds, how in ROWS if holds == "yes" and not proof.search(how)] == []
    assert [said for said, holds, how in ROWS if holds != "yes" and len(how) < 8] == []


def test_every_test_that_is_named_exists() -> None:
    file = ""
    for said, _holds, how in ROWS:
        for named, test, alone in NAMED.findall(how):
            file = named or alone or file
            path = next((one for one in (ROOT / "tests" / file, ROOT / file) if one.exists()), None)
            assert path, f"{said}: {file}"
            assert not test or re.search(rf"def {test}\(", path.read_text()), f"{said}: {file}::{test}"


def addresses(app: Flask) -> list[str]:
    """Every address that needs no number, and one with."""
    found = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    return [*found, "/groups/1", "/nowhere"]


@pytest.mark.patient
def test_no_answer_opens_itself_to_other_sites(stage: Stage) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for client in (stage.app.test_client(), stage.browser("head")):
        for path in addresses(stage.app):
            for method in ("GET", "OPTIONS"):
                answer = client.open(path, method=method, headers=asked)
                assert not [name for name, _value in answer.headers if name.lower().startswith("access-control")], path


def test_whatever_has_a_body_says_what_it_is(stage: Stage) -> None:
    head = stage.browser("head")
    for path in addresses(stage.app):
        answer = head.get(path)
        if not answer.data:
            continue
        kind = answer.headers["Content-Type"]
        assert kind.startswith(("text/html", "text/javascript")) == (
            answer.mimetype in ("text/html", "text/javascript")
        )
        assert not kind.startswith("text/") or "charset=utf-8" in kind.lower(), path
        assert answer.status_code >= 300 or answer.headers.get("X-Content-Type-Options") == "nosniff", path


@pytest.mark.parametrize("environ", [{}, {"FLASK_DEBUG": "1", "FLASK_ENV": "development"}])
def test_nothing_of_the_workshop_runs(tmp_path, monkeypatch, environ: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    """No debugger, no tracebacks for phones, and no route that only tests or the demo want."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    app = create_app({"INSTANCE": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"})
    assert (app.debug, app.testing, app.config["PROPAGATE_EXCEPTIONS"]) == (False, False, None)
    ours = {app.view_functions[rule.endpoint].__module__.split(".")[0] for rule in app.url_map.iter_rules()}
    assert ours == {"community"}


def test_nothing_rewrites_the_audit_log() -> None:
    rewriting = re.compile(r"(?:update|delete)\(\s*AuditEntry|(?:UPDATE|DELETE FROM)\s+\"?audit_entry", re.I)
    code = {path: path.read_text() for path in (ROOT / "community").rglob("*.py")}
    assert any("AuditEntry" in text for text in code.values())
    assert [path.name for path, text in code.items() if rewriting.search(text)] == []


def test_a_planted_secret_in_a_log_fails_the_run(stage: Stage, browser: Browser) -> None:
    """The listener that hears the whole suite hears what it should, and lets go what it should."""
    assert whisper in logging.getLogger().handlers
    heard, log = Whispers(), logging.getLogger("planted")
    log.addHandler(heard)
    heard.knows("135790", "a-token-of-somebody", "short")
    heard.typed({"words": "Bring the rice tomorrow", "place": "here", "more": ["Bring the lentils, too"]})
    try:
        raise ValueError("The PIN was 135790")
    except ValueError:
        log.exception("in a traceback")
    for private in ("a-token-of-somebody", "said: Bring the rice tomorrow", "Bring the lentils, too",
                    "call +91 81234 56789", "call 8123456789", "08123456789"):  # fmt: skip
        log.warning("so: %s", private)
    for harmless in ("short", "here", "announcement 81234567890123", "1.7123456789 s", "2026-11-22 15:00:00"):
        log.warning("so: %s", harmless)
    whisper.lines.clear()
    assert len(heard.told()) == 7
    assert heard.told() == []


@pytest.mark.parametrize("field", ["pin", "text", "phone"])
def test_what_was_typed_and_then_logged_fails_the_test(stage: Stage, browser: Browser, field: str) -> None:
    """Of a request that goes through the app, as every test of the suite sends them."""
    typed = {"pin": "482913", "text": "PLANTED words of somebody", "phone": "9812345670"}[field]

    def careless() -> None:
        raise RuntimeError(f"could not read {typed}")

    stage.app.config["PROPAGATE_EXCEPTIONS"] = False
    stage.app.view_functions["people.enter"] = lambda **_code: careless()  # type: ignore[assignment]
    whisper.check()
    assert browser.post("/enter/x", data={field: typed}).status_code == 500
    with pytest.raises(AssertionError, match=typed):
        whisper.check()


def test_what_a_process_of_its_own_logs_is_read_too() -> None:
    whisper.typed({"text": "PLANTED words for a worker", "pin": "731945"})
    whisper.read("  The head  http://127.0.0.1:5000/enter/abc\n0.731945 s\ntook 1731945 ns\n")
    for line in ("ERROR could not say PLANTED words for a worker", "pin=731945", "to +919812345670"):
        with pytest.raises(AssertionError, match="in a log"):
            whisper.read(f"started\n{line}\nended")


def test_a_deaf_listener_is_noticed() -> None:
    logging.getLogger().removeHandler(whisper)
    try:
        with pytest.raises(AssertionError, match="put the listener out"):
            whisper.check()
    finally:
        logging.getLogger().addHandler(whisper)


def test_what_the_server_makes_is_known_to_the_listener(stage: Stage) -> None:
    before = set(whisper.secrets)
    stage.browser("head").post("/me/phones/new")
    made = whisper.secrets - before
    assert len(made) >= 2, "a code and a session's token"
    assert all(len(one) >= whispers.DIGITS for one in made)


@pytest.mark.parametrize(
    ("found", "said", "code", "word"),
    [
        ([], "requests.exceptions.ConnectionError: Max retries exceeded", 0, "nobody was asked"),
        ([{"name": "x", "skip_reason": "Dependency not found on PyPI"}], "", 0, "nobody was asked"),
        ([{"name": "x", "version": "1", "vulns": []}], "", 0, "1 of 1 packages were looked up, 0 holes"),
        (
            [{"name": "x", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}],
            "",
            1,
            "CVE-1, mended in 2",
        ),
        ([], "No module named pip_audit", 0, "nobody was asked"),
        ([], "Traceback: something else", 1, "did not answer"),
    ],
)
def test_a_known_hole_fails_and_silence_is_said(
    found: list[dict[str, object]], said: str, code: int, word: str
) -> None:
    ended, lines = verdict(found, said)
    assert (ended, word in " ".join(lines)) == (code, True)
