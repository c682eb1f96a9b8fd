"""Static files: hashed names, compressed ahead, kept in memory, cached for ever by the phone.

Every file of static/js is one behaviour; they leave as one app.js, in the order of their names. Files of the
releases before are still served, to pages that are still open; and a phone that has one gets the next as a
difference to it.
"""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app
from markupsafe import Markup

from community.coding import AHEAD, is_text, taken
from community.compression import VARY
from community.dictionaries import Attic, attic, dcz_ahead, dictionary_of_phone, mark, may_take_dictionaries
from community.smaller import MODULE, SCRIPT, STYLE, smaller
from community.typefaces import made, style

blueprint = Blueprint("assets", __name__)
STATIC = Path(__file__).resolve().parent.parent / "static"
FOREVER = "max-age=31536000, immutable"
# From what comes late, the scripts of which the page calls something by name.
IMPORTED = {
    "answers.js", "audience.js", "first.js", "forward.js", "parts.js", "player.js", "queue.js", "recorder.js",
    "sound.js", "speech.js",
}  # fmt: skip
STYLES = "css/aangan.css"
SMALL = 300  # bytes below which compression costs more than it saves
TEXTS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, eq=False)
class Asset:
    """A file as it leaves. `packed` holds what each coding makes of it; `match` says whose dictionary it will be."""

    kind: str
    plain: bytes
    packed: dict[str, bytes]
    match: str

    @classmethod
    def of(cls, name: str, plain: bytes) -> "Asset":
        kind = TEXTS.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        packs = is_text(kind) and len(plain) > SMALL
        packed = {coding: pack(plain) for coding, pack in AHEAD.items()} if packs else {}
        return cls(kind, plain, packed, f'match="/s/{re.sub(r"-[0-9a-f]{10}[.]", "-*.", name)}"')

    def respond(self) -> Response:
        """The file in the smallest coding that the phone takes."""
        codings = {coding: self.packed[coding] for coding in taken() if coding in self.packed}
        if self.packed and (dictionary := dictionary_of_phone()):
            codings["dcz"] = dcz_ahead(dictionary, self.plain)
        coding = min(codings, key=lambda coding: len(codings[coding]), default="")
        # Without a charset: all of them are UTF-8 by their own rules.
        response = Response(codings.get(coding, self.plain), content_type=self.kind)
        response.headers["Cache-Control"] = FOREVER
        response.set_etag("1", weak=True)  # under its name it is always the same
        if coding:
            response.headers["Content-Encoding"] = coding
        if self.packed:
            response.headers["Vary"] = VARY
        if self.packed and may_take_dictionaries():
            response.headers["Use-As-Dictionary"] = self.match
        return response


class Assets:
    """All static files by their hashed names, read once at the start."""

    def __init__(self, folder: Path = STATIC, fonts: Mapping[str, bytes] | None = None) -> None:
        self.by_name: dict[str, Asset] = {}
        self.url: dict[str, str] = {}
        self.symbols: dict[str, Markup] = {}
        for name, font in (fonts or {}).items():
            self._add(name, font)
        for path in sorted(folder.rglob("*.*")):
            short = path.relative_to(folder).as_posix()
            if not short.startswith(("js/", "sw/")):
                self._add(short, _content(path) + (self._style() if short == STYLES else b""))
        self._add("js/app.js", _one_script(sorted((folder / "js").glob("*.js"))))
        self._read_symbols(folder / "icons" / "pictures.svg")

    def _style(self) -> bytes:
        return style(self.url.get).encode()

    def _add(self, short: str, content: bytes) -> None:
        path = Path(short)
        hashed = f"{path.stem}-{mark(content)}{path.suffix}"
        self.by_name[hashed] = asset_of(hashed, content)
        self.url[short] = f"/s/{hashed}"

    def store(self, attic: Attic) -> None:
        """For the releases to come, and for pages of this one that are still open then."""
        for name, asset in self.by_name.items():
            attic.keep(name, asset.plain)
        attic.sweep()

    def _read_symbols(self, sprite: Path) -> None:
        """The drawings by id, to be set into a page without a request of their own."""
        found = re.findall(r'<symbol id="([\w-]+)" viewBox="0 0 32 32">(.*?)</symbol>', sprite.read_text(), re.S)
        self.symbols = {name: Markup(drawing) for name, drawing in found}  # noqa: S704  our own file


def _content(path: Path) -> bytes:
    if path.suffix == ".css":
        return smaller(STYLE, path.read_text()).encode()
    if path.suffix == ".js":
        return smaller(MODULE, path.read_text() if path.name in IMPORTED else _block(path)).encode()
    return path.read_bytes()


def _one_script(paths: list[Path]) -> bytes:
    """Each module in a block of its own: nothing of one is in sight of another."""
    return smaller(SCRIPT, "".join(map(_block, paths))).encode()


def _block(path: Path) -> str:
    """What tests import from it is in nobody's sight here, and gets short names."""
    return f"{{\n{re.sub(r'^export ', '', path.read_text(), flags=re.M)}}}\n"


@lru_cache(maxsize=300)
def asset_of(name: str, plain: bytes) -> Asset:
    """Packed once in this process, however often it is asked for."""
    return Asset.of(name, plain)


def assets() -> Assets:
    found: Assets = current_app.extensions["assets"]
    return found


@blueprint.get("/s/<name>")
def show(name: str) -> Response:
    if asset := assets().by_name.get(name):
        return asset.respond()
    kept = attic().named(name) or abort(404)
    return asset_of(name, kept.content).respond()


def init_app(app: Flask) -> None:
    kept = app.extensions["assets"] = Assets(fonts=made(Path(app.config["INSTANCE"])))
    kept.store(app.extensions["attic"])
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = kept.url.__getitem__
    app.jinja_env.globals["sprite"] = lambda name: kept.url[f"icons/{name}.svg"]
    app.jinja_env.globals["drawing"] = lambda name: kept.symbols.get(name, Markup(""))
