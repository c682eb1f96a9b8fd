"""Sheets as people make them: CSV of any kind, and XLSX written by hand, as small as may be."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
TYPES = (
    f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)  # the second format is a date


class Date(int):
    """A number that Excel shows as a date."""


def name_of(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def _cell(row: int, column: int, value: str | int) -> str:
    where = f'r="{name_of(column)}{row}"'
    if isinstance(value, int):
        style = ' s="1"' if isinstance(value, Date) else ""
        return f"<c {where}{style}><v>{int(value)}</v></c>"
    return f'<c {where} t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


def sheet_xml(rows: Sequence[Sequence[str | int]], merged: Sequence[str] = ()) -> str:
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(number, at, value) for at, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    cells = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    joint = f'<mergeCells count="{len(merged)}">{cells}</mergeCells>' if merged else ""
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{joint}</worksheet>'


def xlsx(rows: Sequence[Sequence[str | int]] = (), merged: Sequence[str] = (), sheet: str | bytes = "") -> bytes:
    """A workbook with one sheet; `sheet` in place of rows is its XML as it is."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", TYPES)
        book.writestr(
            "_rels/.rels",
            f'{HEAD}<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Places" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{HEAD}<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        )
        book.writestr("xl/styles.xml", STYLES)
        book.writestr("xl/worksheets/sheet1.xml", sheet or sheet_xml(rows, merged))
    return packed.getvalue()


def csv_of(rows: Sequence[Sequence[str]], between: str = ",", coding: str = "utf-8") -> bytes:
    return "\r\n".join(between.join(row) for row in rows).encode(coding)
