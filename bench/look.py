"""How many pages are cut or overflow: every page of the demo after its day, in every language, on three widths."""

import tempfile
from pathlib import Path

from bench.figures import Figure
from tests.browser.courtyard import OFFERED, WIDTHS, chromium, open_courtyard
from tests.browser.inplace import Looked, look_at_all

COMMAND = "python -m bench look"


def measure() -> tuple[Looked, int]:
    with (
        tempfile.TemporaryDirectory(prefix="aangan-look-") as folder,
        open_courtyard(Path(folder)) as courtyard,
        chromium() as browser,
    ):
        return look_at_all(browser, courtyard, list(OFFERED)), len(courtyard.pages)


def figures() -> list[Figure]:
    looked, pages = measure()
    for fault, where in sorted(looked.faults.items()):
        print(f"{fault}: {where[0]}; {len(where)} in all")
    wrong = {place for places in looked.faults.values() for place in places}
    note = (
        f"{pages} pages x {len(OFFERED)} languages x {len(WIDTHS)} widths ({', '.join(map(str, WIDTHS))} px), Chromium "
        "with Debian's Noto; folds open. Also counted: torn words, small or close targets, a wrong direction."
    )
    return [
        Figure("pages x languages x widths looked at", looked.views, "views", "", COMMAND, note),
        Figure("pages x languages x widths with something cut", len(wrong), "views", "<= 0", COMMAND),
    ]
