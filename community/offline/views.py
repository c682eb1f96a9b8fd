"""What makes the page installable, and what it shows without a signal."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace as Whole
from typing import cast

from flask import Blueprint, Flask, current_app, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from community import compression
from community.assets import STATIC, assets
from community.dictionaries import attic, mark
from community.groups.membership import standing
from community.headers import DOCUMENT
from community.http import signed_in
from community.languages import current, when
from community.languages import gettext as _
from community.offline import kept, leaving
from community.offline.marks import ready_for
from community.people.models import Session
from community.people.pictures import PERSON_PICTURES
from community.people.replica import afar
from community.people.session import current_session, has_pins, me
from community.smaller import SCRIPT, smaller
from community.writer import mark_of

blueprint = Blueprint("offline", __name__)
VARY = "Cookie, Accept-Language"
KEPT = ("css/aangan.css", "icons/sprite.svg", "js/app.js")
OF_ROOMS = ("css/phones.css", "late/room.js", "late/keypad.js")  # where people have PINs
FOR_TESTS = re.compile(r"^export ", re.M)  # the word that only tests import by
# What the pages of one person may take on a phone; seconds over which phones spread what a push makes them fetch.
# Browsers let a worker wait for five minutes at most.
BUDGET = {"pages": 80, "bytes": 2_000_000, "window": 240}
# The small one serves for all, notifications too: a phone that installs the app fetches one file.
ICONS_OF_PHONE = (("maskable", 192, "any maskable"), ("icon", 512, "any"), ("maskable", 512, "maskable"))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # no announcement is so old: its moment in words is a slot's place


def init_app(app: Flask) -> None:
    kept.init_app(app)
    leaving.init_app(app)


@blueprint.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """The manifest in the language of whoever asks."""
    language = current()
    shown = {
        "id": "/", "start_url": "/", "scope": "/", "display": "standalone",
        "name": _("Aangan"), "short_name": _("Aangan"), "lang": language.code, "dir": language.direction,
        "theme_color": "#262764", "background_color": "#f5f2ec",
        "icons": [_icon(*icon) for icon in ICONS_OF_PHONE],
        "shortcuts": [{"name": _("Courtyard"), "url": "/"}, {"name": _("Groups"), "url": "/groups"}],
    }  # fmt: skip
    answer = jsonify(shown)
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.headers["Vary"] = VARY
    return answer


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    source = assets().url[f"icons/{name}-{size}.png"]
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@blueprint.get("/offline")
def show() -> ResponseReturnValue:
    """What the worker carries with it, to be looked at: nobody's, and the same for everybody of this language."""
    return render_template("offline/show.html"), 200, {"Cache-Control": "no-cache"}


@blueprint.get("/offline/waiting")
def waiting() -> ResponseReturnValue:
    """What has not left this phone: the same page for everybody on it, filled by static/late/queue.js."""
    headers = {"Cache-Control": "no-cache", "Content-Language": current().code}
    return render_template("offline/waiting.html"), 200, headers


@blueprint.get("/offline/announcement")
def announcement() -> ResponseReturnValue:
    """The page of an announcement, drawn by its own partial, with slots that the worker fills: static/sw/sheet.js."""
    page = render_template("offline/announcement.html", card=_slots(), pictures=PERSON_PICTURES, slot=_slot)
    for drawn, name in ((when(LONG_AGO, UTC), "when"), (LONG_AGO.isoformat("T", "seconds"), "at")):
        page = page.replace(drawn, _slot(name))
    # The face is an empty drawing: there is no picture of that name.
    page = page.replace("></svg></span>", f">{_slot('drawing')}</svg></span>", 1)
    return page.replace(f"<bdi>{_slot('author')}</bdi>", _slot("author")), 200, {"Cache-Control": "no-cache"}


def _slot(name: str) -> str:
    """Private letters, which no text of anybody's can hold: form.clean takes them out."""
    return f"\ue000{name}\ue001"


def _slots() -> Whole:
    """A card of which every part is a slot."""
    group = Whole(name=_slot("group"), language=_slot("group_language"), zone=UTC)
    words = Whole(language=_slot("language"), text=_slot("words"), origin=_slot("said"), voice=None)
    said = Whole(
        id=_slot("number"), kind="news", released_at=LONG_AGO, removed_at=None, pinned_at=None,
        corrected_at=_slot("corrected"),
        author=Whole(name=_slot("author"), picture=_slot("picture"), colour=_slot("colour")), photo=None,
        author_role=_slot("role"), audience=Whole(group=group), translations=(words,),
    )  # fmt: skip
    return Whole(announcement=said, unread=True, children=(), acknowledged=frozenset())


@blueprint.get("/sw.js")
def worker() -> ResponseReturnValue:
    """Names the script and no more: a browser takes no dictionary for this file, but does for what it imports."""
    content = _script().encode()
    name = f"worker-{current().code}-{mark(content)}.js"
    attic().keep(name, content)
    answer = make_response(f'importScripts("/s/{name}");\n')
    answer.mimetype = "text/javascript"
    age = current_app.config["WORKER_AGE"]  # else each opening of each page would ask whether there is another one
    answer.headers["Cache-Control"] = f"private, max-age={age}" if age else "no-cache"
    answer.headers["Vary"] = VARY
    return answer


def _script() -> str:
    """The files of static/sw as one, with the names of this release's files and a line for any push.

    The worker itself comes first, which packs best. Those of static/sw/rooms come last, where people have PINs: they
    change what stands before them.
    """
    folders = ("sw", "sw/rooms") if has_pins() else ("sw",)
    paths = [path for folder in folders for path in sorted((STATIC / folder).glob("*.js"), key=_rank)]
    source = FOR_TESTS.sub("", "".join(path.read_text() for path in paths))
    for name, value in _worker_settings().items():
        source = source.replace(f"__{name}__", json.dumps(value, ensure_ascii=False))
    # Names that nobody else sees become short, and nobody can look in.
    return smaller(SCRIPT, source if current_app.config["READABLE"] else f"(()=>{{{source}}})()")


def _rank(path: Path) -> tuple[bool, str]:
    return path.stem != "worker", path.stem


@blueprint.get("/offline/list")
@signed_in
def listed() -> ResponseReturnValue:
    """What a phone should have ready. It fetches only what bears another mark than the page that it has."""
    own = cast(Session, current_session())
    ready = afar(ready_for, me(), standing(me()))
    answer = jsonify(person=mark_of(own), brought=ready.brought, known=ready.known, rest=ready.rest, **BUDGET)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = f"Cookie, {compression.VARY}"
    return answer


def _kept() -> tuple[str, ...]:
    return KEPT + OF_ROOMS if has_pins() else KEPT


def _worker_settings() -> dict[str, object]:
    language = current()
    icons = {"icon": assets().url["icons/maskable-192.png"], "badge": assets().url["icons/badge-96.png"]}
    neutral = {"title": _("Aangan"), "body": _("There is something new in the courtyard.")}
    neutral |= {"lang": language.code, "dir": language.direction}
    settings: dict[str, object] = {"KEPT": [assets().url[name] for name in _kept()], "ICONS": icons, "NEUTRAL": neutral}
    return settings | {"DOCUMENT": DOCUMENT, "PAGE": render_template("offline/show.html").replace("\n", "")}
