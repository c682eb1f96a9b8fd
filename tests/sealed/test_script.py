"""What the phones lock and open, in Node."""

import shutil
from pathlib import Path

import pytest

from community.assets import STATIC
from tests.offline.node import node

pytestmark = [pytest.mark.node, pytest.mark.sqlite_only]


@pytest.mark.parametrize("name", ["sealed", "answers"])
def test_what_is_locked_opens_where_it_should_and_an_answer_is_taken_for_what_it_is(tmp_path: Path, name: str) -> None:
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    shutil.copy(STATIC / "late" / "sealed.js", tmp_path / "sealed.mjs")
    shutil.copy(Path(__file__).parent / f"{name}.test.mjs", tmp_path)
    node(tmp_path, "--test", f"{name}.test.mjs")
