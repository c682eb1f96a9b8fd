"""What it costs a phone that the app was brought up to date: two releases, one after the other, at one address.

The second differs from the first as a release does: rules and values of the stylesheet, behaviours, the worker, and
what every page says. The phone came in yesterday, has read everything, and opens the page on which it was last.
"""

import re
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext

from bench.bytes import Visit, browser, phone, sign_in, visit
from bench.figures import Figure
from bench.server import ROOT, THREADS, free_port, migrated_app, seed, serving
from bench.wire import Wire, wire
from community.database import now

HOST = "127.0.0.1"
COMMAND = "python -m bench update"
PARTS = ("community", "demo", "migrations", "static", "templates", "translations")
RULES = """
.wall .bar .batch{inline-size:1.75rem;block-size:1.75rem;border-radius:50%;background:var(--geru);color:#fff}
.card.asked{border-inline-start:4px solid var(--haldi);padding-inline-start:.75rem}
.card .acts .btn.line:focus-visible{outline:3px solid currentColor;outline-offset:2px}
@media (min-width:48rem){main{max-inline-size:42rem;margin-inline:auto}.rows{columns:2;column-gap:1rem}}
"""
BEHAVIOUR = """// Brings the newest card into view when somebody comes back to a page that she left long ago.
const LONG = 10 * 60 * 1000; // milliseconds
let left = 0;

document.addEventListener("visibilitychange", () => {
  const isBack = document.visibilityState === "visible" && left && Date.now() - left > LONG;
  if (document.visibilityState === "hidden") left = Date.now();
  else if (isBack) document.querySelector("article.card")?.scrollIntoView({ block: "nearest" });
});
"""
# What the next release says otherwise: in which files, what stands there now, and what stands there then.
CHANGES = (
    ("static/css/aangan.css", r"border-radius:", "border-end-end-radius:0;border-radius:"),
    ("static/js/*.js", r"document\.querySelector\(", "document.body.querySelector("),
    ("static/sw/*.js", r"(const [A-Z]+ = \d+)(;.*)", r"\g<1>1\2"),
    ("templates/base.html", r"<body", '<body data-release="2"'),
    ("templates/parts.html", r'<nav class="nav"', '<nav class="nav wide" id="places"'),
    ("templates/announcements/parts.html", r'<div class="acts">', '<div class="acts" role="group">'),
    ("templates/offline/show.html", r'<div class="mid">', '<div class="mid wide">'),
)


@dataclass(frozen=True)
class Update:
    """The page opened before the update, with nothing new; right after it; and once more."""

    before: Visit
    update: Visit
    after: Visit


def measure() -> Update:
    with tempfile.TemporaryDirectory(prefix="aangan-bench-") as folder, browser() as chrome, phone(chrome) as reader:
        environ = {"INSTANCE": f"{folder}/instance", "DEMO": "1", "THREADS": THREADS, "WORKER_AGE": "0"}
        port, command = free_port(), [sys.executable, "app.py"]
        with wire(HOST, port, "localhost") as line:
            with serving(command, environ, port=port):
                place = seed(migrated_app(environ))
                before = settle(reader, line, place.group, place.cookie, Path(environ["INSTANCE"]))
            with serving(command, environ, folder=next_release(Path(folder)), port=port):
                return Update(before, visit(reader, line, place.group), visit(reader, line, place.group))


def settle(reader: BrowserContext, line: Wire, path: str, cookie: str, instance: Path) -> Visit:
    """Be at home with this release: the worker is there, everything is read, what the page needs is on the phone.

    Something was said since, and heard: what the browser itself fetched first, before the worker had followed its list,
    is nothing that the next version can be a difference to.
    """
    sign_in(reader, line, cookie)
    visit(reader, line, path, installs=True)
    visit(reader, line, path)
    came_in_yesterday(instance)
    with sqlite3.connect(instance / "aangan.db") as rows:
        rows.execute("UPDATE membership SET heard_seq = heard_seq - 1 WHERE heard_seq > 0")
    visit(reader, line, path)
    visit(reader, line, path)
    return visit(reader, line, path)


def came_in_yesterday(instance: Path) -> None:
    """Everybody, so that nothing is left of what a page says on the first day alone."""
    with sqlite3.connect(instance / "aangan.db") as rows:
        rows.execute("UPDATE session SET created = ?", (f"{now() - timedelta(days=1):%Y-%m-%d %H:%M:%S.%f}",))


def next_release(folder: Path) -> Path:
    """The tree as the next release might be, in a folder of its own."""
    release = folder / "release"
    for part in PARTS:
        shutil.copytree(ROOT / part, release / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", release)
    for pattern, found, instead in CHANGES:
        _change(release, pattern, found, instead)
    with (release / "static" / "css" / "aangan.css").open("a") as styles:
        styles.write(RULES)
    (release / "static" / "js" / "newest.js").write_text(BEHAVIOUR)
    return release


def _change(release: Path, pattern: str, found: str, instead: str) -> None:
    texts = {path: path.read_text() for path in release.glob(pattern)}
    changed = {path: re.sub(found, instead, text) for path, text in texts.items()}
    if changed == texts:
        raise RuntimeError(f"{pattern} says nothing like {found} any more")
    for path, text in changed.items():
        path.write_text(text)


def files(update: Visit) -> int:
    """Bytes of what belongs to the app alone: its files and its worker."""
    return sum(one.size for one in update.exchanges if one.path.startswith(("/s/", "/sw.js")))


def figures() -> list[Figure]:
    found = measure()
    note = (
        "Real Chromium on http://localhost (on a certificate of a private authority it takes no dictionaries), headers "
        f"included, the worker's own fetches too. {found.update}. Before it, nothing new: {found.before}. After it: "
    )
    return [
        Figure("app update: bytes", found.update.size, "bytes", "<= 2500", COMMAND, f"{note}{found.after}."),
        Figure("app update, without the pages: bytes", files(found.update), "bytes", "<= 2500", COMMAND),
        Figure("app update: requests", found.update.requests, "requests", "", COMMAND),
    ]
