"""Pictures: which are refused before the receipt, and what is made of the others."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from sipokat.delivery.pictures import inspect, make_ready
from sipokat.domain.refusals import Refused, TooLarge, WrongType
from tests.services import pictures
from tests.services.pictures import MAKERS, encoded, from_camera, jpeg, png, scene, webp

RED = (254, 0, 0)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 60 for a, b in zip(one, other, strict=True))


# Before the receipt.


@pytest.mark.parametrize("kind", MAKERS)
def test_three_kinds_are_taken(kind: str) -> None:
    inspect(MAKERS[kind]())


@pytest.mark.parametrize(
    "data",
    [
        from_camera(6),
        pictures.png_from_camera(),
        pictures.webp_from_camera(),
        jpeg(progressive=True),
        encoded(scene(mode="L"), "JPEG"),
        encoded(scene(mode="CMYK"), "JPEG"),
        encoded(scene(mode="RGBA"), "PNG"),
        encoded(scene(mode="P"), "PNG"),
        webp(lossless=True),
        pictures.two_in_one(),
        jpeg() + b"\0" * 5000,
        jpeg() + b"\0\0\0\x18ftypmp42" + b"\x01" * 5000,
        jpeg((1, 1)),
        jpeg((2400, 3200)),
    ],
    ids=[
        "camera",
        "png with words",
        "webp with words",
        "progressive",
        "grey",
        "cmyk",
        "see-through",
        "palette",
        "lossless",
        "two lenses",
        "padded",
        "with a film behind it",
        "one pixel",
        "large",
    ],
)
def test_whatever_a_phone_makes_is_taken_and_made_ready(data: bytes) -> None:
    inspect(data)
    photo, thumbnail, _ = make_ready(data)
    assert (opened(photo).format, opened(photo).mode) == ("JPEG", "RGB")
    assert (opened(thumbnail).format, opened(thumbnail).mode) == ("JPEG", "RGB")


@pytest.mark.parametrize("name", pictures.pretenders())
def test_what_only_pretends_is_refused(name: str) -> None:
    data = pictures.pretenders()[name]
    with pytest.raises(WrongType):
        inspect(data)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_moving_pictures_are_refused(kind: str) -> None:
    with pytest.raises(WrongType):
        inspect(pictures.animated(kind))


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("left", [0.02, 0.1, 0.5, 0.9, -9, -2, -1])
def test_what_was_cut_short_is_refused(kind: str, left: float) -> None:
    data = MAKERS[kind]((320, 240))
    end = int(len(data) * left) if left > 0 else int(left)
    with pytest.raises(WrongType):
        inspect(data[:end])


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_picture() -> None:
    data = pictures.cut_behind_its_thumbnail()
    assert data.endswith(b"\xff\xd9")
    with pytest.raises(WrongType):
        inspect(data)


@pytest.mark.parametrize(
    "bomb",
    [
        pictures.png_bomb(),
        pictures.png_bomb(8000, 5001),
        pictures.png_bomb(2**31 - 1, 2**31 - 1),
        pictures.jpeg_bomb(),
        pictures.jpeg_bomb(8000, 5001),
        pictures.webp_bomb(),
    ],
    ids=["png", "png just over", "png at its limit", "jpeg", "jpeg just over", "webp"],
)
def test_bombs_are_refused_by_what_they_say_of_themselves(bomb: bytes) -> None:
    assert len(bomb) < 5000
    with pytest.raises(TooLarge):
        inspect(bomb)
    with pytest.raises(ValueError, match="picture"):
        make_ready(bomb)


def test_forty_million_pixels_are_still_taken() -> None:
    inspect(pictures.png_bomb(8000, 5000))


SEEDS = [from_camera(6), pictures.png_from_camera(), pictures.webp_from_camera(), jpeg(), webp()]
wounds = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=200)
@given(st.sampled_from(SEEDS), wounds, st.floats(0.3, 1))
def test_whatever_arrives_is_answered(
    seed: bytes, wounds: list[tuple[float, int]], left: float
) -> None:
    """Whatever byte is changed, the picture is refused, made ready or found broken; nothing else is
    raised."""
    data = bytearray(seed)
    for place, value in wounds:
        data[int(place * (len(data) - 1))] = value
    wounded = bytes(data[: int(len(data) * max(left, 0.5) * 2)])
    answer: bytes | None = None
    try:
        inspect(wounded)
    except Refused as refusal:
        answer = refusal.message.encode()
    try:
        answer = make_ready(wounded)[0]
    except ValueError as error:
        answer = str(error).encode()
    assert answer


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_the_words_in_a_picture_may_be_anything(words: bytes) -> None:
    data = encoded(scene((16, 12)), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08" + words)
    inspect(data)
    assert make_ready(data)[2] in ((16, 12), (12, 16))


# Making a picture ready.

# By orientation: where the first stored pixel is in the upright picture (EXIF 2.3, 4.6.4).
CORNERS = {
    1: "top left",
    2: "top right",
    3: "bottom right",
    4: "bottom left",
    5: "top left",
    6: "top right",
    7: "bottom right",
    8: "bottom left",
}


@pytest.mark.parametrize(("orientation", "corner"), CORNERS.items())
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_turned_upright(kind: str, orientation: int, corner: str) -> None:
    data = encoded(scene((320, 200)), kind, exif=pictures.telling(orientation))
    photo, thumbnail, size = make_ready(data)
    assert size == ((320, 200) if orientation < 5 else (200, 320))
    for made in (photo, thumbnail):
        picture = opened(made)
        width, height = picture.size
        places = {
            "top left": (8, 8),
            "top right": (width - 9, 8),
            "bottom right": (width - 9, height - 9),
            "bottom left": (8, height - 9),
        }
        red = [name for name, at in places.items() if near(picture.getpixel(at), RED)]
        assert red == [corner]


@pytest.mark.parametrize(
    "data",
    [from_camera(6), pictures.png_from_camera(), pictures.webp_from_camera()],
    ids=["JPEG", "PNG", "WEBP"],
)
def test_nothing_is_left_of_what_the_camera_wrote(data: bytes) -> None:
    assert b"samsung" in data
    for made in make_ready(data)[:2]:
        picture = opened(made)
        assert dict(picture.getexif()) == {}
        assert dict(picture.getexif().get_ifd(pictures.GPS)) == {}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
            "progressive",
            "progression",
        }
        assert {name for name, _ in picture.applist} <= {"APP0"}
        for word in (b"Exif", b"samsung", b"SM-G532G", b"GPS", b"Rumah", b"xmp", b"http"):
            assert word not in made


def test_what_is_see_through_is_on_white() -> None:
    clear = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    for data in (
        encoded(clear, "PNG"),
        encoded(clear.convert("LA"), "PNG"),
        encoded(clear, "WEBP", lossless=True),
        encoded(Image.new("P", (40, 30), 0), "PNG", transparency=0),
    ):
        photo = opened(make_ready(data)[0])
        assert near(photo.getpixel((20, 15)), (255, 255, 255))


@pytest.mark.parametrize(
    ("size", "made", "small"),
    [
        ((3200, 2400), (1600, 1200), (320, 240)),
        ((2400, 3200), (1200, 1600), (240, 320)),
        ((1600, 900), (1600, 900), (320, 180)),
        ((300, 200), (300, 200), (300, 200)),
        ((5000, 10), (1600, 3), (320, 1)),
    ],
)
def test_sizes(size: tuple[int, int], made: tuple[int, int], small: tuple[int, int]) -> None:
    photo, thumbnail, said = make_ready(jpeg(size))
    assert opened(photo).size == said == made
    assert opened(thumbnail).size == small


def test_the_same_bytes_make_the_same_picture() -> None:
    """So two workers on one photo do no harm."""
    assert make_ready(from_camera(3)) == make_ready(from_camera(3))


@pytest.mark.parametrize("kind", MAKERS)
def test_what_cannot_be_decoded_is_a_value_error(kind: str) -> None:
    data = bytearray(MAKERS[kind]((320, 240)))
    middle = len(data) // 2
    with pytest.raises(ValueError, match="picture"):
        make_ready(bytes(data[:middle]))


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyError("x"), OSError(5, "x")], ids=repr)
def test_whatever_damaged_bytes_make_the_decoder_raise(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(ImageOps, "exif_transpose", fails(error))
    with pytest.raises(ValueError, match="picture"):
        make_ready(jpeg())


def test_too_little_memory_is_no_fault_of_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageOps, "exif_transpose", fails(MemoryError()))
    with pytest.raises(MemoryError):
        make_ready(jpeg())


def fails(error: Exception) -> Callable[[Image.Image], Image.Image]:
    def fail(_picture: Image.Image) -> Image.Image:
        raise error

    return fail


def test_a_long_thin_png_is_still_a_picture() -> None:
    assert make_ready(png((1, 3000)))[2] == (1, 1600)
