"""The words of an announcement as a page shows them, the phone's own page of a push among them."""

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from markupsafe import Markup, escape

from community.languages import current

# A sentence of Hindi or Urdu ends where its mark stands, also when no space follows; no browser agrees on backslashes.
LINK = re.compile(r"https?://[^\s<>\"'\\।॥۔؟،؛]+(?<![.,;:!?)\]])", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


def heard(said: Any) -> Any:
    """Of an announcement's words those in the language of this page; where there are none, those that were said."""
    return words_in(said, current().code) or said.translations[0]


def words_in(said: Any, language: str) -> Any:
    """Of an announcement's words those in this language; None where there are none that are still true."""
    return next((words for words in said.translations if words.language == language and not words.stale_at), None)


def said(text: str) -> Markup:
    """Plain text as a page may show it: escaped, lines kept, addresses tappable and naming their real host."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        parts += [escape(text[end : found.start()]), _link(found.group())]
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts).replace("\n", Markup("<br>"))


def _link(address: str) -> Markup:
    """A link that shows where it leads: a look-alike host stands there in its plain letters.

    It stays text where an eye could take something else for the host.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return escape(address)
    if "@" in parts.netloc or not HOST.fullmatch(host):
        return escape(address)
    shown = address if host == parts.hostname else f"{host} · {address}"
    return Markup('<a class="link" href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>').format(
        urlunsplit(parts._replace(netloc=host + port)), shown
    )
