"""Which test files run in one process, because they share what takes long to build; and which begin first."""

import os
from typing import Any

from xdist.scheduler import LoadFileScheduling

# The day at school is lived through once, and the courtyard full of pages is built once.
COURTYARD = "tests/browser/test_look"
SHARING = {
    "tests/journeys/": "tests/journeys/", COURTYARD: COURTYARD, "tests/browser/test_axe": COURTYARD,
    "tests/browser/test_poster": COURTYARD,
}  # fmt: skip
# Where all of them are run they take minutes each, and every worker crawls for itself.
CRAWLED = "tests/house/ of the crawl"
if not os.environ.get("AANGAN_ALL"):
    crawls = ("doubles", "fuzz", "naughty", "packing", "pseudo", "unchanged")
    SHARING |= {f"tests/house/test_{name}": CRAWLED for name in crawls}
# Few tests that take minutes. xdist begins with files of many tests: one worker would wait for these at the end.
LONG = (
    COURTYARD, "tests/browser/test_bytes.py", "tests/house/test_naughty.py", "tests/browser/test_voice.py",
    "tests/house/test_naughty_requests.py", "tests/browser/test_offline_clock.py", "tests/browser/test_update.py",
    "tests/bringing/test_real_places.py", "tests/mergers/test_large.py", CRAWLED, "tests/journeys/",
)  # fmt: skip


class TogetherScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist's schedulers carry no types
    """File by file, but the files that share something go to one worker; what takes long begins first."""

    def _split_scope(self, nodeid: str) -> str:
        together = (name for begins, name in SHARING.items() if nodeid.startswith(begins))
        return next(together, None) or str(super()._split_scope(nodeid))

    def _assign_work_unit(self, node: Any) -> None:
        first = next((one for one in LONG if one in self.workqueue), None)
        if first:
            self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)
