"""What a phone pays for a first visit, for opening the app again, and for the news in it, by everything that answers.

A phone has settled when its worker is there, it came in before today, has read everything and has what the list names;
one announcement came since then, and was opened.
"""

import re
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from bench.bytes import TRUSTED, Visit, browser, install, phone, sign_in, until_quiet, visit
from bench.figures import Figure
from bench.front import fronted
from bench.server import PATIENCE, THREADS, Place, Server, cookie_header, migrated_app, seed, serving
from bench.update import came_in_yesterday
from bench.wire import Wire, wire
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.assets import assets
from community.database import db, writing
from community.groups.membership import Membership
from community.groups.models import Group

COMMAND = "python -m bench visits"
PLAIN, TLS = "http://localhost", ("HTTP/1.1", "HTTP/2")
HOME = "/"
DICTIONARIES = (
    "With dictionaries, also on this private certificate (CompressionDictionaryTransportRequireKnownRootCert is off), "
    "as a phone takes them on one that the world trusts. All that follows in the one visit:"
)
PAUSE = 6 * 60 * 60 * 1000  # milliseconds: after these the list is looked at again
# As if that much time had passed; as if a push had come. The worker reads its notes when it starts.
AGE = """async (pause) => {
  for (const name of await caches.keys()) if (name.startsWith("aangan-pages-")) {
    const cache = await caches.open(name);
    const book = await (await cache.match("/offline/book")).json();
    book.at -= pause;
    for (const page of Object.values(book.pages)) { page.checked -= pause; page.taken -= pause; }
    await cache.put("/offline/book", new Response(JSON.stringify(book)));
  }
}"""
PUSHED = """async () => {
  const cache = await caches.open("aangan-phone");
  const phone = await (await cache.match("/offline/phone")).json();
  await cache.put("/offline/phone", new Response(JSON.stringify({ ...phone, due: 1 })));
}"""
WORDS = "कल सुबह नौ बजे पानी का टैंकर स्कूल के सामने रुकेगा। बाल्टी साथ लाएँ और बच्चों को कतार में खड़ा करें।"
MORE = "बुधवार को टीकाकरण का शिविर लगेगा, सुबह दस बजे से। पाँच साल से छोटे सब बच्चों को कार्ड के साथ लाएँ।"
EARLIER = "पुस्तकालय से ली हुई किताबें शुक्रवार तक लौटा दें, ताकि दूसरे बच्चे भी उन्हें पढ़ सकें।"
SCRIPTS = re.compile(r'(?:src|data-push|data-queue)="(/s/[^"]+\.js)"')
IMPORTED = re.compile(r'importScripts\("([^"]+)"\)')


@dataclass(frozen=True)
class House:
    """A running app, reached through a wire."""

    server: Server
    app: Flask
    place: Place
    instance: Path
    line: Wire


@dataclass(frozen=True)
class Visits:
    """One phone's visits, in this order; `invited` is another's."""

    first: Visit  # home, with the worker, the manifest and an icon
    within: Visit  # home again, nothing new, some minutes after the list was looked at
    later: Visit  # the same, when the list is due
    unasked: int  # bytes that stood between opening home again and its words
    news: Visit  # home again, one new announcement
    bringing: Visit  # what the worker brings in the window after a push
    brought: Visit  # the announcement that this has brought, opened for the first time
    invited: Visit  # somebody new: the invitation, a tap on "join", the page behind it

    @property
    def again(self) -> Visit:
        """Opened again with nothing new: the dearer of the two."""
        return max(self.within, self.later, key=lambda one: one.size)


@contextmanager
def house(protocol: str = PLAIN, beside: str = "") -> Iterator[tuple[House, Browser]]:
    """The app and a browser: over plain http, or over TLS behind Caddy by HTTP/1.1 or HTTP/2. `beside` is for Caddy."""
    with tempfile.TemporaryDirectory(prefix="aangan-bench-") as name, ExitStack() as stack:
        folder, hops = Path(name), str(int(protocol != PLAIN))
        environ = {"INSTANCE": f"{folder}/instance", "DEMO": "1", "THREADS": THREADS, "TRUSTED_PROXIES": hops}
        server = stack.enter_context(serving([sys.executable, "app.py"], environ))
        app = migrated_app(environ)
        place, flags, far, sealed = seed(app), [], server.port, None
        if protocol != PLAIN:
            front = stack.enter_context(fronted(folder, server.port, beside))
            flags, far, sealed = [front.flag, TRUSTED], front.port, front.sealed(protocol)
        line = stack.enter_context(wire(server.host, far, "localhost", sealed))
        yield House(server, app, place, folder / "instance", line), stack.enter_context(browser(*flags))


