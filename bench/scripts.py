"""What a page weighs in a script of three bytes a letter, beside the same page in English.

The words of the interface differ; the news, the names and the groups on it are the same ones. Bodies as they leave,
packed with Brotli; no headers.
"""

import http.client
import re
from dataclasses import dataclass

from bench.figures import Figure
from bench.server import PATIENCE, Place, Server, cookie_header, courtyard, fetch

COMMAND = "python -m bench scripts"
LANGUAGES = {"ml": "Malayalam", "ta": "Tamil", "ur": "Urdu"}
MOST = 1.35
ANNOUNCEMENT = re.compile(rb'href="(/announcements/\d+)"')


@dataclass(frozen=True)
class Weight:
    """One page: its bytes in each language."""

    page: str
    packed: dict[str, int]
    plain: dict[str, int]

    def ratio(self, language: str) -> float:
        return self.packed[language] / self.packed["en"]

    def __str__(self) -> str:
        told = (f"{code} {size} of {self.plain[code]}" for code, size in self.packed.items())
        return f"{self.page}: {', '.join(told)}"


def measure() -> list[Weight]:
    with courtyard() as (server, place):
        return [_weigh(server, page, path, cookie) for page, path, cookie in _pages(server, place)]


def _pages(server: Server, place: Place) -> list[tuple[str, str, str]]:
    """As which person which page is asked for."""
    found = ANNOUNCEMENT.search(fetch(server, place.group, place.cookie))
    if found is None:
        raise RuntimeError("the group has no announcement")
    said = found[1].decode()
    return [
        ("home", "/", place.cookie),
        ("group", place.group, place.cookie),
        ("announcement", said, place.cookie),
        ("join", place.invitation, ""),
    ]


def _weigh(server: Server, page: str, path: str, cookie: str) -> Weight:
    codes = ("en", *LANGUAGES)
    packed = {code: len(_asked(server, f"{path}?lang={code}", cookie, "br")) for code in codes}
    plain = {code: len(fetch(server, f"{path}?lang={code}", cookie)) for code in codes}
    return Weight(page, packed, plain)


def _asked(server: Server, path: str, cookie: str, coding: str) -> bytes:
    """The body as it came over the wire."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Accept-Encoding": coding, **cookie_header(cookie)})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200 or answer.headers["Content-Encoding"] != coding:
        raise RuntimeError(f"{path} answered {answer.status}, packed as {answer.headers['Content-Encoding']}")
    return body


def figures() -> list[Figure]:
    found = measure()
    return [
        Figure(
            f"{name} against English, {weight.page}: bytes, packed", weight.ratio(code), "", f"<= {MOST}", COMMAND,
            f"{weight}." if code == "ml" else "",
        )
        for weight in found
        for code, name in LANGUAGES.items()
    ]  # fmt: skip
