"""Pictures made on the spot, some of them traps."""

import functools
import struct
import zlib
from io import BytesIO

from PIL import Image, ImageCms

RED, GREEN = (220, 30, 30), (30, 160, 60)
LATITUDE, MAKER = 2, 0x010F
PLACE = {1: "N", LATITUDE: (27.0, 42.0, 51.5), 3: "E", 4: (76.0, 12.0, 3.25)}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def two_halves(width: int = 600, height: int = 400) -> Image.Image:
    """Red above, green below."""
    image = Image.new("RGB", (width, height), GREEN)
    image.paste(RED, (0, 0, width, height // 2))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[MAKER], tags[0x0112] = "Aangan Camera Works", orientation
    tags.get_ifd(0x8825).update(PLACE)
    return tags


def talkative_jpeg() -> bytes:
    """A place, a maker, XMP, a colour profile and a comment."""
    return written(
        two_halves(),
        "JPEG",
        exif=exif(),
        comment=b"house of Meera, third lane",
        icc_profile=srgb(),
        xmp=b'<x:xmpmeta xmlns:x="adobe:ns:meta/">house of Meera</x:xmpmeta>',
    )


@functools.cache  # it says when it was made
def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A profile whose red is sRGB's green and the other way round: proof that profiles are obeyed."""
    profile = srgb()
    return profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)


def bomb(side: int) -> bytes:
    """A PNG that claims side × side pixels and has next to none."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(3000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def motion_photo() -> bytes:
    """Two pictures in one JPEG, as phones write for depth and motion: Pillow calls it MPO."""
    return written(two_halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))])


def animation() -> bytes:
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, GREEN)]
    return written(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, comment=b"Meera")


def see_through_palette() -> bytes:
    image = Image.new("P", (40, 30), 1)
    image.putpalette([0, 0, 0, *RED])
    image.paste(0, (0, 0, 20, 30))
    return written(image, "PNG", transparency=0)


def deep_grey() -> bytes:
    """16 bits a pixel, mid grey."""
    return written(Image.frombytes("I;16", (40, 30), struct.pack("<H", 0x8080) * 1200), "PNG")
