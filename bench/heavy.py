"""A page as the lightest measured peers send it: 170 kB, and its words are drawn by a script.

The script and the stylesheet are Playwright's own report viewer, a real React application, as it is built and shipped;
after it a script of ours draws the twenty announcements from data that stand in the page, without another request.
"""

import json
from pathlib import Path

import brotli
import playwright

from bench.news import NEWS

WEIGHT = 170_000  # bytes of bodies, with Brotli at its best
VIEWER = Path(playwright.__file__).parent / "driver" / "package" / "lib" / "vite" / "htmlReport"
PAGE = """<!doctype html><html lang="hi"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>आँगन</title>
<link rel="stylesheet" href="report.css"><script type="module" src="report.js"></script>
<script type="module" src="news.js"></script></head><body><div id="root"></div><main></main>
<script type="application/json" id="news">{news}</script></body></html>"""
DRAW = """for (const [author, text] of JSON.parse(document.getElementById("news").textContent)) {
  const card = document.createElement("article");
  for (const [tag, words] of [["b", author], ["p", text]]) {
    card.append(Object.assign(document.createElement(tag), { textContent: words }));
  }
  document.querySelector("main").append(card);
}"""
STEP = 4000  # characters of the stylesheet that are cut off at once


def write(folder: Path) -> int:
    """Put the page into this folder, with every file packed beside itself; the bytes of the packed ones."""
    files = {
        "index.html": PAGE.replace("{news}", json.dumps(NEWS, ensure_ascii=False)),
        "report.js": (VIEWER / "report.js").read_text(),
        "news.js": DRAW,
    }
    packed = {name: _packed(text) for name, text in files.items()}
    room = WEIGHT - sum(map(len, packed.values()))
    files["report.css"] = _that_fits((VIEWER / "report.css").read_text(), room)
    packed["report.css"] = _packed(files["report.css"])
    for name, text in files.items():
        (folder / name).write_text(text)
        (folder / f"{name}.br").write_bytes(packed[name])
    return sum(map(len, packed.values()))


def _that_fits(sheet: str, room: int) -> str:
    while len(_packed(sheet)) > room:
        sheet = sheet[: sheet.rindex("}", 0, len(sheet) - STEP) + 1]
    return sheet


def _packed(text: str) -> bytes:
    found: bytes = brotli.compress(text.encode(), quality=11)
    return found
