"""Whatever comes in, what goes out is a small upright picture that says nothing beside its pixels."""

import random
import zipfile
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageFile
from pillow_heif import register_heif_opener

from community.media.picture import ENCODINGS, LIMIT_BYTES, NotAPicture, Prepared, Reason, prepare
from tests.sample import ALL

from . import samples
from .leftovers import leftovers
from .samples import GREEN, RED, two_halves, written

pytestmark = pytest.mark.sampled

Colour = tuple[int, int, int]
WHITE = (255, 255, 255)

register_heif_opener()


def prepared(content: bytes) -> Prepared:
    return prepare(BytesIO(content))


def refusal(content: bytes) -> Reason:
    with pytest.raises(NotAPicture) as refused:
        prepared(content)
    return refused.value.reason


def colour(picture: Prepared, x: float, y: float, rendition: str = "480.jpg") -> Colour:
    """The colour at a share of the width and of the height."""
    with Image.open(BytesIO(picture.renditions[rendition])) as image:
        found = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return found[:3]


def close(one: Colour, other: Colour) -> bool:
    return all(abs(mine - yours) < 25 for mine, yours in zip(one, other, strict=True))


def zipped() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("photo.jpg", "not one")
    return stream.getvalue()


def test_a_photo_becomes_six_small_pictures():
    picture = prepared(written(two_halves(1200, 800), "JPEG"))

    assert set(picture.renditions) == set(ENCODINGS)
    assert (picture.width, picture.height) == (480, 320)
    assert picture.sizes == {name: len(content) for name, content in picture.renditions.items()}
    for name, content in picture.renditions.items():
        with Image.open(BytesIO(content)) as image:
            assert image.format == ENCODINGS[name].format
            assert image.size == ((480, 320) if name.startswith("480") else (96, 64))
            assert image.mode == "RGB"


def test_place_maker_profile_and_comment_stay_behind():
    content = samples.talkative_jpeg()
    assert leftovers("x.jpg", content) > {"COM", "APP1", "APP2", "exif", "icc_profile", "comment"}

    for name, rendition in prepared(content).renditions.items():
        assert leftovers(name, rendition) == set()
        assert b"Meera" not in rendition


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_every_container_loses_its_exif_and_profile(kind: str):
    content = written(two_halves(), kind, exif=samples.exif().tobytes(), icc_profile=samples.srgb())
    with Image.open(BytesIO(content)) as image:
        assert image.getexif().get_ifd(0x8825)

    for name, rendition in prepared(content).renditions.items():
        assert leftovers(name, rendition) == set()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phone_held_any_way_gives_an_upright_picture(orientation: int):
    """Each corner of the sensor's picture goes where its EXIF says."""
    sensor = two_halves(300, 200)
    sensor.paste((30, 30, 220), (0, 0, 150, 100))
    turned = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}.get(orientation)
    expected = sensor if turned is None else sensor.transpose(Image.Transpose(turned))

    picture = prepared(written(sensor, "JPEG", quality=95, exif=samples.exif(orientation)))

    assert (picture.width, picture.height) == expected.size
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        there = expected.getpixel((int(x * expected.width), int(y * expected.height)))
        assert close(colour(picture, x, y), there)  # type: ignore[arg-type]


def test_orientation_6_stands_up():
    """Red was above on the sensor; a quarter turn clockwise brings it to the right."""
    picture = prepared(written(two_halves(2000, 1000), "JPEG", exif=samples.exif(6)))

    assert (picture.width, picture.height) == (480, 960)
    assert close(colour(picture, 0.9, 0.5), RED)
    assert close(colour(picture, 0.1, 0.5), GREEN)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("kind", "damaged"),
    [
        pytest.param("PNG", b"no tags at all", id="no tags"),
        pytest.param("JPEG", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(20), id="too many tags"),
        pytest.param(
            "JPEG", b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x03no\0\0\0\0\0\0", id="a word as orientation"
        ),
    ],
)
def test_damaged_exif_is_no_reason_to_refuse(kind: str, damaged: bytes):
    assert prepared(written(two_halves(), kind, exif=damaged)).width == 480


def test_a_small_picture_stays_small():
    picture = prepared(written(Image.new("RGB", (1, 1), RED), "PNG"))

    assert (picture.width, picture.height) == (1, 1)
    assert close(colour(picture, 0, 0), RED)


