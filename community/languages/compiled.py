"""From the catalogues that people write (.po, kept) to those the app reads (.mo, made when needed)."""

import secrets
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from community.config import ROOT

TRANSLATIONS = ROOT / "translations"


def compile_stale(folder: Path = TRANSLATIONS) -> list[Path]:
    """Make each .mo that is missing or older than its .po; give those that were made.

    Called at every start, so that a clean clone needs no step. Two processes may do it at once.
    """
    stale = [path for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")) if _is_stale(path)]
    return [_compile(path) for path in stale]


def read_whole(path: Path) -> Catalog:
    """A catalogue as people wrote it, parsed once as long as nobody writes it anew. Look, and change nothing."""
    told = path.stat()
    return _parsed(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=64)
def _parsed(path: Path, _written: int, _size: int) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Its suffix stays last, so that git ignores the scrap of a crash as it ignores the .mo.
    scrap = path.with_name(f"{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    scrap.write_bytes(content)
    scrap.replace(path)


def _is_stale(source: Path) -> bool:
    made = source.with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime_ns <= source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    write_whole(made := source.with_suffix(".mo"), compiled.getvalue())
    return made
