"""What every answer carries: a strict policy, what it varies by, and the mark by which it is known again."""

import hashlib

from flask import Flask, Response, request

from community.asked import by_worker
from community.assets import assets
from community.compression import VARY
from community.earlier import offer
from community.saver.level import asked_the_browser

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Of a page that is looked at, from us or from the phone.
DOCUMENT = {
    "Content-Security-Policy": CSP,
    "Permissions-Policy": "geolocation=()",  # camera and microphone are for us alone by themselves
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
MARKS = {"ETag", "Cache-Control", "Vary"}  # all that a 304 carries; the server adds Date


def init_app(app: Flask) -> None:
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    """Security headers on everything; ETag and 304 on pages that may be kept."""
    if response.status_code == 204:
        return _bare(response)
    if "Location" in response.headers:
        _strip(response)
    elif by_worker():
        _for_worker(response)
    else:
        _for_window(response)
    if asked_the_browser() and "Vary" in response.headers:
        response.headers["Vary"] += ", Save-Data"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if response.status_code == 200 and request.method in ("GET", "HEAD") and not response.direct_passthrough:
        _revalidate(response)
    return response


def _bare(response: Response) -> Response:
    """There is nothing to guard where nothing is said."""
    for name in ("Content-Type", "Vary"):
        response.headers.pop(name, None)
    return response


def _for_worker(response: Response) -> None:
    """What is hers depends on who she is and on how it is packed: her language is her own."""
    response.headers["Vary"] = f"Cookie, {VARY}"
    response.headers.setdefault("Cache-Control", "private, no-cache")
    offer(response)


def _for_window(response: Response) -> None:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.mimetype == "text/html":
        headers.update(DOCUMENT)
        _preload(response)
        headers["Vary"] = f"Cookie, Accept-Language, {VARY}"
        headers.setdefault("Cache-Control", "private, no-cache")


def _preload(response: Response) -> None:
    """The stylesheet is asked for before the page is read."""
    sheet = assets().url["css/aangan.css"]
    if sheet.encode() in response.get_data():
        response.headers["Link"] = f"<{sheet}>;rel=preload;as=style"


def _strip(response: Response) -> None:
    """Whoever is sent on looks at nothing here: no words, and no policy for them. A script goes nowhere."""
    response.set_data(b"")
    if request.headers.get("Sec-Fetch-Dest") != "empty":
        response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "private, no-cache")


def _revalidate(response: Response) -> None:
    """The answer's mark, and no more than marks where the phone has it already."""
    if "no-store" in response.headers.get("Cache-Control", ""):
        return
    if "ETag" not in response.headers:
        response.set_etag(_mark(response.get_data()), weak=True)
    if "If-None-Match" in request.headers or "If-Match" in request.headers:
        response.make_conditional(request)
    if response.status_code == 304:
        for name in set(response.headers.keys()) - MARKS:
            response.headers.pop(name)


def _mark(content: bytes) -> str:
    """What lacks a document's headers bears another mark than the document, and can never pass for it."""
    kind = b"worker" if by_worker() else b""
    return hashlib.sha256(content + kind).hexdigest()[:18]
