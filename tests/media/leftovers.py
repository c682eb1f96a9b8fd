"""What a picture still says beside its pixels: read with Pillow, then again in the bare bytes."""

import struct
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

TRACES = (
    b"Exif",
    b"http://ns.adobe.com/xap",
    b"ICC_PROFILE",
    b"Photoshop 3.0",
    b"x:xmpmeta",
    b"W5M0MpCehiHzreSzNTczkc9d",
)
KEPT = {
    "jpg": {"SOI", "APP0", "DQT", "SOF", "DHT", "SOS", "EOI"},
    "webp": {"VP8 "},
    "avif": {"av01", "nclx"},
}
MARKERS = {0xD8: "SOI", 0xD9: "EOI", 0xDA: "SOS", 0xDB: "DQT", 0xC4: "DHT", 0xFE: "COM"}


def leftovers(rendition: str, content: bytes) -> set[str]:
    """Names of everything found that is not needed to draw the picture. Empty is good."""
    kind = rendition.rpartition(".")[2]
    walk = {"jpg": jpeg_segments, "webp": webp_chunks, "avif": avif_items}[kind]
    found = set(walk(content)) - KEPT[kind]
    found |= {trace.decode() for trace in TRACES if trace in content}
    return found | _seen_by_pillow(content)


def _seen_by_pillow(content: bytes) -> set[str]:
    with Image.open(BytesIO(content)) as image:
        image.load()
        known = set(image.info) & {"exif", "xmp", "icc_profile", "comment", "photoshop", "XML:com.adobe.xmp"}
        return known | {f"exif tag {tag}" for tag in image.getexif()}


def jpeg_segments(content: bytes) -> Iterator[str]:
    """Every marker, also those between and after the scans of a progressive picture."""
    at = 0
    while at < len(content):
        assert content[at] == 0xFF, "bytes outside every segment"
        marker = content[at + 1]
        yield _marker_name(marker)
        at += 2
        if marker not in (0xD8, 0xD9):
            at += struct.unpack(">H", content[at : at + 2])[0]
        if marker == 0xDA:
            at = _end_of_scan(content, at)


def _marker_name(marker: int) -> str:
    if 0xE0 <= marker <= 0xEF:
        return f"APP{marker - 0xE0}"
    return MARKERS.get(marker) or ("SOF" if marker in (0xC0, 0xC1, 0xC2) else f"{marker:02X}")


def _end_of_scan(content: bytes, at: int) -> int:
    while content[at] != 0xFF or content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
        at += 1
    return at


def webp_chunks(content: bytes) -> Iterator[str]:
    assert struct.unpack("<I", content[4:8])[0] + 8 == len(content), "bytes after the picture"
    at = 12
    while at < len(content):
        size = struct.unpack("<I", content[at + 4 : at + 8])[0]
        yield content[at : at + 4].decode()
        at += 8 + size + size % 2


def avif_items(content: bytes) -> Iterator[str]:
    """The types of the items in the `meta` box and of the colour properties: no `Exif`, `mime`, `prof`."""
    meta = dict(_boxes(dict(_boxes(content))["meta"][4:]))
    for kind, entry in _boxes(meta["iinf"][6:]):
        yield entry[8:12].decode() if kind == "infe" else kind
    for kind, entry in _boxes(dict(_boxes(meta["iprp"]))["ipco"]):
        if kind == "colr":
            yield entry[:4].decode()


def _boxes(content: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(content):
        size = struct.unpack(">I", content[at : at + 4])[0]
        assert size >= 8, "a box without a size"
        yield content[at + 4 : at + 8].decode(), content[at + 8 : at + size]
        at += size
