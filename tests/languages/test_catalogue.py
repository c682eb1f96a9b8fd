"""On a copy: a little source in tmp_path, with the mapping and the words of the real one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from community.config import ROOT
from community.languages.catalogue import check, extracted, main, update
from community.languages.compiled import compile_stale

VIEW = """
def show():
    # Translators: said to one who comes in.
    _("Come in, %(name)s", name="Asha")
    ngettext("%(num)s goat of %(name)s", "%(num)s goats of %(name)s", 2, name="Asha")
"""
PARTIAL = """
{% macro tail() %}{{ _("Wait a little") }}{% endmacro %}
{% trans %}
  A sentence on
  two lines
{% endtrans %}
{# Translators: a full bar. #}
{{ pgettext("bar", "100%% full") }}
"""
WORDS = {
    "Come in, %(name)s": "आइए, %(name)s",
    "Wait a little": "ज़रा रुकिए",
    "A sentence on two lines": "दो लाइन की बात",
    "100%% full": "100%% भरा",
}
GOATS = ("%(name)s की एक बकरी", "%(name)s की %(num)s बकरियाँ")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose two catalogues are complete."""
    for path, text in {"community/door/views.py": VIEW, "templates/_partials/tail.html": PARTIAL}.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "translations").mkdir()
    shutil.copy(ROOT / "translations" / "babel.cfg", tmp_path / "translations")
    for code in ("hi", "ur", "en"):
        declare_complete(tmp_path, code)
    update(tmp_path)
    for code in ("hi", "ur"):
        translate(tmp_path, code)
    assert update(tmp_path) == []
    return tmp_path


def declare_complete(root: Path, code: str) -> None:
    (root / "translations" / code).mkdir(exist_ok=True)
    (root / "translations" / code / "review.toml").write_text("complete = true\n")


def translate(root: Path, code: str) -> None:
    def fill(text: str) -> str:
        for english, words in WORDS.items():
            text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{words}"')
        for form, words in enumerate(GOATS):
            text = text.replace(f'msgstr[{form}] ""', f'msgstr[{form}] "{words}"')
        return text

    edit(root, code, fill)


def edit(root: Path, code: str, change: Callable[[str], str]) -> None:
    path = po(root, code)
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def po(root: Path, code: str) -> Path:
    return root / "translations" / code / "LC_MESSAGES" / "messages.po"


def catalogue(root: Path, code: str) -> Catalog:
    with po(root, code).open("rb") as file:
        return read_po(file)


def test_messages_are_found_in_code_macros_partials_and_trans_blocks(root: Path) -> None:
    found = {message.id for message in extracted(root) if message.id}

    assert found == {*WORDS, ("%(num)s goat of %(name)s", "%(num)s goats of %(name)s")}


def test_translators_read_our_notes_and_the_file_but_no_line_and_no_date(root: Path) -> None:
    text = po(root, "hi").read_text(encoding="utf-8")

    assert "#. said to one who comes in.\n#: community/door/views.py\n" in text
    assert "#. a full bar.\n#: templates/_partials/tail.html\n" in text
    assert "Date" not in text and "@" not in text and "Babel" not in text


def test_a_complete_catalogue_passes(root: Path) -> None:
    assert check(root) == []
    assert main(["--check"], root) == 0


def test_doing_it_twice_changes_nothing(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*.po*")}
    assert len(before) == 4
    update(root)
    assert {path: path.read_bytes() for path in root.rglob("*.po*")} == before


def test_english_says_its_own_words_and_lends_them_to_nobody(root: Path) -> None:
    (root / "community/door/views.py").write_text(f'{VIEW}\n_("New here")\n', encoding="utf-8")

    assert update(root) == ["hi: missing: New here", "ur: missing: New here"]
    assert catalogue(root, "en")["New here"].string == "New here"
    assert catalogue(root, "en")["%(num)s goat of %(name)s"].string[1] == "%(num)s goats of %(name)s"
    assert not catalogue(root, "hi")["New here"].string


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgstr "ज़रा रुकिए"', 'msgstr ""', "hi: missing: Wait a little"),
        (f'msgstr[1] "{GOATS[1]}"', 'msgstr[1] ""', "hi: missing: %(num)s goat of %(name)s"),
        ("आइए, %(name)s", "आइए, %(naam)s", "hi: placeholder: Come in, %(name)s"),
        ("आइए, %(name)s", "आइए", "hi: placeholder: Come in, %(name)s"),
        ("आइए, %(name)s", "आइए, %(name)", "hi: placeholder: Come in, %(name)s"),
        (GOATS[1], "%(num)s बकरियाँ", "hi: placeholder: %(num)s goat of %(name)s"),
        ("100%% भरा", "100% भरा", "hi: placeholder: 100%% full"),
    ],
)
def test_a_fault_is_named(root: Path, old: str, new: str, fault: str) -> None:
    edit(root, "hi", lambda text: text.replace(old, new))

    assert check(root) == [fault]
    assert main(["--check"], root) == 1
    assert main([], root) == 1


