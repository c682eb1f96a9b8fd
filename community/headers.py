"""What every answer carries: a strict policy, what it varies by, and the mark by which it is known again."""

import hashlib

from flask import Flask, Response, request

from community.compression import VARY
from community.earlier import offer

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MARKS = {"ETag", "Cache-Control", "Vary"}  # all that a 304 carries; the server adds Date


def init_app(app: Flask) -> None:
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    """Security headers on everything; ETag and 304 on pages that may be kept."""
    if response.status_code == 204:
        return _bare(response)
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.endpoint != "assets.show":
        headers.setdefault("Referrer-Policy", "same-origin")
    if "Location" in headers:
        _strip(response)
    elif response.mimetype == "text/html":
        headers["Content-Security-Policy"] = CSP
        headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Vary"] = f"Cookie, Accept-Language, {VARY}"
        headers.setdefault("Cache-Control", "private, no-cache")
        offer(response)
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if response.status_code == 200 and request.method in ("GET", "HEAD") and not response.direct_passthrough:
        _revalidate(response)
    return response


def _bare(response: Response) -> Response:
    """There is nothing to guard where nothing is said."""
    for name in ("Content-Type", "Vary"):
        response.headers.pop(name, None)
    return response


def _strip(response: Response) -> None:
    """Whoever is sent on looks at nothing here: no words, and no policy for them."""
    response.set_data(b"")
    response.headers.setdefault("Cache-Control", "private, no-cache")


def _revalidate(response: Response) -> None:
    """The answer's mark, and no more than marks where the phone has it already."""
    if "no-store" in response.headers.get("Cache-Control", ""):
        return
    if "ETag" not in response.headers:
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:18], weak=True)
    if "If-None-Match" in request.headers or "If-Match" in request.headers:
        response.make_conditional(request)
    if response.status_code == 304:
        for name in set(response.headers.keys()) - MARKS:
            response.headers.pop(name)