def measure(protocol: str = PLAIN) -> Visits:
    with house(protocol) as (there, chrome):
        invited = _invited(chrome, there)
        with phone(chrome) as reader:
            return _visits(reader, there, invited)


def _visits(reader: BrowserContext, there: House, invited: Visit) -> Visits:
    line = there.line
    sign_in(reader, line, there.place.cookie)
    first = visit(reader, line, HOME, installs=True)
    settle(reader, there)
    within = visit(reader, line, HOME)
    age(reader, line)
    later = visit(reader, line, HOME)
    unasked = _before_words(reader, line)
    announce(there, WORDS)
    news = visit(reader, line, HOME)
    number = announce(there, MORE)
    bringing = _after_push(reader, line)
    brought = visit(reader, line, f"/announcements/{number}")
    return Visits(first, within, later, unasked, news, bringing, brought, invited)


def _invited(chrome: Browser, there: House) -> Visit:
    """Somebody who never was here follows an invitation and joins, and looks at where that leads."""
    with phone(chrome) as newcomer:
        page = newcomer.new_page()
        there.line.take()
        page.goto(there.line.url + there.place.invitation, wait_until="load")
        until_quiet(page, there.line)
        with page.expect_navigation(wait_until="load"):
            page.locator("main .btn.big").first.tap()
        install(newcomer, page)
        until_quiet(page, there.line)
        return Visit(tuple(there.line.take()))


def settle(reader: BrowserContext, there: House) -> None:
    """Some days have been lived with this phone."""
    came_in_yesterday(there.instance)
    visit(reader, there.line, HOME)
    visit(reader, there.line, HOME)
    number = announce(there, EARLIER)
    age(reader, there.line)
    visit(reader, there.line, HOME)
    visit(reader, there.line, f"/announcements/{number}")
    age(reader, there.line)
    visit(reader, there.line, HOME)


def age(reader: BrowserContext, line: Wire) -> None:
    """As if some hours had passed."""
    with _without_worker(reader, line) as page:
        page.evaluate(AGE, PAUSE)


def _after_push(reader: BrowserContext, line: Wire) -> Visit:
    """The window after a push is over, and the browser lets the worker look: what that brings."""
    with _without_worker(reader, line) as page:
        page.evaluate(PUSHED)
        line.take()
        tools = page.context.new_cdp_session(page)
        found: list[str] = []
        tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(_ids(told)))
        tools.send("ServiceWorker.enable")
        page.wait_for_timeout(500)
        given = {"origin": line.url, "registrationId": found[-1], "tag": "bring", "lastChance": False}
        tools.send("ServiceWorker.dispatchSyncEvent", given)
        until_quiet(page, line)
        return Visit(tuple(line.take()))


def _ids(told: Mapping[str, Any]) -> list[str]:
    return [one["registrationId"] for one in told["registrations"] if not one["isDeleted"]]


@contextmanager
def _without_worker(reader: BrowserContext, line: Wire) -> Iterator[Page]:
    """A page of ours that asks nobody for anything, and no worker that remembers."""
    page = reader.new_page()
    page.goto(f"{line.url}/manifest.webmanifest")
    tools = reader.new_cdp_session(page)
    tools.send("ServiceWorker.enable")
    tools.send("ServiceWorker.stopAllWorkers")
    yield page
    page.close()


def _before_words(reader: BrowserContext, line: Wire) -> int:
    """Without a signal: what the wire carried until the words stood there. If they needed more, they would not come."""
    page = reader.new_page()
    line.take()
    reader.set_offline(True)
    page.goto(line.url + HOME, wait_until="load")
    page.locator("article.card p").first.wait_for()
    reader.set_offline(False)
    page.close()
    return sum(one.size for one in line.take())


