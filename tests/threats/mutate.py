"""`make mutate`: take each defence out of a scratch copy, once, and see that its test fails. The product has no switch for it.

Prints each row, and keeps at once which test failed for it in docs/threats.json, how many in docs/benchmarks.json. Words after
the command choose rows by what they say, "left" those of which nothing is kept; the others stay as they were kept. JOBS
says how many are tried at a time.
"""

import compileall
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from threading import Lock
from typing import Any, NamedTuple, TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.threats.table import TABLE, Row  # noqa: E402

SAMPLED = "tests/house/test_matrix.py::test_cell"  # a part of its thousands of cells is enough
Answer = TypeVar("Answer")
ONE_AT_A_TIME = Lock()
FIGURE = "defences whose test fails when they are taken out"
KEPT = ROOT / "docs" / "threats.json"
LONGEST = 3600  # seconds, on the slowest machine: a test that waits for what never comes tells nothing
IN_A_LOG = "somebody's secret or words in a log"  # tests/whispers.py
FAILED = 1  # pytest's code for: tests ran, and some failed. Anything else proves nothing
COPIED = shutil.ignore_patterns(
    ".git", ".venv", "instance", "*.egg-info", ".*_cache", ".hypothesis", "shots", "__pycache__"
)


def run(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "AANGAN_ALL": "" if tests == (SAMPLED,) else "1",
        "AANGAN_SAMPLE": "4",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / ".h"),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        return subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 2, "", f"no end within {LONGEST} s")


def chosen(words: Sequence[str]) -> list[Row]:
    known = _kept() if words == ["left"] else {}
    if known:
        return [row for row in TABLE if json.dumps(named(row)) not in known]
    return [row for row in TABLE if not words or any(word in " ".join(row) for word in words)]


class Became(NamedTuple):
    """Of a row without its defence: `what` is good where it "fails"; then `failed` is the test, with its case."""

    what: str
    failed: str = ""


def without(folder: Path, row: Row) -> Became:
    place = folder / row.file
    whole = place.read_text()
    if whole.count(row.old) != 1:
        return Became("the place is not to be found")
    place.write_text(whole.replace(row.old, row.new))
    try:
        return _judged(run(folder, row.test))
    finally:
        place.write_text(whole)


def _judged(done: subprocess.CompletedProcess[str]) -> Became:
    """Whoever searches all logs speaks up after the test: that is an error of it for pytest, and what was wanted."""
    told = "FAILED|ERROR" if IN_A_LOG in done.stdout else "FAILED"
    failed = re.search(rf"^(?:{told}) tests/(\S+::\w+(?:\[.*?\])?)(?: - .*)?$", done.stdout, re.M)
    if done.returncode == FAILED and failed:
        return Became("fails", failed[1])
    return Became("STILL PASSES" if done.returncode == 0 else f"DID NOT RUN: {(done.stdout + done.stderr)[-600:]}")


def main(words: Sequence[str]) -> int:
    rows, start = chosen(words), time.monotonic()
    with copies(int(os.environ.get("JOBS") or os.cpu_count() or 1)) as free, ThreadPoolExecutor(free.qsize()) as pool:
        for whole in pool.map(lambda tests: _with(free, run, *tests), _in_place(rows)):
            if whole.returncode:
                print(f"With all defences in place the tests do not pass:\n{whole.stdout[-3000:]}")
                return 1
        told = list(pool.map(lambda row: _told(_with(free, without, row), row), rows))
    held = sum(became.what == "fails" for became in told)
    print(f"\n{held} of {len(rows)} tests fail without their defence. {time.monotonic() - start:.0f} s")
    return int(held != len(rows))


@contextmanager
def copies(number: int) -> Iterator["SimpleQueue[Path]"]:
    """As many copies as are worked on at a time. What is compiled there knows its source by what is in it, and not by a
    clock that is too coarse for a place that changes back within a second.
    """
    free: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="aangan-mutate-") as scratch:
        for one in range(number):
            folder = Path(shutil.copytree(ROOT, Path(scratch) / str(one), ignore=COPIED))
            compileall.compile_dir(folder / "community", quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
            free.put(folder)
        yield free


def _with(free: "SimpleQueue[Path]", what: Callable[..., Answer], *given: Any) -> Answer:
    folder = free.get()
    try:
        return what(folder, *given)
    finally:
        free.put(folder)


def _in_place(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    tests = sorted({row.test for row in rows})
    return [part for part in (tuple(one for one in tests if one != SAMPLED), (SAMPLED,)) if set(part) & set(tests)]


def _told(became: Became, row: Row) -> Became:
    with ONE_AT_A_TIME:
        print(f"{became.what:<14} {row.threat}: {row.defence}\n               {became.failed or row.test}", flush=True)
        keep({row: became})
    return became


def named(row: Row) -> dict[str, str]:
    """How a row stands in the list that is kept: another patch, another test or other words are another row."""
    patch = hashlib.sha256("\0".join((row.file, row.old, row.new)).encode()).hexdigest()[:16]
    return {"threat": row.threat, "defence": row.defence, "patch": patch, "test": row.test}


def keep(told: Mapping[Row, Became]) -> None:
    """The list in the table's order: what was tried now, and what was before of the rows that are as they were."""
    from bench.figures import Figure
    from bench.figures import keep as keep_figures

    before = _kept()
    failed = {row: told[row].failed if row in told else before.get(json.dumps(named(row)), "") for row in TABLE}
    rows = [named(row) | {"failed": failed[row]} for row in TABLE if failed[row]]
    KEPT.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    said = "make mutate; the patches in tests/threats/table.py, which test failed for each in docs/threats.json"
    keep_figures([Figure(FIGURE, len(rows), f"of {len(TABLE)}", f">= {len(TABLE)}", "mutate", said)])


def _kept() -> dict[str, str]:
    """By the row, which test failed for it."""
    rows: list[dict[str, str]] = json.loads(KEPT.read_text())
    return {json.dumps({key: one[key] for key in one if key != "failed"}): one["failed"] for one in rows}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
