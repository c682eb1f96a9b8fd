"""QR codes. The only file that knows segno."""

import segno
from markupsafe import Markup


def qr(link: str) -> Markup:
    """The link as an inline SVG, black on nothing; its size is the page's affair."""
    drawn = segno.make(link, error="m", micro=False)
    return Markup(drawn.svg_inline(svgclass=None, lineclass=None, omitsize=True, border=2))  # noqa: S704  paths only


def outline(link: str) -> tuple[int, str]:
    """(its width in modules with the border, the path of its lines, one module thick), for a picture that holds it."""
    made = segno.make(link, error="m", micro=False)
    border = 3
    rows = enumerate(made.matrix)
    strokes = "".join(_strokes(bytes(row), border, border + y + 0.5) for y, row in rows)
    return len(made.matrix) + 2 * border, strokes


def _strokes(row: bytes, left: int, y: float) -> str:
    """The dark runs of a row."""
    found, x = [], 0
    while (x := row.find(1, x)) >= 0:
        end = row.find(0, x) if 0 in row[x:] else len(row)
        found.append(f"M{left + x} {y}H{left + end}")
        x = end
    return "".join(found)
