"""The picture that is passed on: three pictures, the QR, and in an open group who said what.

Only this file knows resvg. What is drawn depends on nothing but its arguments and the fonts that are here.
"""

import hashlib
from datetime import timedelta
from pathlib import Path

import resvg_py
from flask import current_app
from markupsafe import Markup

from community.announcements.models import Announcement
from community.announcements.words import heard
from community.assets import assets
from community.genuine import letters
from community.genuine.code import pictures_of
from community.languages import LANGUAGES, day, speaking
from community.languages import gettext as _
from community.languages import language as tongue
from community.languages.compiled import write_whole
from community.media.picture import with_few_colours
from community.people.pictures import picture_word
from community.people.qr import outline

WIDE, EDGE = 720, 36
INK, SOFT, WALL, GROUND = "#1b1c36", "#515369", "#262764", "#f5f2ec"
RANI = "#9a2068"
RTL, END = "\u202b", "\u202c"  # resvg takes every line for one that runs to the right, unless it says otherwise
MOST = 500  # cards that are kept
VERSION = 1  # another one where cards look otherwise

Drawn = list[Markup]
TEXT = Markup('<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{words}</text>')
SPAN = Markup('<tspan font-family="{}">{}</tspan>')
SIDE, TILE = 292, 104  # of the QR, and of a picture beside it


def of(said: Announcement, address: str, *, is_open: bool) -> bytes:
    """The card as a PNG. What is not open shows no word and no name."""
    told = said.original.language if said.original.language in LANGUAGES else "en"
    with speaking(told):
        words = _words(said) if is_open else []
        scene = _drawn(said, address, words, is_rtl=tongue(told).direction == "rtl")
    path = _place(scene)
    if not path.exists():
        write_whole(path, _png(scene, words))
        _sweep(path.parent)
    return path.read_bytes()


def _words(said: Announcement) -> list[str]:
    """Whose it is, who said it when, what, and how to look; nothing at all where this server lacks the letters."""
    group, author = said.audience.group, said.author
    released = said.released_at or said.created
    moment = day(said.corrected_at or released, group.zone, now=released + timedelta(days=400))  # with its year
    names = [group.root.name, group.name] if not group.is_root else [group.name]
    by = f"{author.name or picture_word(author.picture)} · {moment}"
    found = [" · ".join(names), by, heard(said).text or _("A voice announcement from %(name)s", name=author.name or "")]
    found += [_("Corrected") if said.corrected_at else "", _("Is this forward genuine?")]
    found = [letters.drawable(text) for text in found]
    try:
        letters.fonts_for(" ".join(found))
    except letters.Unlettered:
        return []
    return found


def _drawn(said: Announcement, address: str, words: list[str], *, is_rtl: bool) -> str:
    parts: Drawn = []
    top = _said(parts, words, is_rtl) if words else EDGE
    _pictures(parts, said.id, top)
    _code(parts, address, top)
    if words:
        _question(parts, words[4], top + TILE, is_rtl)
    tall = top + SIDE + 66
    plain = _spans(address.partition("://")[2]) if _plain() else Markup("")
    parts.append(TEXT.format(x=WIDE / 2, y=tall - 24, size=22, fill=SOFT, anchor="middle", words=plain))
    size = f'width="{WIDE}" height="{tall}"'
    back = f'<rect {size} fill="{GROUND}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} data-is="{VERSION}">{back}{"".join(parts)}</svg>'


def _said(parts: Drawn, words: list[str], is_rtl: bool) -> int:
    """The band with whose it is, then who and what; how far down that goes."""
    place, by, text, corrected, _asked = words
    names = letters.lines(place, 36, WIDE - 2 * EDGE, 2)
    y = 22 + 50 * len(names)
    parts.append(Markup('<rect width="{}" height="{}" fill="{}"/>').format(WIDE, y, WALL))
    parts += [_line(name, 50 * number + 52, 36, "#fff", is_rtl) for number, name in enumerate(names)]
    parts += [_line(line, y := y + 46, 28, SOFT, is_rtl) for line in letters.lines(by, 28, WIDE - 2 * EDGE, 1)]
    if corrected:
        parts.append(_line(corrected, y := y + 48, 34, RANI, is_rtl))
    parts += [_line(line, y := y + 58, 40, INK, is_rtl) for line in letters.lines(text, 40, WIDE - 2 * EDGE, 6)]
    return y + 34


def _question(parts: Drawn, words: str, top: int, is_rtl: bool) -> None:
    """Below the pictures, beside the QR."""
    wide = 3 * TILE + 20
    shown = letters.lines(words, 30, wide, 3)
    parts += [
        _line(line, top + 52 * number + 60, 30, INK, is_rtl, end=wide + EDGE) for number, line in enumerate(shown)
    ]


def _line(words: str, y: int, size: int, fill: str, is_rtl: bool, *, end: int = WIDE - EDGE) -> Markup:
    """Begun where the language begins; a line of two directions is put in order by who draws it."""
    x, anchor = (end, "end") if is_rtl else (EDGE, "start")
    return TEXT.format(
        x=x, y=y, size=size, fill=fill, anchor=anchor, words=_spans(f"{RTL}{words}{END}" if is_rtl else words)
    )


def _spans(words: str) -> Markup:
    """Each run with its font by name: left to itself, resvg finds none for a run that two fonts have to share."""
    return Markup("").join(SPAN.format(name, run) for name, run in letters.spans(words))


def _pictures(parts: Drawn, number: int, top: int) -> None:
    for place, name in enumerate(pictures_of(number)):
        x = EDGE + place * (TILE + 10)
        drawing = assets().symbols.get(name, Markup(""))
        tile = f'<rect x="{x}" y="{top}" width="{TILE}" height="{TILE}" rx="16" fill="#fff" stroke="#7c7f92"/>'
        pen = f'<g transform="translate({x + 12} {top + 12}) scale(2.5)" {PEN}>{drawing}</g>'
        parts.append(Markup(tile + pen))  # noqa: S704  our own drawings


PEN = 'fill="#fcd58a" stroke="#1b1c36" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"'


def _code(parts: Drawn, address: str, top: int) -> None:
    size, path = outline(address)
    left = WIDE - EDGE - SIDE
    parts.append(Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="#fff"/>').format(left, top, SIDE, SIDE))
    moved = f"translate({left} {top}) scale({SIDE / size:.4f})"
    parts.append(Markup('<path transform="{}" stroke="#000" d="{}"/>').format(moved, path))


def _png(scene: str, words: list[str]) -> bytes:
    files = letters.fonts_for(" ".join(words)) if words else _plain()
    whole = bytes(
        resvg_py.svg_to_bytes(svg_string=scene, skip_system_fonts=True, font_files=files, font_family="Noto Sans")
    )
    return with_few_colours(whole)


def _plain() -> list[str]:
    """For the address alone; without any font a card says nothing in letters."""
    try:
        return letters.fonts_for("")
    except letters.Unlettered:
        return []


def _place(scene: str) -> Path:
    name = hashlib.sha256(scene.encode()).hexdigest()[:40]
    return Path(current_app.config["INSTANCE"]) / "cards" / f"{name}.png"


def _sweep(folder: Path) -> None:
    """The older half goes where there are too many: they are drawn anew in the blink of an eye."""
    kept = sorted(folder.glob("*.png"), key=lambda path: path.stat().st_mtime)
    if len(kept) > MOST:
        for path in kept[: MOST // 2]:
            path.unlink(missing_ok=True)
