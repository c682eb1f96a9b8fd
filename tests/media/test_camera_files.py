"""Photos as phones and cameras really write them. Not one keeps the place where it was taken."""

import os
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from community.media.picture import NotAPicture, Reason, prepare

from . import camera_files
from .leftovers import leftovers

pytestmark = [
    pytest.mark.large,
    pytest.mark.skipif(
        os.environ.get("AANGAN_ALL") != "1",
        reason="real camera files are fetched only in `make test-all` (AANGAN_ALL=1)",
    ),
]

WITH_PLACE = [
    "pug.heic",  # iPhone 13 Pro
    "empty_icc.heic",  # iPhone XS
    "spatial_photo.heic",  # Apple Vision Pro
    "xiaomi.heic",  # Redmi
    "aux_YCbCr.heic",  # Galaxy S25 Ultra
    "r_canon.jpg",
    "r_olympus.jpg",
    "01.jpg",
]
WITHOUT_PLACE = [
    "arrow.heic",  # iPhone 8 Plus, held upright
    "guitar_cw90.hif",  # Sony, 33 megapixels of 10 bits, held upright
    "cat.hif",
    "L_exif_xmp_iptc.heic",
    "alpha.heic",
    "r_casio.jpg",
    "r_pana.jpg",
    "r_pen.jpg",
    "r_ricoh.jpg",
    "r_sigma.jpg",
    "r_sony.jpg",
    "large.jpg",
    "chi.gif",
    "xmp.webp",
    "xmp.png",
    "xmp.jpeg",
    "RGBA_16__128x128.png",
]


@pytest.fixture(scope="session")
def photos() -> dict[str, bytes]:
    return camera_files.photos()


@pytest.mark.parametrize("name", WITH_PLACE)
def test_the_place_was_there(photos: dict[str, bytes], name: str):
    """Otherwise the next test would prove nothing."""
    with Image.open(BytesIO(photos[name])) as image:
        assert image.getexif().get_ifd(0x8825)


@pytest.mark.parametrize("name", WITH_PLACE + WITHOUT_PLACE)
def test_only_pixels_are_left(photos: dict[str, bytes], name: str):
    picture = prepare(BytesIO(photos[name]))

    for rendition, content in picture.renditions.items():
        assert leftovers(rendition, content) == set()
        assert maker(photos[name]) not in content
        with Image.open(BytesIO(content)) as image:
            assert image.width <= int(rendition.partition(".")[0])


@pytest.mark.parametrize("name", WITH_PLACE + WITHOUT_PLACE)
def test_it_is_the_same_picture_and_upright(photos: dict[str, bytes], name: str):
    """Compared, eight by eight, with what Pillow shows after its own turn."""
    expected = grid(photos[name])
    shown = [grid(content) for content in prepare(BytesIO(photos[name])).renditions.values()]

    for image in shown:
        assert difference(image, expected) < 16
    if difference(expected, expected.transpose(Image.Transpose.ROTATE_180)) > 32:
        assert difference(shown[0], expected.transpose(Image.Transpose.ROTATE_180)) > 24


def test_sensor_orientation_of_a_portrait(photos: dict[str, bytes]):
    """The arrow that somebody drew points up."""
    picture = prepare(BytesIO(photos["arrow.heic"]))

    assert (picture.width, picture.height) == (480, 640)


def test_two_hundred_megapixels_are_refused(photos: dict[str, bytes]):
    assert refusal(photos["200MP.heic"]) is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("name", ["corrupted.heic", "corrupted.hif", "empty.heic", "notjpeg.jpg", "xmp.tiff", "01.tif"])
def test_what_is_no_picture_is_refused(photos: dict[str, bytes], name: str):
    assert refusal(photos[name]) is Reason.NOT_A_PICTURE


def test_every_file_of_the_collection_is_a_picture_or_a_refusal(photos: dict[str, bytes]):
    for content in photos.values():
        try:
            picture = prepare(BytesIO(content))
        except NotAPicture:
            continue
        assert picture.width <= 480


def refusal(content: bytes) -> Reason:
    with pytest.raises(NotAPicture) as refused:
        prepare(BytesIO(content))
    return refused.value.reason


def maker(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as image:
        return str(image.getexif().get(0x010F, "a maker that nobody named")).encode()


def grid(content: bytes) -> Image.Image:
    """Eight by eight colours, upright, on white."""
    with Image.open(BytesIO(content)) as image:
        image.seek(0) if image.format == "GIF" else None
        turned = ImageOps.exif_transpose(image).convert("RGBA")
    white = Image.new("RGBA", turned.size, "white")
    return Image.alpha_composite(white, turned).convert("RGB").resize((8, 8), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a channel, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)
