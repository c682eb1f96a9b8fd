"""The shell of a language: what our pages say before anything of anybody's is on them, as one dictionary for all.

It is the page without a signal, the empty page of an announcement, and the words and markup of the templates. A
phone that takes dictionaries is told of it some time after it came in, never with a first visit, and fetches it when
it has nothing else to do. One that has the shell of an earlier release keeps that while we have it too: it still
saves nearly as much.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask, Response, current_app

from community.database import now
from community.dictionaries import Attic, dictionary_of_phone, mark, may_take_dictionaries
from community.languages import current
from community.languages import gettext as _
from community.people.session import current_session

SETTLED = timedelta(hours=1)  # after coming in
# Of the pages that people open every day.
TEMPLATES = (
    "base", "parts", "home/parts", "announcements/parts", "home/show", "home/group", "home/groups",
    "announcements/show", "people/show", "people/parts", "groups/inside", "groups/members", "groups/parts",
)  # fmt: skip
ICON = re.compile(r'\{\{ ?icon\("([\w-]+)"[^}]*\}\}')
WORD = re.compile(r'\{[{%](?:(?!\}\}|%\}).)*?_\("([^"]*)"(?:(?!\}\}|%\}).)*[}%]\}', re.S)
CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\n\s*(?=\n)", re.S)


def shell(pages: Callable[[], str]) -> str:
    """The address of this release's shell in the language of the page; `pages` draws what the templates do not say."""
    known: dict[str, str] = current_app.extensions["shells"]
    language = current().code
    if language not in known:
        content = (pages() + "".join(map(_said, TEMPLATES))).encode()
        known[language] = name = f"shell-{language}-{mark(content)}.txt"
        attic: Attic = current_app.extensions["attic"]
        attic.keep(name, content)
    return f"/s/{known[language]}"


def _said(template: str) -> str:
    """A template's markup, its words in the language of the page, and its icons."""
    icon = current_app.jinja_env.globals["draw_icon"]
    source = (Path(current_app.root_path) / "templates" / f"{template}.html").read_text()
    source = ICON.sub(lambda found: str(icon(found[1])), source)  # type: ignore[operator]
    return CODE.sub("", WORD.sub(lambda found: _(found[1]), source))


def _offer(response: Response, pages: Callable[[], str]) -> Response:
    """Name the shell in a page of somebody who is at home here, if her phone can use it and has none that we know."""
    if response.mimetype == "text/html" and response.status_code == 200 and may_take_dictionaries():
        own = current_session()
        if own and own.created < now() - SETTLED and not dictionary_of_phone():
            response.headers["Link"] = f'<{shell(pages)}>; rel="compression-dictionary"'
    return response


def init_app(app: Flask, pages: Callable[[], str]) -> None:
    app.extensions["shells"] = {}
    app.after_request(partial(_offer, pages=pages))
