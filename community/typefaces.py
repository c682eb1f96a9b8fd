"""Letters for phones that lack them: Ol Chiki and Meetei Mayek; and Nastaliq, for who wants Urdu written so.

`flask --app app fonts` makes the files, once, from the fonts of Debian's fonts-noto-core (SIL Open Font License), into
INSTANCE/fonts. Without them nothing is served and no stylesheet says a word of them. A phone fetches one only when such
a letter is on its screen and no font of its own has it. See docs/decisions/fonts.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

DEBIAN = Path("/usr/share/fonts/truetype/noto")


@dataclass(frozen=True)
class Face:
    """One script: what its font is called here and on phones, and its letters."""

    name: str
    full_name: str
    postscript: str
    letters: tuple[range, ...]
    family: str = ""  # what the stylesheet calls it, where that is not its name

    @property
    def file(self) -> str:
        return f"{self.name}.woff2"

    def rule(self, url: str) -> str:
        """The phone's own font first."""
        letters = ",".join(f"U+{block.start:X}-{block.stop - 1:X}" for block in self.letters)
        local = f'local("{self.full_name}"),local("{self.postscript}")'
        return f"@font-face{{font-family:{self.family or self.name};src:{local},url({url});unicode-range:{letters}}}"


FACES = (
    Face("olck", "Noto Sans Ol Chiki", "NotoSansOlChiki-Regular", (range(0x1C50, 0x1C80),)),
    Face(
        "mtei", "Noto Sans Meetei Mayek", "NotoSansMeeteiMayek-Regular", (range(0xAAE0, 0xAB00), range(0xABC0, 0xAC00))
    ),
)  # fmt: skip
# 115 KB: only words of the class `nastaliq` ask for it, which stand where a reader has chosen so.
NASTALIQ = Face(
    "nastaliq", "Noto Nastaliq Urdu", "NotoNastaliqUrdu-Regular",
    (range(0x600, 0x700), range(0x750, 0x780), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00)), '"Noto Nastaliq Urdu"',
)  # fmt: skip
EVERY = (*FACES, NASTALIQ)


def made(folder: Path) -> dict[str, bytes]:
    """The files that were made, by their names."""
    paths = [folder / "fonts" / face.file for face in EVERY]
    return {path.name: path.read_bytes() for path in paths if path.exists()}


def style(url: Callable[[str], str | None]) -> str:
    """What the stylesheet says of the files that are there; "" where none is. `url` gives the address of a file."""
    there = [(face, address) for face in EVERY if (address := url(face.file))]
    rules = "".join(face.rule(address) for face, address in there)
    names = ",".join(face.name for face, _address in there if face in FACES)
    if not names:
        return rules
    # Later than the rules for right-to-left pages, where Santali's own name stands in the page of languages.
    rule = f'body,[lang=sat],[lang=mni]{{font-family:system-ui,"Noto Sans",{names},sans-serif}}'
    return rules + rule


def subset(font: Path, face: Face) -> bytes:
    """Only the script's own letters, with all that shapes them and without hints, as WOFF2."""
    try:
        from fontTools.subset import Options, Subsetter, load_font, save_font
    except ImportError:
        raise click.ClickException("fontTools is not there: pip install '.[fonts]'") from None
    options = Options(flavor="woff2", hinting=False, layout_features=["*"], notdef_outline=True)
    subsetter, written = Subsetter(options), BytesIO()
    subsetter.populate(unicodes=[letter for block in face.letters for letter in block])
    with load_font(str(font), options) as loaded:
        subsetter.subset(loaded)
        save_font(loaded, written, options)
    return written.getvalue()


@click.command("fonts")
@click.option("--folder", default=str(DEBIAN), help="where the fonts of fonts-noto-core lie")
@with_appcontext
def fonts(folder: str) -> None:
    """Make the files from the fonts of Debian's fonts-noto-core."""
    target = Path(current_app.config["INSTANCE"]) / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    for face in EVERY:
        source = Path(folder) / f"{face.postscript}.ttf"
        if not source.exists():
            raise click.ClickException(f"{source} is not there. Debian has it in fonts-noto-core.")
        content = subset(source, face)
        (target / face.file).write_bytes(content)
        click.echo(f"{target / face.file}: {len(content)} bytes")


def init_app(app: Flask) -> None:
    app.cli.add_command(fonts)
