"""What keeps a catalogue from being complete."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from babel.messages import Catalog, Message

# %(name)s, %s, %%, a % that stands alone, and the {name} that scripts fill in.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdf%]|%|\{\w*\}")
# "one goat" need not print its number.
OPTIONAL = {"%(num)s", "%(num)d"}


@dataclass(frozen=True)
class Fault:
    """One message that cannot be shown as it is: `why` is missing, fuzzy, placeholder, or what proof.py finds."""

    language: str
    why: str
    message: str

    def __str__(self) -> str:
        return f"{self.language}: {self.why}: {self.message}"


def faults(code: str, catalogue: Catalog) -> list[Fault]:
    """Every missing, fuzzy or placeholder-broken message, in the order of the catalogue."""
    return [
        Fault(code, why, texts(message)[0][0])
        for message in catalogue
        if message.id
        for why in _reasons(message, catalogue.num_plurals)
    ]


def _reasons(message: Message, plurals: int) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    english, forms = texts(message)
    if not all(forms) or len(forms) != (plurals if message.pluralizable else 1):
        yield "missing"
    elif not all(keeps_placeholders(english, form) for form in forms):
        yield "placeholder"


def keeps_placeholders(english: tuple[str, ...], form: str) -> bool:
    """Whether a form fills in what English does. A plural's form may say less, as one of English's does."""
    said = [placeholders(text) for text in english]
    every, always = set().union(*said), said[0].intersection(*said)
    if len(english) > 1:
        always -= OPTIONAL
    return always <= placeholders(form) <= every


def placeholders(text: str) -> set[str]:
    """What the app fills in: a name, a number, a moment."""
    return set(PLACEHOLDER.findall(text))


def texts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A message's English and its translation, each as the tuple of its forms."""
    return _as_tuple(message.id), _as_tuple(message.string or "")


def _as_tuple(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