def test_a_guess_is_named(root: Path) -> None:
    edit(root, "ur", lambda text: text.replace('msgid "Wait a little"', '#, fuzzy\nmsgid "Wait a little"'))

    assert check(root) == ["ur: fuzzy: Wait a little"]


def test_check_sees_files_behind_the_source_and_writes_nothing(root: Path) -> None:
    (root / "community/door/views.py").write_text('_("Wait a little")', encoding="utf-8")
    before = {path: path.read_bytes() for path in root.rglob("*.po*")}

    assert check(root) == [
        "translations/messages.pot: behind the source",
        "translations/hi/LC_MESSAGES/messages.po: behind the source",
        "translations/ur/LC_MESSAGES/messages.po: behind the source",
        "translations/en/LC_MESSAGES/messages.po: behind the source",
    ]
    assert {path: path.read_bytes() for path in root.rglob("*.po*")} == before


def test_a_language_under_way_is_kept_up_but_not_held_to_anything(root: Path) -> None:
    po(root, "sat").parent.mkdir(parents=True)
    po(root, "sat").touch()

    assert update(root) == []
    assert len(catalogue(root, "sat")) == 5
    assert catalogue(root, "sat").num_plurals == 3


def test_what_is_declared_complete_is_held_to_it(root: Path) -> None:
    declare_complete(root, "sat")

    assert len([fault for fault in update(root) if fault.startswith("sat: missing: ")]) == 5


def test_one_language_alone_can_be_brought_up_to_date(root: Path) -> None:
    (root / "community/door/views.py").write_text('_("New here")', encoding="utf-8")
    before = {path: path.read_bytes() for path in root.rglob("*.[pm]o*")}

    assert main(["--only", "sat"], root) == 1
    assert catalogue(root, "sat")["New here"].string == ""
    assert {path: path.read_bytes() for path in before} == before


def test_letters_are_written_in_one_form(root: Path) -> None:
    edit(root, "hi", lambda text: text.replace("ज़रा", "\u095bरा"))
    update(root)

    assert catalogue(root, "hi")["Wait a little"].string == "ज\u093cरा रुकिए"


def test_notes_of_a_message_and_of_its_place_stand_above_it(root: Path) -> None:
    (root / "translations" / "notes.toml").write_text(
        '[places]\n"templates/_partials/tail.html" = "At the end."\n[messages]\n"Wait a little" = "Said to a child."\n'
    )
    update(root)

    text = po(root, "hi").read_text(encoding="utf-8")
    assert '#. Said to a child.\n#. At the end.\n#: templates/_partials/tail.html\nmsgid "Wait a little"' in text


def test_plurals_follow_the_language(root: Path) -> None:
    def form(code: str, count: int) -> str:
        with po(root, code).with_suffix(".mo").open("rb") as file:
            translations = GNUTranslations(file)
        return translations.ngettext("%(num)s goat of %(name)s", "", count)

    assert [form("hi", count) for count in (0, 1, 2)] == [GOATS[0], GOATS[0], GOATS[1]]
    assert [form("ur", count) for count in (0, 1, 2)] == [GOATS[1], GOATS[0], GOATS[1]]


def test_a_broken_template_is_not_passed_over(root: Path) -> None:
    (root / "templates" / "broken.html").write_text("{% if %}", encoding="utf-8")

    with pytest.raises(Exception, match="Expected an expression"):
        check(root)


def test_only_what_is_stale_is_compiled(root: Path) -> None:
    folder = root / "translations"
    assert compile_stale(folder) == []

    po(root, "ur").with_suffix(".mo").unlink()
    os.utime(po(root, "hi"), ns=(2**62, 2**62))

    assert compile_stale(folder) == [po(root, code).with_suffix(".mo") for code in ("hi", "ur")]
    assert sorted(path.name for path in po(root, "ur").parent.iterdir()) == ["messages.mo", "messages.po"]


@pytest.mark.patient
def test_it_runs_as_a_command_without_a_warning() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "community.languages.catalogue", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--check" in ran.stdout and not ran.stderr