def announce(there: House, words: str) -> int:
    """The teacher says something to the reader's grade; its number, once it is out."""
    with there.app.app_context(), writing():
        grade = Group.id == int(there.place.group.rpartition("/")[2])
        held = db.session.scalars(
            sa.select(Membership).join(Group).where(grade, Membership.role == "admin").order_by(Membership.id)
        ).first()
        assert held
        said = Announcement.publish(
            Audience.of(held.group), held.person, key=f"bench {words}", text=words, language="hi"
        )
        release(said.id)
        db.session.commit()
        return said.id


def scripts(there: House) -> Mapping[str, int]:
    """Every script that a phone may be sent, and the bytes of each as it is served with Brotli, without headers."""
    with there.app.app_context():
        late = [assets().url[name] for name in assets().url if name.startswith("late/")]
    page, worker = (_served(there, path) for path in (there.place.group, "/sw.js"))
    names = {*SCRIPTS.findall(_text(page)), "/sw.js", *IMPORTED.findall(_text(worker)), *late}
    return {name: len(_served(there, name).content) for name in sorted(names)}


# What only comes to who writes without a signal, asks for the price, hears, records, tries out, hands on, says to some,
# proves who she is, shares a phone, asks, talks alone, or needs help.
LATE = (
    "queue", "price", "player", "speech", "sound", "recorder", "parts", "first", "share", "forward", "print",
    "audience", "passkey", "keypad", "room", "answers", "sealed", "away",
)  # fmt: skip
ON_DEMAND = tuple(f"/s/{name}-" for name in LATE)


def of_everybody(sent: Mapping[str, int]) -> int:
    """Of these, what each phone is sent: not what comes on demand."""
    return sum(size for name, size in sent.items() if not name.startswith(ON_DEMAND))


@dataclass(frozen=True)
class Served:
    """A body as it came."""

    content: bytes
    coding: str


def _served(there: House, path: str) -> Served:
    headers = {"Accept-Encoding": "br", **cookie_header(there.place.cookie)}
    request = urllib.request.Request(there.server.url + path, headers=headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return Served(answer.read(), answer.headers.get("Content-Encoding", ""))


def _text(served: Served) -> str:
    plain: bytes = brotli.decompress(served.content) if served.coding == "br" else served.content
    return plain.decode()


def figures() -> list[Figure]:
    found = {protocol: measure(protocol) for protocol in (PLAIN, *TLS)}
    with house() as (there, _):
        sent = scripts(there)
    return [*(figure for protocol in found for figure in _of(protocol, found[protocol])), *_scripts(sent)]


def _of(protocol: str, found: Visits) -> list[Figure]:
    way = PLAIN if protocol == PLAIN else f"{protocol} over TLS, behind Caddy"
    again = f"The dearer one. Minutes after the list: {found.within}. Hours after it: {found.later}."
    rows = (
        ("first visit", found.first.size, "<= 25000", f"{found.first}."),
        ("first visit through an invitation", found.invited.size, "", f"{found.invited}."),
        ("open again, nothing new", found.again.size, "<= 600", again),
        ("open again, bytes until the words are there", found.unasked, "<= 0", ""),
        ("open again, one new announcement", found.news.size, "<= 1500", f"{DICTIONARIES} {found.news}."),
        ("brought in the window after a push, one new announcement", found.bringing.size, "", f"{found.bringing}."),
        ("open an announcement already brought", found.brought.size, "<= 0", f"{found.brought}."),
    )
    return [Figure(f"{name}: {way}", size, "bytes", goal, COMMAND, note) for name, size, goal, note in rows]


def _scripts(sent: Mapping[str, int]) -> list[Figure]:
    note = ", ".join(f"{name} {size}" for name, size in sent.items())
    all_of_it = "With what comes only where somebody writes without a signal, or looks at the price of data"
    return [
        Figure("JavaScript sent, Brotli", of_everybody(sent), "bytes", "<= 12000", COMMAND, "Page, worker, pushes."),
        Figure("JavaScript there is, Brotli", sum(sent.values()), "bytes", "", COMMAND, f"{all_of_it}: {note}."),
    ]
