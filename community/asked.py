"""Pages that our worker asks for: `/groups/3?kept` is /groups/3 for a script, which is no document yet.

It comes without the headers that only a document needs (the worker gives those to every page that it shows), may be a
dictionary, and lies in the browser's own cache beside the page that a window has asked for, not in its place.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WORD = "kept"
KEY = "aangan.kept"


class Asked:
    """Takes the word off the address: the app behind it knows one address for each page."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        query, found, rest = environ.get("QUERY_STRING", "").rpartition(WORD)
        if found and not rest and query[-1:] in ("", "&"):
            environ["QUERY_STRING"] = query[:-1]
            environ[KEY] = environ.get("HTTP_SEC_FETCH_DEST") == "empty"
        return self.app(environ, start)


def by_worker() -> bool:
    """Whether a script asks, which can show nothing by itself: an address with the word in it is a page like any."""
    return bool(request.environ.get(KEY))


def init_app(app: Flask) -> None:
    app.wsgi_app = Asked(app.wsgi_app)  # type: ignore[method-assign, assignment]
