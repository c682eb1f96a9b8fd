"""Pages leave compressed. Brotli costs a slow core too much at request time, so pages take gzip."""

import gzip

from flask import Flask, Response, request

SMALL = 500  # bytes: below one packet nothing is gained


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    """Gzip what is text and not yet coded. Runs after the ETag was made, which is why that is a weak one."""
    if not _is_worth_it(response):
        return response
    response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(response.content_length)
    return response


def _is_worth_it(response: Response) -> bool:
    wanted = "gzip" in request.headers.get("Accept-Encoding", "")
    kind = response.mimetype or ""
    is_text = kind.startswith("text/") or kind.endswith(("xml", "json"))
    if not wanted or not is_text or response.direct_passthrough or "Content-Encoding" in response.headers:
        return False
    return (response.content_length or 0) > SMALL
