"""Pages leave packed: as a difference to what the phone has, else with Brotli, zstd or gzip.

A page on which a code stands leaves as it is, and whoever may have put something into a page (by a query, by a form)
gets no dictionary: whoever watches the wire could else guess from the length of an answer what else is in it.
"""

from flask import Flask, Response, g, request

from community.coding import AT_ONCE, is_text, taken
from community.dictionaries import dictionary_of_phone
from community.earlier import keep, page_of_phone

SMALL = 500  # bytes: below one packet nothing is gained
VARY = "Accept-Encoding, Available-Dictionary"


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def leave_plain() -> None:
    """For a page with a way in on it, as words or as a QR: the length of its answer tells nothing of that."""
    g.plain = True


def _compress(response: Response) -> Response:
    """Runs after the ETag was made, which is why that is a weak one."""
    if not _is_worth_it(response):
        return response
    plain = response.get_data()
    dictionary = (dictionary_of_phone() or page_of_phone()) if _may_use_dictionaries(response) else None
    if dictionary:
        _carry(response, "dcz", dictionary.dcz(plain))
    elif codings := taken():
        _carry(response, codings[0], AT_ONCE[codings[0]](plain))
    if "Use-As-Dictionary" in response.headers:
        keep(plain)
    return response


def _carry(response: Response, coding: str, body: bytes) -> None:
    response.set_data(body)
    response.headers["Content-Encoding"] = coding


def _is_worth_it(response: Response) -> bool:
    if response.direct_passthrough or "Content-Encoding" in response.headers or "plain" in g:
        return False
    return is_text(response.mimetype or "") and (response.content_length or 0) > SMALL


def _may_use_dictionaries(response: Response) -> bool:
    is_plain_reading = request.method in ("GET", "HEAD") and not request.query_string
    return is_plain_reading and response.status_code == 200 and "no-store" not in response.headers["Cache-Control"]
