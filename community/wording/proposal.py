"""Words that somebody typed for the app, held against what an app's words must keep."""

from community.form import Form, clean
from community.languages import gettext as _
from community.languages.faults import keeps_placeholders, placeholders
from community.languages.wording import HIDDEN
from community.wording.words import Word

SIGNS = "<>&{}"  # of markup: a catalogue's words are set into pages as they are


def proposed(form: Form, word: Word) -> str:
    """What was typed, fit for a catalogue; "" where it is not, and `form.wrong` then says why."""
    typed = form.fields.get("words", "")
    words = form.line("words", most=word.longest, needed=_("Write the better words first."))
    if "words" not in form.wrong and (why := _wrong_with(typed, words, word)):
        form.wrong["words"] = why
    return "" if form.wrong else words


def _wrong_with(typed: str, words: str, word: Word) -> str:
    if HIDDEN.search(typed):
        return _("There are hidden signs in these words. Type them again, do not paste them.")
    if words == clean(word.said):
        return _("That is what stands there already.")
    if strange := [sign for sign in SIGNS if words.count(sign) > max(text.count(sign) for text in word.english)]:
        return _("Write it without this: %(signs)s", signs=" ".join(strange))
    if not keeps_placeholders(word.english, words):
        return _kept(word)
    return ""


def _kept(word: Word) -> str:
    """What has to stay, said with the very signs, left to right in any script: they are no word of anybody's."""
    parts = sorted(placeholders(word.meant))
    if not parts:
        return _("Write it without this: %(signs)s", signs="%")
    apart = " ".join(f"\u2066{part}\u2069" for part in parts)
    return _("Keep this as it is, the app puts a name or a number there: %(parts)s", parts=apart)
