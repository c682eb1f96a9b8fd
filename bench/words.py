"""Languages that are complete, guesses in their catalogues, and words on any page that no catalogue can reach."""

import tempfile
from pathlib import Path

from bench.figures import Figure
from community.languages.compiled import TRANSLATIONS, read_whole
from community.languages.proof import proof
from community.languages.tongues import LANGUAGES
from tests.house.crawl import Crawl
from tests.house.ground import lay
from tests.house.pseudo import Untranslated, crawl
from tests.house.village import Village

COMMAND = "python -m bench words"


def complete() -> int:
    """Languages on offer in whose words and glossary nothing is missing or wrong."""
    return sum(tongue.complete and not proof(code) for code, tongue in LANGUAGES.items())


def fuzzy() -> int:
    found = 0
    for code in LANGUAGES:
        catalogue = read_whole(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po")
        found += sum(message.fuzzy for message in catalogue if message.id)
    return found


def untranslated() -> Untranslated:
    with tempfile.TemporaryDirectory(prefix="aangan-words-") as name:
        ground, village = Path(name) / "ground", Path(name) / "village"
        ground.mkdir()
        village.mkdir()
        built = Village(lay(ground, None), village)
        found = crawl(built, Crawl(built).walk())
        built.close()
        return found


def figures() -> list[Figure]:
    found = untranslated()
    note = f"{found.pages} pages in the pseudo-language: each row of tests/house/matrix.py as each role; forms refused."
    return [
        Figure("languages complete", complete(), "languages", ">= 24", COMMAND),
        Figure("guesses in their catalogues", fuzzy(), "messages", "<= 0", COMMAND),
        Figure("untranslated words on any page", len(found.faults), "words", "<= 0", COMMAND, note),
    ]
