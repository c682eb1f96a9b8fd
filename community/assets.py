"""Static files: hashed names, compressed ahead, kept in memory, cached for ever by the phone.

Every file of static/js is one behaviour; they leave as one app.js, in the order of their names.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request
from markupsafe import Markup

blueprint = Blueprint("assets", __name__)
STATIC = Path(__file__).resolve().parent.parent / "static"
FOREVER = "public, max-age=31536000, immutable"
SMALL = 300  # bytes below which compression costs more than it saves
TEXTS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class Asset:
    name: str
    kind: str
    plain: bytes
    gzip: bytes
    brotli: bytes

    @classmethod
    def of(cls, name: str, plain: bytes) -> "Asset":
        kind = TEXTS.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        packs = kind.startswith("text/") or kind.endswith(("xml", "json"))
        zipped = gzip.compress(plain, 9, mtime=0) if packs and len(plain) > SMALL else b""
        return cls(name, kind, plain, zipped, brotli.compress(plain) if zipped else b"")

    def respond(self, cache: str = FOREVER) -> Response:
        """The file in the smallest coding that the phone takes."""
        wanted = request.headers.get("Accept-Encoding", "")
        coding = next((c for c, body in (("br", self.brotli), ("gzip", self.gzip)) if body and c in wanted), "")
        body = {"br": self.brotli, "gzip": self.gzip}.get(coding, self.plain)
        response = Response(body, mimetype=self.kind)
        response.headers["Cache-Control"] = cache
        if coding:
            response.headers["Content-Encoding"] = coding
        if self.gzip:
            response.headers["Vary"] = "Accept-Encoding"
        return response


class Assets:
    """All static files by their hashed names, read once at the start."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.by_name: dict[str, Asset] = {}
        self.url: dict[str, str] = {}
        self.symbols: dict[str, Markup] = {}
        for path in sorted(folder.rglob("*.*")):
            short = path.relative_to(folder).as_posix()
            if not short.startswith(("js/", "sw/")):
                self._add(short, path.read_bytes())
        self._add("js/app.js", _one_script(sorted((folder / "js").glob("*.js"))))
        self._read_symbols(folder / "icons" / "pictures.svg")

    def _add(self, short: str, content: bytes) -> None:
        path = Path(short)
        mark = hashlib.blake2b(content, digest_size=5).hexdigest()
        hashed = f"{path.stem}-{mark}{path.suffix}"
        self.by_name[hashed] = Asset.of(hashed, content)
        self.url[short] = f"/s/{hashed}"

    def _read_symbols(self, sprite: Path) -> None:
        """The drawings by id, to be set into a page without a request of their own."""
        found = re.findall(r'<symbol id="([\w-]+)" viewBox="0 0 32 32">(.*?)</symbol>', sprite.read_text(), re.S)
        self.symbols = {name: Markup(drawing) for name, drawing in found}  # noqa: S704  our own file


def _one_script(paths: list[Path]) -> bytes:
    """Each module in a block of its own: nothing of one is in sight of another."""
    return "".join(f"{{\n{re.sub(r'^export ', '', path.read_text(), flags=re.M)}}}\n" for path in paths).encode()


def assets() -> Assets:
    found: Assets = current_app.extensions["assets"]
    return found


@blueprint.get("/s/<name>")
def show(name: str) -> Response:
    asset = assets().by_name.get(name)
    return asset.respond() if asset else abort(404)


def init_app(app: Flask) -> None:
    kept = app.extensions["assets"] = Assets()
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = kept.url.__getitem__
    app.jinja_env.globals["sprite"] = lambda name: kept.url[f"icons/{name}.svg"]
    app.jinja_env.globals["drawing"] = lambda name: kept.symbols.get(name, Markup(""))
