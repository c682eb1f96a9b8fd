"""The catalogues kept in step with the source: `python -m community.languages.catalogue [--check]`.

Reads every message from community/, demo/ and templates/ as translations/babel.cfg says; brings
translations/messages.pot and each language's messages.po up to date; compiles them. Fails, naming each
message, while a language that is declared complete is not. `--check` writes nothing, and fails on a file
that is behind the source as well. `--only sat` writes that language's file alone: two may work side by side.

The files carry neither line numbers nor dates: two people who add different messages do not collide.
"""

import argparse
import re
import sys
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po
from babel.plural import to_gettext

from community.config import ROOT
from community.languages.compiled import compile_stale, write_whole
from community.languages.faults import Fault, faults, texts
from community.languages.notes import read_notes
from community.languages.reviews import review
from community.languages.tongues import LANGUAGES, Language, language

SOURCES = {"community", "demo", "templates"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "_l": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
# What changes by itself, or was never filled in.
CHURN = re.compile(
    rb'^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Generated-By)'
    rb"|EMAIL@ADDRESS|LL@li\.org"
)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write, or with --check only look. 0 where every complete language is, and no file is behind."""
    parser = argparse.ArgumentParser(prog="python -m community.languages.catalogue")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on files behind the source")
    parser.add_argument("--only", metavar="CODE", help="write the file of this language and nothing else")
    asked = parser.parse_args(arguments)
    complaints = check(root) if asked.check else update(root, asked.only)
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


def check(root: Path = ROOT) -> list[str]:
    """What is wrong, in words: files behind the source, then faults. Writes nothing."""
    files, found = _renewed(root)
    behind = [path for path, content in files.items() if not path.exists() or path.read_bytes() != content]
    return [*(f"{path.relative_to(root)}: behind the source" for path in behind), *map(str, found)]


def update(root: Path = ROOT, only: str | None = None) -> list[str]:
    """Bring the files up to date and compile them; the faults that remain, in words."""
    files, found = _renewed(root) if only is None else _renewed_alone(root, language(only))
    for path, content in files.items():
        write_whole(path, content)
    if only is None:
        compile_stale(root / "translations")
    return [*map(str, found)]


def _renewed(root: Path) -> tuple[dict[Path, bytes], list[Fault]]:
    """Every file as it should be, by its path, and the faults of the complete languages."""
    template = extracted(root)
    files = {root / "translations" / "messages.pot": _written(template)}
    found: list[Fault] = []
    for tongue in LANGUAGES.values():
        complete = review(tongue.code, root / "translations").complete
        if complete or _path(root, tongue).exists():
            catalogue = _updated(root, tongue, template)
            files[_path(root, tongue)] = _written(catalogue)
            found += faults(tongue.code, catalogue) if complete else []
    return files, found


def _renewed_alone(root: Path, tongue: Language) -> tuple[dict[Path, bytes], list[Fault]]:
    catalogue = _updated(root, tongue, extracted(root))
    return {_path(root, tongue): _written(catalogue)}, faults(tongue.code, catalogue)


def extracted(root: Path = ROOT) -> Catalog:
    """Every message of the source, with the files that say it and the notes to translators."""
    template = Catalog(header_comment="# Every message of Aangan.", fuzzy=False)
    notes = read_notes(root / "translations")
    methods, options = _mapping(root)
    for file, _line, message, comments, context in extract_from_dir(
        root,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=_sources_of(root),
    ):
        template.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    for entry in template:
        entry.auto_comments += notes.of(entry.id, dict.fromkeys(place for place, _line in entry.locations))
    return template


def _mapping(root: Path) -> tuple[list[tuple[str, str]], dict[str, dict[str, Any]]]:
    with (root / "translations" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    return methods, options


def _sources_of(root: Path) -> Callable[[str], bool]:
    """Babel's own filter would pass over folders that begin with an underscore, and their partials."""

    def is_source(folder: str) -> bool:
        parts = Path(folder).relative_to(root.resolve()).parts
        return parts[0] in SOURCES and parts[-1] != "__pycache__"

    return is_source


def _updated(root: Path, tongue: Language, template: Catalog) -> Catalog:
    catalogue = _kept(_path(root, tongue), tongue)
    # A copy: Babel puts the template's own messages into the catalogue, and languages would share them.
    catalogue.update(deepcopy(template), no_fuzzy_matching=True)
    _compose(catalogue)
    catalogue.mime_headers = [("Plural-Forms", to_gettext(Locale.parse(tongue.locale).plural_form))]
    if tongue.code == "en":
        _say_english(catalogue)
    return catalogue


def _kept(path: Path, tongue: Language) -> Catalog:
    if not path.exists():
        return Catalog(tongue.locale, header_comment=f"# Aangan in {tongue.autonym}.", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=tongue.locale, abort_invalid=True)


def _compose(catalogue: Catalog) -> None:
    """Every letter in one form (NFC), whatever keyboard it came from."""
    for message in catalogue:
        _english, forms = texts(message)
        composed = tuple(unicodedata.normalize("NFC", form) for form in forms)
        message.string = composed if message.pluralizable else composed[0]


def _say_english(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            message.string = message.id
            message.flags.discard("fuzzy")


def _path(root: Path, tongue: Language) -> Path:
    return root / "translations" / tongue.code / "LC_MESSAGES" / "messages.po"


def _written(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalogue, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    header, messages = written.getvalue().split(b"\n\n", 1)
    lines = [line for line in header.split(b"\n") if not CHURN.search(line)]
    return b"\n".join(lines) + b"\n\n" + messages


if __name__ == "__main__":
    sys.exit(main())
