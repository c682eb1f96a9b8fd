"""What the phones lock and open, in Node."""

import shutil
from pathlib import Path

import pytest

from community.assets import STATIC
from tests.offline.node import node

pytestmark = [pytest.mark.node, pytest.mark.sqlite_only]


def test_what_is_locked_opens_where_it_should_and_nowhere_else(tmp_path: Path) -> None:
    run(tmp_path, "sealed")


def test_an_answer_is_taken_for_what_it_is(tmp_path: Path) -> None:
    run(tmp_path, "answers")


def run(tmp_path: Path, name: str) -> None:
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    shutil.copy(STATIC / "late" / "sealed.js", tmp_path / "sealed.mjs")
    shutil.copy(Path(__file__).parent / f"{name}.test.mjs", tmp_path)
    node(tmp_path, "--test", f"{name}.test.mjs")
