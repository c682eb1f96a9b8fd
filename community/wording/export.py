"""What was taken, as a .po that translators can merge, with how many wanted it and what stood before."""

from collections.abc import Iterable
from io import BytesIO

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import write_po
from babel.plural import to_gettext

from community.languages import Language
from community.wording.models import Suggestion
from community.wording.words import Word, words_of

Message = tuple[str, str]  # context and English


def words_po(tongue: Language, taken: Iterable[Suggestion]) -> bytes:
    """The messages that were taken, each with all its forms; the suggestions come most wanted first.

    Where two were taken for one form the first stands, the other in a comment. What the app says no more is left out.
    """
    heading = f"# Better words in {tongue.autonym}."
    catalogue = Catalog(tongue.locale, project="Aangan", header_comment=heading, fuzzy=False)
    catalogue.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", to_gettext(Locale.parse(tongue.locale).plural_form)),
    ]
    forms = _forms(tongue)
    for message, wanted in _by_message(taken).items():
        if message in forms:
            _add(catalogue, forms[message], wanted)
    written = BytesIO()
    write_po(written, catalogue, width=0, sort_output=True)
    return written.getvalue()


def _forms(tongue: Language) -> dict[Message, list[Word]]:
    """The words of the app, each message's forms together."""
    forms: dict[Message, list[Word]] = {}
    for word in words_of(tongue).values():
        forms.setdefault((word.context, word.english[0]), []).append(word)
    return forms


def _by_message(taken: Iterable[Suggestion]) -> dict[Message, list[Suggestion]]:
    wanted: dict[Message, list[Suggestion]] = {}
    for one in taken:
        wanted.setdefault((one.context, one.english), []).append(one)
    return wanted


def _add(catalogue: Catalog, forms: list[Word], wanted: list[Suggestion]) -> None:
    better = {one.form: one.words for one in reversed(wanted)}
    said = tuple(better.get(form.form, form.said) for form in forms)
    first = forms[0]
    catalogue.add(
        first.english if len(first.english) > 1 else first.english[0],
        said if len(first.english) > 1 else said[0],
        user_comments=[f"{one.people} said: {one.words} (before: {one.before})" for one in wanted],
        auto_comments=[first.note] if first.note else [],
        context=first.context or None,
    )
