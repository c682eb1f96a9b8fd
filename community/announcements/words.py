"""The words of an announcement as a page shows them, the phone's own page of a push among them."""

import re
from urllib.parse import urlsplit, urlunsplit

from markupsafe import Markup, escape

# A sentence of Hindi or Urdu ends where its mark stands, also when no space follows; no browser agrees on backslashes.
LINK = re.compile(r"https?://[^\s<>\"'\\।॥۔؟،؛]+(?<![.,;:!?)\]])", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


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
