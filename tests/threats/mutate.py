"""`make mutate`: take each defence out of a scratch copy, once, and see that its test fails. The product has no switch for it.

Prints each row; keeps how many held in docs/benchmarks.json. Words after the command choose rows by what they say.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.threats.table import TABLE, Row  # noqa: E402

SAMPLED = "tests/house/test_matrix.py::test_cell"  # a part of its thousands of cells is enough
FAILED = 1  # pytest's code for: tests ran, and some failed. Anything else proves nothing
COPIED = shutil.ignore_patterns(
    ".git", ".venv", "instance", "*.egg-info", ".*_cache", ".hypothesis", "shots", "__pycache__"
)


def run(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "AANGAN_ALL": "" if tests == (SAMPLED,) else "1",
        "AANGAN_SAMPLE": "4",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / ".h"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def chosen(words: Sequence[str]) -> list[Row]:
    return [row for row in TABLE if not words or any(word in " ".join(row) for word in words)]


def without(folder: Path, row: Row) -> str:
    """What became of the row's test without the defence: 'fails' is good."""
    place = folder / row.file
    whole = place.read_text()
    if whole.count(row.old) != 1:
        return "the place is not to be found"
    place.write_text(whole.replace(row.old, row.new))
    try:
        done = run(folder, row.test)
    finally:
        place.write_text(whole)
    if done.returncode == FAILED and "error" not in done.stdout.splitlines()[-1].lower():
        return "fails"
    return "STILL PASSES" if done.returncode == 0 else f"DID NOT RUN: {(done.stdout + done.stderr)[-600:]}"


def main(words: Sequence[str]) -> int:
    rows, start = chosen(words), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aangan-mutate-") as scratch:
        folder = Path(scratch) / "copy"
        shutil.copytree(ROOT, folder, ignore=COPIED)
        for tests in _in_place(rows):
            if (whole := run(folder, *tests)).returncode:
                print(f"With all defences in place the tests do not pass:\n{whole.stdout[-3000:]}")
                return 1
        told = {row: _told(folder, row) for row in rows}
    held = sum(became == "fails" for became in told.values())
    print(f"\n{held} of {len(rows)} tests fail without their defence. {time.monotonic() - start:.0f} s")
    if not words:
        _keep(held, len(rows))
    return int(held != len(rows))


def _in_place(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    tests = sorted({row.test for row in rows})
    return [part for part in (tuple(one for one in tests if one != SAMPLED), (SAMPLED,)) if set(part) & set(tests)]


def _told(folder: Path, row: Row) -> str:
    became = without(folder, row)
    print(f"{became:<14} {row.threat}: {row.defence}\n               {row.test}", flush=True)
    return became


def _keep(held: int, rows: int) -> None:
    from bench.figures import Figure, keep

    named = "defences whose test fails when they are taken out"
    keep([Figure(named, held, f"of {rows}", f">= {rows}", "mutate", "make mutate; rows in tests/threats/table.py")])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
