"""kill -9 and a full disk in the middle of the main journeys, sampled: bench/faults.py does every write."""

from pathlib import Path

import pytest

from bench.faults import Found, Trial, _fill, walk_in_child

pytestmark = pytest.mark.sqlite_only


@pytest.mark.large
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_what_was_answered_is_there_and_nothing_is_there_by_halves(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    found = Found(writes=trial.writes)
    for at in range(3, trial.writes + 1, max(1, trial.writes // 6)):
        folder = trial.fresh(tmp_path / "killed")
        answered, _count = walk_in_child(folder, trial.ground, at)
        assert answered != trial.steps, "it was killed before the end"
        trial.judge(f"killed at write {at}", folder, answered, found)
    for room in (0, 40 * 4096):
        _fill(trial, tmp_path, room, found)
    assert (found.lost, found.half) == ([], [])
