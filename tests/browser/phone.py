"""A phone without a screen: it asks for pages and sends forms, and keeps its cookies."""

import http.cookiejar
import io
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from flask.testing import FlaskClient

from tests.whispers import whisper

COOKIE = "aangan"
AGENT = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36"
)
PATIENCE = 30  # seconds


def unlike_any() -> str:
    """Words that nobody has said, in letters alone: ten digits that came by chance would be somebody's phone number."""
    return "".join(secrets.choice("abcdefghijkmnop") for _letter in range(32))


@dataclass(frozen=True)
class Answer:
    """What came in the end, after redirects: `path` carries its query."""

    status: int
    path: str
    text: str

    @property
    def is_page(self) -> bool:
        return self.text.lstrip().lower().startswith("<!doctype html")


class Phone(Protocol):
    def get(self, path: str) -> Answer: ...

    def post(self, path: str, fields: Mapping[str, str], file: bytes | None = None, name: str = "photo") -> Answer: ...


class TestPhone:
    """Over Flask's test client: no server, no socket."""

    __test__ = False

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> Answer:
        return self._answer(self.client.get(path, follow_redirects=True))

    def post(self, path: str, fields: Mapping[str, str], file: bytes | None = None, name: str = "photo") -> Answer:
        data: dict[str, object] = dict(fields)
        if file:
            data[name] = (io.BytesIO(file), "photo.jpg", "image/jpeg")
        return self._answer(self.client.post(path, data=data, follow_redirects=True))

    def _answer(self, response: object) -> Answer:
        request = response.request  # type: ignore[attr-defined]
        query = request.query_string.decode()
        path = request.path + (f"?{query}" if query else "")
        text = response.text if response.mimetype.startswith(("text/", "application/m")) else ""  # type: ignore[attr-defined]
        return Answer(response.status_code, path, text)  # type: ignore[attr-defined]


class WirePhone:
    """Over the wire, against a real server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )
        self.opener.addheaders = [("User-Agent", AGENT)]

    @property
    def cookie(self) -> str:
        """What a browser holds to be signed in as this phone is; '' before it is."""
        return next((cookie.value or "" for cookie in self.jar if cookie.name == COOKIE), "")

    @property
    def keys(self) -> list[tuple[str, str, str]]:
        """Name, value and path of the cookies that open one part of the house only."""
        return [(cookie.name, cookie.value or "", cookie.path) for cookie in self.jar if cookie.path != "/"]

    def get(self, path: str) -> Answer:
        return self._send(urllib.request.Request(self.url + path))

    def post(self, path: str, fields: Mapping[str, str], file: bytes | None = None, name: str = "photo") -> Answer:
        whisper.typed(fields)
        kind, body = _multipart(fields, file, name) if file else _plain(fields)
        headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        return self._send(urllib.request.Request(self.url + path, body, headers))

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            response = self.opener.open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as refusal:
            response = refusal
        with response:
            parts = urlsplit(response.url)
            is_text = response.headers.get_content_type().startswith(("text/", "application/m", "application/json"))
            text = response.read().decode() if is_text else ""
        return Answer(response.status, parts.path + (f"?{parts.query}" if parts.query else ""), text)


def _plain(fields: Mapping[str, str]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _multipart(fields: Mapping[str, str], file: bytes, name: str) -> tuple[str, bytes]:
    line = secrets.token_hex(16)
    parts = [
        f'--{line}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    head = f'--{line}\r\nContent-Disposition: form-data; name="{name}"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return f"multipart/form-data; boundary={line}", b"".join(
        [*parts, head.encode(), file, f"\r\n--{line}--\r\n".encode()]
    )
