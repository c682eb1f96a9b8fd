"""Which test files run in one process, because they share what takes long to build."""

from xdist.scheduler import LoadFileScheduling

SHARING = "tests/journeys/"  # the day at school, lived through once


class TogetherScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist's schedulers carry no types
    """File by file, but the files that share a day go to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return SHARING if nodeid.startswith(SHARING) else str(super()._split_scope(nodeid))
