"""Everything that a machine can see wrong in a language's words: `python -m community.languages.proof <code> …`.

What is right all the same stands in translations/<code>/glossary.toml under [[exceptions]], with its reason; an
exception that nothing needs is a fault too.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog

from community.languages.compiled import TRANSLATIONS, read_whole
from community.languages.faults import Fault, faults, texts
from community.languages.glossary import Glossary, glossary, terms
from community.languages.tongues import LANGUAGES, language
from community.languages.wording import wrong_with


def main(arguments: list[str] | None = None, folder: Path = TRANSLATIONS) -> int:
    """Print every fault of these languages (of all that are complete, where none is named). 0 where there is none."""
    parser = argparse.ArgumentParser(prog="python -m community.languages.proof")
    parser.add_argument("codes", nargs="*", metavar="code")
    asked = parser.parse_args(arguments).codes
    codes = asked or [tongue.code for tongue in LANGUAGES.values() if tongue.complete]
    found = [fault for code in codes for fault in proof(language(code).code, folder)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    sys.stdout.write(f"{len(found)} faults in {', '.join(codes)}\n")
    return 1 if found else 0


def proof(code: str, folder: Path = TRANSLATIONS) -> list[Fault]:
    """Every fault of that language's catalogue and glossary that no exception allows."""
    catalogue, kept = read_whole(folder / code / "LC_MESSAGES" / "messages.po"), glossary(code, folder)
    found = [*faults(code, catalogue), *_worded(code, catalogue, kept, folder), *_unwritten(code, kept, folder)]
    seen = {(fault.why, fault.message) for fault in found}
    needless = (Fault(code, "needless exception", f"{why}: {message}") for why, message in set(kept.exceptions) - seen)
    return [*(fault for fault in found if (fault.why, fault.message) not in kept.exceptions), *needless]


def _worded(code: str, catalogue: Catalog, kept: Glossary, folder: Path) -> Iterator[Fault]:
    known = terms(folder)
    for message in catalogue:
        english, forms = texts(message)
        if not message.id or not all(forms):
            continue
        whys = dict.fromkeys(why for form in forms for why in wrong_with(english[-1], form, LANGUAGES[code], known))
        whys |= dict.fromkeys(f"glossary {term}" for term in known.said_in(english[0]) if not _kept(kept, term, forms))
        whys |= dict.fromkeys(f"avoid {word}" for form in forms for word in kept.avoided_in(form))
        yield from (Fault(code, why, english[0]) for why in whys)


def _kept(kept: Glossary, term: str, forms: tuple[str, ...]) -> bool:
    """One of the forms says it: "one goat" may be a word of its own. A term without a word is another fault."""
    return not kept.words.get(term) or any(kept.keeps(term, form) for form in forms)


def _unwritten(code: str, kept: Glossary, folder: Path) -> Iterator[Fault]:
    if code == "en":
        return
    wanted = set(terms(folder).forms)
    yield from (Fault(code, "no word in the glossary", term) for term in sorted(wanted) if not kept.words.get(term))
    yield from (Fault(code, "no such term", term) for term in sorted(set(kept.words) - wanted))


if __name__ == "__main__":
    sys.exit(main())
