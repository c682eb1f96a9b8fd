"""The pure decisions of our scripts, tested in Node by tests that stand beside this file."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Browser, Stage
from tests.offline.node import HERE, laid_out, node

pytestmark = [pytest.mark.node, pytest.mark.sqlite_only]


@pytest.mark.parametrize("name", [path.name for path in sorted(HERE.glob("*.test.mjs"))])
def test_script(tmp_path: Path, name: str):
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    shutil.copy(HERE / name, laid_out(tmp_path))
    node(tmp_path, "--test", name)


def test_the_worker_is_one_script_in_which_every_name_is_there_once(tmp_path: Path, app: Flask):
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    (tmp_path / "worker.js").write_text(app.test_client().get("/sw.js").text)
    node(tmp_path, "--check", "worker.js")


def test_so_is_the_worker_of_a_phone_with_pins_and_others_get_none_of_it(tmp_path: Path, stage: Stage):
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    stage.app.config["READABLE"] = True
    browser = stage.browser("member")
    plain = worker_of(browser)
    browser.post("/me/pin", data={"pin": "274915", "again": "274915"})
    guarded = worker_of(browser)
    assert "AES-GCM" in guarded
    assert "AES-GCM" not in plain
    browser.post("/phone/hide")
    assert worker_of(browser) == guarded, "the same, whoever is in: it is not fetched anew with each PIN"
    (tmp_path / "worker.js").write_text(guarded)
    node(tmp_path, "--check", "worker.js")


def test_no_composer_opens_past_the_lock_or_stays_when_she_has_gone(tmp_path: Path, stage: Stage):
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    stage.app.config["READABLE"] = True
    browser = stage.browser("member")
    (tmp_path / "plain.js").write_text(worker_of(browser))
    browser.post("/me/pin", data={"pin": "274915", "again": "274915"})
    (tmp_path / "pins.js").write_text(worker_of(browser))
    for name in ("worker.mjs", "composers.mjs"):
        shutil.copy(HERE / name, tmp_path)
    node(tmp_path, "--test", "composers.mjs")


def worker_of(browser: Browser) -> str:
    [script] = re.findall(r'importScripts\("([^"]+)"\)', browser.get("/sw.js").text)
    return str(browser.get(script).text)
