"""The languages of a page: which one, what each message says in it, how it says time and numbers.

Knows no person: whoever opens the request puts `g.language` (and `g.native_digits`) there, with `choose`.
"""

from pathlib import Path

from flask import Flask
from flask_babel import Babel
from werkzeug.local import LocalProxy

from community.languages.choosing import choose
from community.languages.compiled import TRANSLATIONS, compile_stale
from community.languages.lists import all_of, one_of
from community.languages.moments import clock, day, weekday, when
from community.languages.numbers import number
from community.languages.sorting import in_order
from community.languages.tongues import (
    DEFAULT,
    LANGUAGES,
    Language,
    UnknownLanguage,
    current,
    language,
    offered,
)
from community.languages.translations import (
    EXTENSION,
    Catalogues,
    counted,
    gettext,
    ngettext,
    npgettext,
    pgettext,
    speak,
    speaking,
    spoken,
)

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "Language",
    "UnknownLanguage",
    "all_of",
    "choose",
    "clock",
    "current",
    "day",
    "gettext",
    "in_order",
    "init_app",
    "language",
    "ngettext",
    "npgettext",
    "number",
    "offered",
    "one_of",
    "pgettext",
    "speak",
    "speaking",
    "when",
]


def init_app(app: Flask) -> None:
    """Teach the app and its templates every complete language. Compiles catalogues that need it."""
    folder = Path(app.config.setdefault("TRANSLATIONS", TRANSLATIONS))
    compile_stale(folder)
    babel = Babel(configure_jinja=False)
    babel.init_app(app, default_locale=LANGUAGES[DEFAULT].locale, locale_selector=_locale)
    babel.domain_instance = app.extensions[EXTENSION] = Catalogues(folder)
    _teach_templates(app)


def _locale() -> str:
    return current().locale


def _teach_templates(app: Flask) -> None:
    """`_`, `ngettext` and `{% trans %}`; `language`, `offered()`; `moment|in_words(zone)`, `n|number`."""
    environment = app.jinja_env
    # As babel.cfg reads them: a message must be the same to the extractor and to the page.
    environment.policies["ext.i18n.trimmed"] = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: spoken().ugettext(message),
        ngettext=lambda singular, plural, num: spoken().ungettext(singular, plural, num),
        pgettext=lambda context, message: spoken().upgettext(context, message),
        npgettext=lambda context, one, many, num: spoken().unpgettext(context, one, many, num),
        newstyle=True,
    )
    # Jinja's own `_` looks `gettext` up anew for each message.
    environment.globals["_"] = environment.globals["gettext"]
    environment.globals["_"] = app.extensions[EXTENSION].in_template
    environment.globals["ngettext"] = counted
    # A proxy and not a context processor: macros that are imported see globals only.
    environment.globals.update(language=LocalProxy(current), offered=offered)
    environment.filters.update(in_words=when, day=day, clock=clock, number=number, weekday=weekday)
