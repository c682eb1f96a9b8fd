"""The words of every complete language, and the machine that reads them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from community.config import ROOT
from community.languages.compiled import TRANSLATIONS
from community.languages.glossary import glossary, terms
from community.languages.notes import read_notes
from community.languages.proof import main, proof
from community.languages.tongues import LANGUAGES

pytestmark = pytest.mark.sampled

COMPLETE = [code for code, tongue in LANGUAGES.items() if tongue.complete]
PO = Path("LC_MESSAGES/messages.po")


@pytest.mark.parametrize("code", COMPLETE)
def test_a_language_on_offer_has_no_fault(code: str) -> None:
    assert [str(fault) for fault in proof(code)] == []


@pytest.mark.parametrize("code", COMPLETE)
def test_exceptions_have_reasons(code: str) -> None:
    assert all(len(reason) > 20 for reason in glossary(code).exceptions.values())


def test_every_message_has_a_note_and_every_note_a_message() -> None:
    with (TRANSLATIONS / "messages.pot").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    notes = read_notes(TRANSLATIONS)
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in messages}

    assert set(notes.messages) - ids == set(), "notes of messages that are gone"
    assert [message.id for message in messages if not message.auto_comments] == []
    assert [place for place in notes.places if not (ROOT / place).exists()] == []


def test_what_a_term_means_elsewhere_is_still_said() -> None:
    with (TRANSLATIONS / "messages.pot").open("rb") as file:
        ids = {message.id for message in read_po(file)}
    known = terms()

    assert {message for messages in known.elsewhere.values() for message in messages} <= ids
    assert set(known.elsewhere) <= set(known.forms)


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[[str, str, str], list[str]]:
    """Hindi on a copy, where one translation is another; the faults it has then."""
    shutil.copytree(TRANSLATIONS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.mo"))

    def spoil(message: str, before: str, after: str) -> list[str]:
        path = tmp_path / "hi" / PO
        old, new = (f'msgid "{message}"\nmsgstr "{words}"' for words in (before, after))
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return [f"{fault.why}: {fault.message}" for fault in proof("hi", tmp_path)]

    return spoil


@pytest.mark.parametrize(
    ("message", "before", "after", "fault"),
    [
        ("Join", "जुड़ें", "", "missing"),
        ("Join", "जुड़ें", "आइए", "glossary join"),
        ("Join", "जुड़ें", "इस समूह के साथ आज ही जुड़ें और रहें", "long"),
        ("Join", "जुड़ें", "Join जुड़ें", "latin"),
        ("Join", "जुड़ें", "জুড়ন জুড়ें", "script"),
        ("Join", "जुड़ें", "जुड़ें\u200f", "hidden"),
        ("Join", "जुड़ें", "जु\u095cें", "spelling"),
        ("Join", "जुड़ें", "जुड़ें ", "spaces"),
        ("Join", "जुड़ें", "जुड़ें।", "end"),
        ("Announcement", "खबर", "खबर की घोषणा", "avoid घोषणा"),
        ("%(name)s invites you", "%(name)s ने आपको बुलाया है", "%(naam)s ने आपको बुलाया है", "placeholder"),
    ],
)
def test_a_fault_is_seen(spoilt, message: str, before: str, after: str, fault: str) -> None:
    assert f"{fault}: {message}" in spoilt(message, before, after)


def test_a_dot_under_a_letter_or_a_joiner_makes_no_other_word(spoilt) -> None:
    assert spoilt("Join", "जुड़ें", "जुड\u200dें") == []


def test_an_exception_allows_one_fault_and_is_one_itself_when_nothing_needs_it(tmp_path: Path) -> None:
    shutil.copytree(TRANSLATIONS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.mo"))
    with (tmp_path / "hi" / "glossary.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[exceptions]]\nwhy = "long"\nmessage = "Join"\nreason = "It stands alone."\n')

    assert [str(fault) for fault in proof("hi", tmp_path)] == ["hi: needless exception: long: Join"]


def test_a_language_that_nobody_has_begun_lacks_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(TRANSLATIONS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.mo"))
    shutil.copy(tmp_path / "messages.pot", tmp_path / "sat" / PO)
    (tmp_path / "sat" / "glossary.toml").unlink()

    assert main(["sat"], tmp_path) == 1
    told = capsys.readouterr().out
    assert "sat: missing: Join\n" in told and "sat: no word in the glossary: join\n" in told


def test_the_command_says_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hi"]) == 0
    assert capsys.readouterr().out == "0 faults in hi\n"
