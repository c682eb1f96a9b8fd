"""What makes the page installable, and what it shows without a signal."""

from pathlib import Path

from flask import Blueprint, Response, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from community.assets import STATIC, assets
from community.languages import current
from community.languages import gettext as _

blueprint = Blueprint("offline", __name__)
SHORT = "public, max-age=3600"
KEPT = ("css/aangan.css", "icons/sprite.svg")


@blueprint.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """The manifest in the language of whoever asks."""
    language = current()
    shown = {
        "id": "/", "start_url": "/", "scope": "/", "display": "standalone",
        "name": _("Aangan"), "short_name": _("Aangan"), "lang": language.code, "dir": language.direction,
        "description": _("Hear the news of your groups, in your own language."),
        "theme_color": "#262764", "background_color": "#f5f2ec",
        "icons": [_icon(f"{kind}-{size}", size, kind) for size in (192, 512) for kind in ("icon", "maskable")],
        "shortcuts": [{"name": _("Courtyard"), "url": "/"}, {"name": _("Groups"), "url": "/groups"}],
    }  # fmt: skip
    answer = jsonify(shown)
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.headers["Vary"] = "Cookie, Accept-Language"
    return answer


def _icon(name: str, size: int, kind: str) -> dict[str, str]:
    purpose = "maskable" if kind == "maskable" else "any"
    source = assets().url[f"icons/{name}.png"]
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@blueprint.get("/offline")
def show() -> ResponseReturnValue:
    return render_template("offline/show.html"), 200, {"Cache-Control": "no-cache"}


@blueprint.get("/sw.js")
def worker() -> ResponseReturnValue:
    """The worker, with the names of this release's files set into it."""
    kept = [assets().url[name] for name in KEPT]
    source = Path(STATIC / "sw" / "worker.js").read_text()
    answer: Response = make_response(source.replace("__KEPT__", str(kept)))
    answer.mimetype = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
