"""The house keeps its order: which way imports point, who commits, what a template may hold. Drawn from the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from tests.house.server import ROOT

pytestmark = pytest.mark.sqlite_only

MAP = (ROOT / "docs" / "ARCHITECTURE.md").read_text()
ROWS = re.findall(r"^\| (`community/[^|]*)\|", MAP, re.M)
# A room may import from the rows above its own, and from its own row.
RANK = {
    name.rstrip("/").removesuffix(".py"): rank
    for rank, row in enumerate(ROWS)
    for name in re.findall(r"`(?:community/)?([\w.]+/?)`", row)
}
# What files with routes may use wherever they stand.
HOUSEHOLD = ("http", "form", "assets", "compression", "dictionaries")
# Arrows that point the other way, each with its reason. The list may only become shorter.
EXCEPTIONS = {
    ("community/media/views.py", "groups"): "who may see a photo is a matter of membership; Group itself has a photo",
}
MAY_COMMIT = {
    "community/http.py",
    "community/database.py",
    "community/outbox/embedded.py",
    "community/outbox/batch.py",
    "community/outbox/celery.py",
    "community/outbox/relay.py",
    "community/backups/told.py",
    "community/groups/proof.py",  # what was counted against whoever proves stays, whatever becomes of the deed
    "demo/start.py",
}
ONE_FILE_PER_FOREIGNER = {
    "argon2": {"community/phones/digits.py"},
    "flask_login": {"community/people/session.py"},
    "PIL": {"community/media/picture.py", "community/genuine/letters.py"},
    "resvg_py": {"community/genuine/card.py"},
    "pillow_heif": {"community/media/picture.py"},
    "av": {"community/media/sound.py", "community/speech/clip.py"},
    "segno": {"community/people/qr.py"},
    "waitress": {"community/server.py"},
    "brotli": {"community/coding.py"},
    "minify": {"community/smaller.py"},
    "fontTools": {"community/typefaces.py"},
    "backports": {"community/coding.py"},
    "espeakng_loader": {"community/speech/machine.py"},
    "celery": {"community/outbox/celery.py"},
    "tldextract": {"community/links/known.py"},
    "antispam_link_shorteners": {"community/links/known.py"},
    "confusable_homoglyphs": {"community/links/likeness.py"},
    "kombu": {"community/outbox/celery.py"},
    "prometheus_client": {"community/outbox/metrics.py"},
    "pywebpush": {"community/notifications/sender.py"},
    "pycurl": {"community/notifications/connections.py"},
    "certifi": {"community/notifications/connections.py"},
    "phonenumbers": {"community/exposure/numbers.py", "community/recovery/sms.py"},
    "python_calamine": {"community/bringing/workbook.py"},
    "webauthn": {"community/recovery/ceremony.py"},
    "pyrage": {"community/backups/vault.py"},
    "py_vapid": {"community/notifications/vapid.py"},
}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))


@cache
def code() -> dict[str, ast.Module]:
    """Every file of the app, by its path."""
    paths = [ROOT / "app.py", *(ROOT / "demo").glob("*.py"), *(ROOT / "community").rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in sorted(paths)}


@cache
def imported(tree: ast.Module) -> tuple[str, ...]:
    """The modules that a file imports anywhere in it, functions included."""
    return tuple(_imported(tree))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def rooms(tree: ast.Module) -> set[str]:
    """The rooms of the house that a file imports from."""
    found = (name.split(".") for name in imported(tree))
    return {parts[1] for parts in found if parts[0] == "community" and len(parts) > 1 and parts[1] in RANK}


def room_of(path: str) -> str:
    return Path(path).parts[1].removesuffix(".py")


def has_routes(tree: ast.Module) -> bool:
    named = (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.alias))
    return any((node.id if isinstance(node, ast.Name) else node.name) in ("blueprint", "Blueprint") for node in named)


def _wrong_arrows() -> set[tuple[str, str]]:
    wrong = set()
    for path, tree in code().items():
        if not path.startswith("community/") or path == "community/__init__.py":
            continue
        allowed = HOUSEHOLD if has_routes(tree) else ()
        own = RANK.get(room_of(path), 0)
        wrong |= {(path, room) for room in rooms(tree) if RANK[room] > own and room not in allowed}
    return wrong


def test_every_room_is_on_the_map() -> None:
    assert {room_of(path) for path in code() if path.startswith("community/")} - {"__init__"} == set(RANK)


def test_imports_point_one_way() -> None:
    assert _wrong_arrows() == set(EXCEPTIONS)


def test_the_house_knows_nothing_of_the_demo_and_the_app() -> None:
    for path, tree in code().items():
        if path.startswith("community/"):
            assert not {name.split(".")[0] for name in imported(tree)} & {"app", "demo", "tests"}, path


def test_one_file_per_foreigner() -> None:
    for foreigner, homes in ONE_FILE_PER_FOREIGNER.items():
        users = {path for path, tree in code().items() if foreigner in {name.split(".")[0] for name in imported(tree)}}
        assert users <= homes, foreigner


def _commits(tree: ast.Module) -> bool:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr == "commit" for call in calls)


def test_commits_live_in_few_places() -> None:
    assert {path for path, tree in code().items() if _commits(tree)} <= MAY_COMMIT


def test_no_broad_except_in_a_request() -> None:
    keepers = {"community/outbox/embedded.py", "community/outbox/batch.py", "community/http.py"}
    for path, tree in code().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and path not in keepers:
                assert node.type is not None, path
                assert not {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} & {
                    "Exception", "BaseException",
                }, path  # fmt: skip


def _lengths() -> dict[str, int]:
    """Lines of each function's body, without its docstring."""
    found = {}
    for path, tree in code().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and path.startswith("community/"):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                assert node.end_lineno
                found[f"{path}:{node.lineno} {node.name}"] = node.end_lineno - body[0].lineno + 1
    return found


def test_functions_and_files_are_short() -> None:
    lengths = _lengths()
    assert {name: lines for name, lines in lengths.items() if lines > 40} == {}
    assert median(lengths.values()) <= 6
    assert sorted(lengths.values())[len(lengths) * 9 // 10] <= 18
    lines = {path: len((ROOT / path).read_text().splitlines()) for path in code()}
    assert {path: count for path, count in lines.items() if count > 250} == {}
    assert lines["app.py"] <= 80


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_escapes_and_leaves_style_and_script_to_files(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    assert not re.search(r"\|\s*safe\b|\bMarkup\b|autoescape", text)
    assert not re.search(r"\sstyle\s*=|<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=", text), "an event handler in the page"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), "a script in the page"
    assert not re.search(r"""(src|href|action)\s*=\s*["'](https?:)?//""", text), "another host"


PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border|inset)-(left|right)\b|(left|right)\s*:|(float|clear|text-align)\s*:\s*(left|right)\b"
    r"|border-(top|bottom)-(left|right)-radius\b)"
)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_know_start_and_end_and_not_left_and_right(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert [found.group() for found in PHYSICAL.finditer(text)] == []
