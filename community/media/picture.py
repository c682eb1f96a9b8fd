"""The encoding: any phone's photo in, small anonymous pictures out. Knows no request and no database.

Only this file imports Pillow and pillow-heif. Call `prepare` before the transaction begins: it takes a
second or so, and it would hold SQLite's write lock all that while.
"""

import struct
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from threading import Lock
from typing import IO

from PIL import ExifTags, Image, ImageCms
from pillow_heif import register_heif_opener

LIMIT_BYTES = 12 * 1024 * 1024
LIMIT_PIXELS = 50_000_000
# JPEG includes the MPO that many phones write. No AVIF: 4 KB of it can claim 64 × 64 and decode to half a gigabyte.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")

FEED = 480
FACE = 96
TALLEST = 4  # a rendition is at most this many times its width: a screenshot of a long chat is 480 × 1920

# What Pillow and pillow-heif raise from a damaged or hostile file, found by feeding them thousands.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    LookupError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)
warnings.simplefilter("error", Image.DecompressionBombWarning)

# The worst file measured, a transparent WebP of 50 megapixels, needs 800 MB while it is decoded:
# one at a time in a process, the others wait.
_bench = Lock()


class Reason(StrEnum):
    """Why a file was refused; each has its own sentence for the person."""

    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"


class NotAPicture(Exception):
    """The file was refused; `reason` says why. Nothing was kept."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Encoding:
    """One way to write a picture: at most `width` pixels wide, by Pillow's `format`."""

    width: int
    format: str
    options: Mapping[str, int | bool]


ENCODINGS = {
    "480.avif": Encoding(FEED, "AVIF", {"quality": 40, "speed": 7}),
    "480.webp": Encoding(FEED, "WEBP", {"quality": 40, "method": 4}),
    "480.jpg": Encoding(FEED, "JPEG", {"quality": 40, "progressive": True, "optimize": True}),
    "96.avif": Encoding(FACE, "AVIF", {"quality": 45, "speed": 7}),
    "96.webp": Encoding(FACE, "WEBP", {"quality": 50, "method": 4}),
    "96.jpg": Encoding(FACE, "JPEG", {"quality": 50, "progressive": True, "optimize": True}),
}


@dataclass(frozen=True)
class Prepared:
    """A picture ready to keep: the bytes of each rendition; width and height of the largest, in pixels."""

    renditions: Mapping[str, bytes]
    width: int
    height: int

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each rendition."""
        return {name: len(content) for name, content in self.renditions.items()}


def prepare(stream: IO[bytes]) -> Prepared:
    """Read a picture, whatever its name claims, and encode it anew, upright, in sRGB, on white.

    No EXIF, place, XMP, IPTC, colour profile or comment survives. An animation gives its first frame. A small
    picture stays small: "480" is the most that a rendition may be wide. Raises NotAPicture.
    """
    content = _read(stream)
    with _bench:
        feed = _decoded(content)
    widths = {FEED: feed, FACE: _shrunk(feed, FACE)}
    renditions = {name: _encoded(widths[way.width], way) for name, way in ENCODINGS.items()}
    return Prepared(renditions, feed.width, feed.height)


def _read(stream: IO[bytes]) -> bytes:
    content = stream.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        raise NotAPicture(Reason.TOO_LARGE)
    return content


def _decoded(content: bytes) -> Image.Image:
    """The picture as it goes to the feed. The pixels are counted in the header, before any is decoded."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _count_pixels(image)
            return _cleaned(image)
    except BOMBS:
        raise NotAPicture(Reason.TOO_MANY_PIXELS) from None
    except BROKEN as error:
        raise NotAPicture(Reason.NOT_A_PICTURE) from error


def _count_pixels(image: Image.Image) -> None:
    if image.width * image.height > LIMIT_PIXELS:
        raise NotAPicture(Reason.TOO_MANY_PIXELS)


def _cleaned(image: Image.Image) -> Image.Image:
    profile, turn = image.info.get("icc_profile"), UPRIGHT.get(_orientation(image))
    if image.format in ("JPEG", "MPO"):
        # Decodes a big JPEG at a half, a quarter or an eighth: four times as fast.
        image.draft(None, (FEED * 3 // 2, FEED * 3 // 2))
    plain = _plain(image)
    upright = plain if turn is None else plain.transpose(turn)
    return _fresh(_in_srgb(_shrunk(upright, FEED), profile))


def _orientation(image: Image.Image) -> int:
    """1 to 8, by EXIF; 1 where the EXIF is damaged, which is no reason to refuse a picture."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (*BROKEN, Warning):
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """The same picture with 8 bits a channel, as L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _shrunk(image: Image.Image, width: int) -> Image.Image:
    """At most `width` wide and TALLEST times as tall. Never enlarged."""
    scale = min(1.0, width / image.width, width * TALLEST / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours that the profile meant, in sRGB. A profile that makes no sense is ignored."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if not profile:
        return image.convert(mode)
    try:
        meant = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, meant, SRGB, outputMode=mode) or image.convert(mode)
    except (ImageCms.PyCMSError, OSError):
        return image.convert(mode)


def _fresh(image: Image.Image) -> Image.Image:
    """The bare pixels on white in a new image: what Pillow carries along in `info` stays behind."""
    fresh = Image.new("RGB", image.size, "white")
    fresh.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return fresh


def _encoded(image: Image.Image, way: Encoding) -> bytes:
    written = BytesIO()
    image.save(written, way.format, **way.options)
    return written.getvalue()


def with_few_colours(png: bytes, most: int = 16) -> bytes:
    """A drawing of ours, small: so many colours are enough for lines, letters and their edges."""
    packed = BytesIO()
    with Image.open(BytesIO(png), formats=["PNG"]) as drawn:
        flat = drawn.convert("RGB").quantize(most, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(packed, "PNG", optimize=True, bits=4)
    return packed.getvalue()
