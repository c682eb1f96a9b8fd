"""Text as a page shows it: the only place that makes links. Everything that people wrote is escaped here."""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from flask import current_app
from markupsafe import Markup, escape

from community.http import derived
from community.languages import gettext as _
from community.links.finding import LINK, Link

PLAIN = Markup('<a class="link" dir="ltr" href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>')
RISKY = Markup('<span class="tag gold">{}{}</span> <a class="link" dir="ltr" href="{}">{}</a>')


def said(text: str) -> Markup:
    """Escaped, lines kept, addresses tappable and naming their real host; a risky one asks first."""
    return _with_links(text, _drawn)


def carried(text: str) -> Markup:
    """The same for a phone's own page of a push: there nobody can be asked, so a risky address stays text."""
    return _with_links(text, lambda link: _unasked(link) if link.risks else _plain(link))


def _with_links(text: str, draw: Callable[[Link], Markup]) -> Markup:
    parts, end = [], 0
    for found in LINK.finditer(text):
        link = Link.of(found.group())
        parts += [escape(text[end : found.start()]), draw(link) if link else escape(found.group())]
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts).replace("\n", Markup("<br>"))


def _drawn(link: Link) -> Markup:
    if not link.risks:
        return _plain(link)
    icon = cast(Callable[[str, str], Markup], current_app.jinja_env.globals["draw_icon"])("alert", "s")
    return RISKY.format(icon, _("Take care"), leaving(link.address), _shown(link))


def _plain(link: Link) -> Markup:
    return PLAIN.format(link.address, _shown(link))


def _unasked(link: Link) -> Markup:
    return Markup('<bdi dir="ltr">{}</bdi>').format(_shown(link))


def _shown(link: Link) -> Markup:
    """As it was written, with what is registered set apart; before it the host in plain letters, where it hides one."""
    if not link.says_its_host:
        return Markup("<b>{}</b> · {}").format(link.host, link.written)
    start = link.written.lower().find(link.domain, link.written.find("//")) if link.domain else -1
    if start < 0:
        return escape(link.written)
    end = start + len(link.domain)
    return Markup("{}<b>{}</b>{}").format(link.written[:start], link.written[start:end], link.written[end:])


def leaving(address: str) -> str:
    """The page that says where this leads. Its mark says that a page of ours has drawn it."""
    return "/leaving?" + urlencode({"to": address, "mark": mark_of(address)})


def mark_of(address: str) -> str:
    return derived("leaving", address)[:16]