@pytest.mark.patient
@pytest.mark.parametrize(
    ("size", "kept"), [((1000, 20000), (96, 1920)), ((20000, 3), (480, 1)), ((1, 9000), (1, 1920))]
)
def test_the_longest_and_the_widest_keep_a_size_that_a_phone_can_show(size: Colour, kept: Colour):
    picture = prepared(written(Image.new("RGB", size, RED), "PNG"))

    assert (picture.width, picture.height) == kept


def test_an_animation_gives_its_first_frame():
    picture = prepared(samples.animation())

    assert close(colour(picture, 0.5, 0.5), RED)
    assert all(b"Meera" not in content for content in picture.renditions.values())


def test_two_pictures_in_one_jpeg_give_the_first():
    content = samples.motion_photo()
    with Image.open(BytesIO(content)) as image:
        assert image.format == "MPO"

    picture = prepared(content)

    assert picture.width == 480
    assert close(colour(picture, 0.5, 0.2), RED)


def test_what_is_transparent_becomes_white():
    palette = prepared(samples.see_through_palette())
    assert close(colour(palette, 0.2, 0.5), WHITE)
    assert close(colour(palette, 0.8, 0.5), RED)

    hollow = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    assert close(colour(prepared(written(hollow, "WEBP", lossless=True)), 0.5, 0.5), WHITE)


def test_print_colours_and_deep_greys_come_out_right():
    printed = prepared(written(Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG", quality=95))
    assert close(colour(printed, 0.5, 0.5), (255, 0, 0))

    assert close(colour(prepared(samples.deep_grey()), 0.5, 0.5), (128, 128, 128))


def test_a_wide_gamut_keeps_its_meaning_when_its_profile_goes():
    content = written(Image.new("RGB", (40, 30), (255, 0, 0)), "PNG", icc_profile=samples.swapped_profile())

    assert close(colour(prepared(content), 0.5, 0.5), (0, 255, 0))


def test_a_profile_that_makes_no_sense_is_ignored():
    for profile in (b"junk", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()):
        content = written(Image.new("RGB", (40, 30), RED), "JPEG", quality=95, icc_profile=profile)
        assert close(colour(prepared(content), 0.5, 0.5), RED)


@pytest.mark.parametrize("side", [7_100, 9_900, 30_000])
def test_a_bomb_is_refused_by_its_header(side: int, monkeypatch: pytest.MonkeyPatch):
    """Just above our cap, above Pillow's warning, above Pillow's error."""

    def explode(_image: ImageFile.ImageFile) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", explode)
    assert refusal(samples.bomb(side)) is Reason.TOO_MANY_PIXELS


def test_a_file_above_the_limit_is_not_read_to_its_end():
    stream = BytesIO(bytes(LIMIT_BYTES + 5_000))

    with pytest.raises(NotAPicture) as refused:
        prepare(stream)

    assert refused.value.reason is Reason.TOO_LARGE
    assert stream.tell() == LIMIT_BYTES + 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="zero bytes"),
        pytest.param(b"Dear Meera, this is photo.jpg", id="text"),
        pytest.param(zipped(), id="zip"),
        pytest.param(samples.SVG, id="svg with a script"),
        pytest.param(b"%PDF-1.7\n%%EOF", id="pdf"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="eps"),
        pytest.param(written(two_halves(), "TIFF"), id="tiff"),
        pytest.param(written(two_halves(), "BMP"), id="bmp"),
        pytest.param(samples.talkative_jpeg()[:-900], id="truncated jpeg"),
        pytest.param(samples.bomb(1_000), id="png without its pixels"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes):
    assert refusal(content) is Reason.NOT_A_PICTURE


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_a_damaged_file_is_a_picture_or_a_refusal_and_nothing_else(kind: str):
    """Any other exception would be a page that says "something broke"."""
    chance = random.Random(kind)
    options = {} if kind == "GIF" else {"exif": samples.exif(6).tobytes(), "icc_profile": samples.srgb()}
    whole = written(two_halves(40, 30), kind, **options)
    for _ in range(150 if ALL else 40):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            picture = prepared(bytes(damaged[: chance.randint(len(whole) // 2, 2 * len(whole))]))
        except NotAPicture:
            continue
        assert all(not leftovers(name, content) for name, content in picture.renditions.items())
