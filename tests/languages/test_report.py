from pathlib import Path

from community.languages.report import DOCUMENT, main


def test_the_document_says_what_is_there() -> None:
    assert main(["--check"]) == 0, "run python -m community.languages.report"


def test_a_document_behind_is_seen_and_brought_up_to_date(tmp_path: Path) -> None:
    old = tmp_path / "languages.md"
    old.write_text(DOCUMENT.read_text(encoding="utf-8").replace("| hi | Deva | yes |", "| hi | Deva | no |"))

    assert main(["--check"], old) == 1
    assert main([], old) == 0
    assert old.read_text(encoding="utf-8") == DOCUMENT.read_text(encoding="utf-8")
