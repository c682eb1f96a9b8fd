"""The pure decisions of our scripts, tested in Node by tests that stand beside this file."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

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
