"""The only file that draws QR codes: as SVG, set into the page."""

import segno
from markupsafe import Markup


def qr(address: str) -> Markup:
    """The address in squares, black on white in both themes, with the quiet edge that cameras need."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(border=2, omitsize=True, dark="#1b1c36", light="#fff"))  # noqa: S704  our own squares
