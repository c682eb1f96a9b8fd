"""A program of its own that reads an XLSX from its input and writes its rows as JSON, a line each.

It is run by `reading.py` with little memory and little time: a small file can claim a billion cells.
The only file that knows python-calamine; it imports nothing of ours.
"""

import datetime
import io
import json
import sys
from collections.abc import Iterator
from typing import Any

MEMORY = 1536 * 1024 * 1024  # bytes
SECONDS = 60
COLUMNS = 60  # what stands further out is not looked at
ERRORS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")


def _hold() -> None:
    """Memory and time that this program can not pass."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _cell(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return {"date": str(value)}
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value in ERRORS else str(value)


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """Each row, with what stands in the first cell of merged ones in all of them."""
    over: dict[tuple[int, int], tuple[int, int]] = {}
    for (top, start), (bottom, end) in (sheet.merged_cell_ranges or [])[:20_000]:
        for row in range(top, min(bottom, top + 5000) + 1):
            over |= {(row, column): (top, start) for column in range(start, min(end, COLUMNS) + 1)}
    kept: dict[tuple[int, int], Any] = {}
    first, _start = sheet.start or (0, 0)
    yield from ([] for _row in range(first))
    for number, values in enumerate(sheet.iter_rows(), first):
        yield _filled(number, [_cell(value) for value in values[:COLUMNS]], _start, over, kept)


def _filled(number: int, cells: list[Any], start: int, over: Any, kept: Any) -> list[Any]:
    row = [""] * start + cells
    for column, cell in enumerate(row):
        if source := over.get((number, column)):
            row[column] = kept.setdefault(source, cell)
    return row


def main() -> None:
    _hold()
    from python_calamine import SheetVisibleEnum, load_workbook

    book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    seen = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    sheets = (book.get_sheet_by_name(name) for name in seen)
    sheet = next((one for one in sheets if one.height), None)
    for row in _rows(sheet) if sheet else ():
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main()
