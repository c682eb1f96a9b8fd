"""What each message says in the language of the page.

`gettext` here and `flask_babel.gettext` answer the same; this one is typed. Messages are English and are
looked up by `g.language`, in a catalogue that is read from disk once for each app.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask import current_app, g, has_app_context
from flask_babel import Domain, refresh
from markupsafe import Markup

from community.languages.numbers import number
from community.languages.tongues import DEFAULT, LANGUAGES, PSEUDO, language

EXTENSION = "community.languages"


class PseudoTranslations(NullTranslations):
    """Every message as ⟦itself⟧, its placeholders kept."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def upgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def unpgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        return self.ngettext(singular, plural, num)

    # Babel's own names for the same; Flask-Babel calls these.
    ugettext = gettext
    ungettext = ngettext
    pgettext = upgettext
    npgettext = unpgettext


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel carries no types
    """Flask-Babel's domain, kept by our language code: two languages may share a locale, xx has none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder
        self._read: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """The catalogue of the page's language, from memory after the first call."""
        return self.of(g.get("language", DEFAULT))

    def of(self, code: str) -> NullTranslations:
        """The catalogue of a language."""
        try:
            return self._read[code]
        except KeyError:
            return self._read.setdefault(code, self._opened(language(code).code))

    def in_template(self, message: str, **values: object) -> Markup:
        """A template's `_`: markup, its values escaped. As Jinja's own, where %% is a percent sign, and faster."""
        spoken_here = self.get_translations()
        if values:
            return Markup(spoken_here.ugettext(message)) % values  # noqa: S704  a catalogue is ours
        kept: dict[str, Markup] = spoken_here.__dict__.setdefault("_marked", {})
        found = kept.get(message)
        if found is None:
            found = kept[message] = Markup(spoken_here.ugettext(message) % ())  # noqa: S704
        return found

    def _opened(self, code: str) -> NullTranslations:
        if code == PSEUDO.code:
            return PseudoTranslations()
        path = self.folder / code / "LC_MESSAGES" / "messages.mo"
        if not path.exists():
            return NullTranslations()
        with path.open("rb") as file:
            return Translations(file)


def spoken() -> NullTranslations:
    """The catalogue of the page's language; English messages as they are where no app is at hand."""
    if not has_app_context():
        return NullTranslations()
    catalogues: Catalogues = current_app.extensions[EXTENSION]
    return catalogues.get_translations()


def in_all(message: str) -> tuple[str, ...]:
    """What a message without placeholders says in each of the languages; English alone where no app is at hand."""
    if not has_app_context():
        return (message,)
    catalogues: Catalogues = current_app.extensions[EXTENSION]
    return tuple(catalogues.of(code).ugettext(message) for code in LANGUAGES)


def gettext(message: str, **values: object) -> str:
    """The message in the page's language, its %(name)s filled in. A % stands for itself without values."""
    text: str = spoken().ugettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The form that the language uses for `num` things; %(num)s is there without asking, as people write it."""
    text: str = spoken().ungettext(singular, plural, num)
    return text % {"num": _written(num), **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """The message where the same English means two things; `context` tells them apart."""
    text: str = spoken().upgettext(context, message)
    return text % values if values else text


def npgettext(context: str, singular: str, plural: str, num: int, **values: object) -> str:
    """`ngettext` with a context."""
    text: str = spoken().unpgettext(context, singular, plural, num)
    return text % {"num": _written(num), **values}


def counted(singular: str, plural: str, num: int, /, **values: object) -> Markup:
    """A template's `ngettext`: markup, its values escaped, %(num)s as people write it."""
    text = Markup(spoken().ungettext(singular, plural, num))  # noqa: S704  a catalogue is ours
    return text % {"num": _written(num), **values}


def _written(num: int) -> str:
    return number(num) if has_app_context() else str(num)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say everything inside in that language (a push, a fragment), then return to the page's own."""
    before = g.get("language", DEFAULT)
    speak(language(code).code)
    try:
        yield
    finally:
        speak(before)


def speak(code: str) -> None:
    """Say the rest of the page in that language, which is one of ours."""
    g.language = code
    refresh()
