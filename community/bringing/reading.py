"""A file that somebody brought, as rows of cells: CSV in what Excel and its like write, or XLSX."""

import codecs
import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from community.form import clean

MOST_ROWS = 200_000
UNPACKED = 256 * 1024 * 1024  # bytes that an XLSX may have when it is unpacked
WAIT = 120  # seconds for one workbook
WORKBOOK = Path(__file__).with_name("workbook.py")
FORMULA = "=+-@\t\r"  # with these a spreadsheet begins to calculate
Cell = str | None  # None: a date, where words were meant


class Unreadable(ValueError):
    """It can not be read as a sheet. `reason` says why: type, big, letters, empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def looked_at(raw: bytes) -> None:
    """Raise Unreadable for what can be told without reading it."""
    if not raw.strip():
        raise Unreadable("empty")
    if raw.startswith(b"PK"):
        _weighed(raw)
    elif raw.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1f\x8b")):
        raise Unreadable("type")


def _weighed(raw: bytes) -> None:
    try:
        inside = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable("type") from None
    if not any(one.filename == "xl/workbook.xml" for one in inside):
        raise Unreadable("type")
    if sum(one.file_size for one in inside) > UNPACKED or len(inside) > 2000:
        raise Unreadable("big")


def rows_of(raw: bytes) -> list[list[Cell]]:
    """All rows, the first of them first, empty ones too: a row's place is its number. Raises Unreadable."""
    looked_at(raw)
    rows = [*_limited(_workbook(raw) if raw.startswith(b"PK") else _csv(raw))]
    tidy.cache_clear()  # there were names in it
    if not any(any(row) for row in rows):
        raise Unreadable("empty")
    return rows


def _limited(rows: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    for number, row in enumerate(rows):
        if number > MOST_ROWS:
            raise Unreadable("big")
        yield row


def _csv(raw: bytes) -> Iterator[list[Cell]]:
    text = _decoded(raw)
    if "\0" in text:
        raise Unreadable("type")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            yield [tidy(cell) for cell in row[:60]]
    except csv.Error:
        raise Unreadable("type") from None


def _decoded(raw: bytes) -> str:
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("letters") from None


def _delimiter(text: str) -> str:
    """Of comma, semicolon and tab the one that most of the first lines have most of."""
    head = text[:20_000]
    return max((",", ";", "\t"), key=head.count)


def _workbook(raw: bytes) -> Iterator[list[Cell]]:
    """What a program of its own makes of it: it may be held to little memory, and may break."""
    try:
        done = subprocess.run(  # noqa: S603  our own program, with nothing of anybody's in its arguments
            [sys.executable, "-I", str(WORKBOOK)], input=raw, capture_output=True, timeout=WAIT, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("big") from None
    if done.returncode:
        raise Unreadable("type" if done.returncode == 1 and b"MemoryError" not in done.stderr else "big")
    for line in io.BytesIO(done.stdout):
        yield [_said(cell) for cell in json.loads(line)]


def _said(cell: Any) -> Cell:
    return tidy(cell) if isinstance(cell, str) else None


@lru_cache(maxsize=20_000)
def tidy(cell: str) -> str:
    """Cleaned, on one line; without the mark that our own sheets put before what looks like a formula."""
    if cell.startswith("'") and cell[1:2] and cell[1] in FORMULA:
        cell = cell[1:]
    return cell.strip() if cell.isascii() and cell.isprintable() else " ".join(clean(cell).split())
