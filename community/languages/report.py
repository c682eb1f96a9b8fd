"""docs/languages.md, made of what is there: `python -m community.languages.report [--check]`."""

import sys
from pathlib import Path

from community.config import ROOT
from community.languages.compiled import TRANSLATIONS, read_whole, write_whole
from community.languages.faults import texts
from community.languages.glossary import glossary
from community.languages.reviews import review
from community.languages.tongues import LANGUAGES, Language

DOCUMENT = ROOT / "docs" / "languages.md"
BEGIN, END = "<!-- made by python -m community.languages.report -->\n", "<!-- end -->\n"
HEAD = """| language | code | script | offered | strings | read, changed | native speaker | confidence | exceptions |
|---|---|---|---|---|---|---|---|---|
"""


def main(arguments: list[str] | None = None, document: Path = DOCUMENT) -> int:
    """Write the table into the document; with --check say only whether it is the newest (0)."""
    before = document.read_text(encoding="utf-8")
    after = written(before)
    if "--check" in (sys.argv[1:] if arguments is None else arguments):
        return int(before != after)
    write_whole(document, after.encode())
    return 0


def written(document: str) -> str:
    """The document with what stands between its two marks made anew."""
    head, rest = document.split(BEGIN)
    tail = rest.split(END)[1]
    rows = "".join(_row(tongue) for tongue in LANGUAGES.values())
    doubts = "".join(_doubts(tongue) for tongue in LANGUAGES.values())
    return f"{head}{BEGIN}{HEAD}{rows}\n## What is doubtful\n{doubts}{END}{tail}"


def _row(tongue: Language) -> str:
    told = review(tongue.code)
    cells = (
        f'<span lang="{tongue.code}" dir="{tongue.direction}">{tongue.autonym}</span>', tongue.code, tongue.script,
        "yes" if told.complete else "not yet", f"{_said(tongue.code)}",
        f"{told.strings}, {told.changed_in_second_pass}", told.native_speaker or "nobody", told.confidence,
        f"{len(glossary(tongue.code).exceptions)}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def _said(code: str, folder: Path = TRANSLATIONS) -> int:
    """How many messages have their words."""
    catalogue = read_whole(folder / code / "LC_MESSAGES" / "messages.po")
    return sum(bool(message.id) and all(texts(message)[1]) for message in catalogue)


def _doubts(tongue: Language) -> str:
    doubts = review(tongue.code).doubts
    return "".join([f"\n**{tongue.code}**\n", *(f"- {doubt}\n" for doubt in doubts)]) if doubts else ""


if __name__ == "__main__":
    sys.exit(main())
