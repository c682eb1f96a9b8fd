"""Reading a form: hostile text in, clean text or a spoken error out. Nothing typed is lost on a refusal."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from community.languages import gettext as _

KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
KEPT_CONTROLS = "\n\t\u200c\u200d"  # line ends, and the joiners that many Indic words need
# Signs of Arabic script that Unicode counts among the invisible, though they are written and read.
SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2"


def clean(text: str) -> str:
    """NFC, without NUL, control and bidi-override characters; line ends as \\n; trimmed; "" if nothing can be seen."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in text if c in KEPT_CONTROLS or _is_seen(c) or unicodedata.category(c)[0] == "Z").strip()
    return kept if any(map(_is_seen, kept)) else ""


def _is_seen(letter: str) -> bool:
    category = unicodedata.category(letter)
    return letter in SIGNS or category[0] not in "CZ" or category == "Cn"


def submission_key(fields: Mapping[str, str]) -> str:
    """The phone's own UUID for this submission, or the one that the server put into the form; else a fresh one."""
    key = fields.get("key", "")
    return key if KEY.fullmatch(key) else uuid4().hex


class Form:
    """The fields of one post. `wrong` maps a field to a sentence; `values` fills the form again."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.wrong: dict[str, str] = {}
        self.values: dict[str, str] = {}

    def text(self, field: str, *, most: int, needed: str = "") -> str:
        """Cleaned text of at most `most` characters. `needed` is what to say where it is empty."""
        value = self.values[field] = clean(self.fields.get(field, ""))
        if needed and not value:
            self.wrong[field] = needed
        if len(value) > most:
            self.wrong[field] = _("That is too long. Say it in fewer words.")
        return value

    def line(self, field: str, *, most: int, needed: str = "") -> str:
        """The same on one line."""
        value = " ".join(self.text(field, most=most, needed=needed).split())
        self.values[field] = value
        return value

    def choice(self, field: str, among: Iterable[str], default: str) -> str:
        """One of the offered values; anything else counts as `default`."""
        value = self.fields.get(field, default)
        self.values[field] = value if value in set(among) else default
        return self.values[field]

    def number(self, field: str) -> int | None:
        """A whole number in any script's digits, or None."""
        value = clean(self.fields.get(field, ""))
        self.values[field] = value
        return int(value) if value.isdecimal() and len(value) <= 15 else None

    def numbers(self, field: str) -> list[int] | None:
        """The ticked ones of several, ascending: the field as often as it comes, or once with dots between.

        None where something else came: what was meant is not known then. `values` has them with dots between.
        """
        every = self.fields.getlist(field) if isinstance(self.fields, MultiDict) else [self.fields.get(field, "")]
        parts = [part for value in every for part in clean(value).split(".") if part]
        sane = all(part.isdecimal() and len(part) <= 15 for part in parts)
        found = sorted({int(part) for part in parts} - {0}) if sane else []
        self.values[field] = ".".join(map(str, found))
        return found if sane else None

    def ticked(self, field: str) -> bool:
        self.values[field] = "1" if self.fields.get(field) else ""
        return bool(self.values[field])
