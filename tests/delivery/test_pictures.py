"""Pictures: which are refused before the receipt, and what is made of the others."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sipokat.delivery import pictures as decoding
from sipokat.delivery.picture_file import (
    PARTS_MAX,
    CutShort,
    PictureFile,
    TooMuch,
    orientation_of,
)
from sipokat.delivery.pictures import inspect, make_ready
from sipokat.domain.refusals import Refused, TooLarge, TooMany, WrongType
from tests.services import pictures
from tests.services.matrix import examples
from tests.services.pictures import MAKERS, encoded, from_camera, jpeg, png, scene, webp
from tests.services.speed import patience, tries

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


@pytest.mark.parametrize("name", pictures.sound())
def test_whatever_a_phone_makes_is_taken_and_made_ready(name: str) -> None:
    data = pictures.sound()[name]
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


CUT = pictures.cut_inside()


@pytest.mark.parametrize("name", [name for name in CUT if "JPEG" in name])
def test_a_jpeg_with_a_hole_before_its_end_is_shown_as_far_as_it_goes(name: str) -> None:
    """Its data end early, its file does not: no segment tells, and the decoder fills the rest."""
    inspect(CUT[name])
    photo, thumbnail, size = make_ready(CUT[name])
    assert size == (320, 240)
    if "nearly all" not in name:
        assert abs(opened(photo).convert("L").getpixel((8, 8)) - 76) < 30  # what red is in grey
    assert opened(thumbnail).size == (320, 240)


@pytest.mark.parametrize("name", [name for name in CUT if "JPEG" not in name])
def test_another_picture_with_a_hole_before_its_end_is_refused(name: str) -> None:
    with pytest.raises(WrongType, match=r"Foto terpotong\. Ambil atau pilih foto sekali lagi\."):
        inspect(CUT[name])


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
    with pytest.raises(TooMuch, match="pixels"):
        make_ready(bomb)


def test_a_jpeg_of_forty_million_pixels_is_still_taken_and_made_ready() -> None:
    data = encoded(Image.new("RGB", (8000, 5000), "seagreen"), "JPEG", progressive=True)
    inspect(data)
    assert make_ready(data)[2] == (1752, 1095)


@pytest.mark.whole
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_whole_picture_of_sixteen_million_pixels_is_still_taken(kind: str) -> None:
    """PNG and WebP are held in memory as a whole, so they may be less large."""
    largest = Image.new("RGBA", (4096, 4096), "seagreen")
    data = encoded(largest, kind, **({"lossless": True} if kind == "WEBP" else {}))
    inspect(data)
    assert make_ready(data)[2] == (1385, 1385)
    with pytest.raises(TooLarge):
        inspect(encoded(largest.resize((4096, 4097)), kind))


def repeated(marker: int, body: bytes, count: int) -> bytes:
    """A JPEG with so many more segments in its head."""
    segment = bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body
    return jpeg()[:2] + segment * count + jpeg()[2:]


@pytest.mark.parametrize(
    "data",
    [
        repeated(0xE1, b"Exif\0\0" + bytes(10), 120_000),
        repeated(0xE1, b"Exif\0\0" + bytes(10), PARTS_MAX),
        repeated(0xE2, b"ICC_PROFILE\0\1\1" + bytes(60_000), 70),
        repeated(0xFE, b"", 1_500_000),
        pictures.png_with(b"tEXt", b"Comment\0x", PARTS_MAX),
        pictures.png_with(b"zTXt", bytes(100_000), 42),
        pictures.webp_with(b"XMP ", b"x", PARTS_MAX),
        pictures.webp_with(b"EXIF", bytes(100_000), 42),
    ],
    ids=[
        "exif",
        "exif at the limit",
        "icc",
        "comments",
        "words",
        "packed words",
        "xmp",
        "webp exif",
    ],
)
def test_a_file_of_nothing_but_metadata_is_refused(data: bytes) -> None:
    with pytest.raises(TooLarge):
        inspect(data)


def test_as_much_metadata_as_a_phone_with_two_lenses_writes_is_taken() -> None:
    """A depth map of two megabytes in segments, and a picture behind it."""
    data = repeated(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(60_000), 40)
    inspect(data)
    photo, _, size = make_ready(data)
    assert size == (64, 48)
    assert b"adobe" not in photo


def test_scans_without_end_are_refused_before_the_receipt() -> None:
    """Each costs the decoder a walk over the whole picture, and the sender a few bytes."""
    few, many = (pictures.scanned_again((1600, 1200), count) for count in (20, 200))
    assert len(many) < 70_000
    inspect(few)
    assert make_ready(few)[2] == (1600, 1200)
    with pytest.raises(TooLarge):
        inspect(many)
    with pytest.raises(TooLarge):
        inspect(pictures.scanned_again((8000, 5000), 40))


def test_a_second_scan_over_a_whole_picture_is_refused() -> None:
    """The decoder gives up there: found by changing bytes at random."""
    data = bytearray(encoded(scene(mode="L"), "JPEG", progressive=True))
    data[data.index(b"\xff\xc2") + 1] = 0xC1
    with pytest.raises(WrongType):
        inspect(bytes(data))


@pytest.mark.whole
def test_coefficients_that_need_too_much_memory_are_refused() -> None:
    fine = Image.new("CMYK", (8000, 5000))
    inspect(encoded(fine, "JPEG"))
    with pytest.raises(TooLarge):
        inspect(encoded(fine, "JPEG", progressive=True, subsampling=0))


# Metadata never makes a picture broken.


@pytest.mark.parametrize("name", pictures.ODD)
def test_odd_metadata_is_no_reason_to_refuse_a_picture(name: str) -> None:
    data, size = pictures.ODD[name]
    inspect(data)
    assert make_ready(data)[2] == size


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"II",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x09\0\0\0",
        b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0",
        b"MM\0*\0\0\0\x08" + bytes(2) + b"\x01\x12",
        b"not TIFF at all",
    ],
)
def test_what_says_nothing_of_the_orientation_leaves_the_picture_as_it_is(tiff: bytes) -> None:
    assert orientation_of(tiff) == orientation_of(b"Exif\0\0" + tiff) == 1


SEEDS = [from_camera(6), pictures.png_from_camera(), pictures.webp_from_camera(), jpeg(), webp()]
wounds = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8)


@pytest.mark.whole
@settings(max_examples=examples(80))
@given(st.sampled_from(SEEDS), wounds, st.floats(0.3, 1))
def test_whatever_is_taken_is_made_ready(
    seed: bytes, wounds: list[tuple[float, int]], left: float
) -> None:
    """Whatever byte is changed, the picture is refused before its receipt or made ready after it;
    nothing else is raised."""
    data = bytearray(seed)
    for place, value in wounds:
        data[int(place * (len(data) - 1))] = value
    wounded = bytes(data[: int(len(data) * max(left, 0.5) * 2)])
    try:
        inspect(wounded)
    except Refused:
        return
    assert make_ready(wounded)[0]


@settings(max_examples=examples(40))
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
        ((720, 6000), (480, 4000), (38, 320)),  # a long screenshot is still read
        ((5000, 10), (5000, 10), (320, 1)),
        ((10, 10_000), (8, 8000), (1, 320)),
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
def test_what_cannot_be_decoded_is_not_a_picture(kind: str) -> None:
    data = bytearray(MAKERS[kind]((320, 240)))
    middle = len(data) // 2
    with pytest.raises(CutShort):
        make_ready(bytes(data[:middle]))


def test_a_long_thin_png_is_still_a_picture() -> None:
    assert make_ready(png((1, 3000)))[2] == (1, 3000)


def test_sixteen_bits_of_grey_are_not_all_white() -> None:
    grey = Image.new("I;16", (40, 30), 0x8000)
    photo = opened(make_ready(encoded(grey, "PNG"))[0])
    assert near(photo.getpixel((20, 15)), (128, 128, 128))


def test_no_picture_is_opened_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", None)
    for kind in MAKERS:
        inspect(MAKERS[kind]())
        assert make_ready(MAKERS[kind]())


# The limits of the process that decodes.


def slow(scans: int) -> PictureFile:
    """A picture that takes long to decode: no receipt would take it."""
    data = pictures.scanned_again((1600, 1200), scans)
    return PictureFile("JPEG", 1600, 1200, 1, (data,))


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "read", lambda _data: slow(20_000))
    monkeypatch.setattr(decoding, "CPU_SECONDS", 1)
    with pytest.raises(TooMuch, match="limit"):
        make_ready(b"")


def test_a_picture_that_needs_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MEMORY_BYTES", 200 * 1024 * 1024)
    assert make_ready(jpeg())
    with pytest.raises(TooMuch, match="limit"):
        make_ready(encoded(Image.new("RGBA", (4096, 4096)), "WEBP", lossless=True))


@pytest.mark.whole
@pytest.mark.parametrize(
    "fault", ["os.kill(os.getpid(), 9)", "time.sleep(600)", "sys.exit(1)"], ids=str
)
def test_what_is_no_fault_of_the_picture_is_trouble(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    """The kernel kills it in want of memory, the machine gives it no time, or its own program is
    not sound. The photo waits then (test_photo_job.py), and a receipt says to try again."""
    program = tmp_path / "decoder.py"
    program.write_text(f"import os, sys, time\nsys.stdin.buffer.read()\n{fault}\n")
    monkeypatch.setattr(decoding, "DECODER", program)
    monkeypatch.setattr(decoding, "WALL_SECONDS", patience(0.7))
    with pytest.raises(OSError, match="decode"):
        make_ready(jpeg())
    with pytest.raises(TooMany):
        inspect(png())


def test_one_picture_is_proved_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "TURN_SECONDS", 0.01)
    with decoding._turn:
        with pytest.raises(TooMany):
            inspect(png())
        inspect(jpeg())
    inspect(png())


def test_the_decoder_dies_with_whoever_started_it(tmp_path: Path) -> None:
    picture = tmp_path / "slow.jpg"
    picture.write_bytes(slow(60_000).bare())
    command = (
        "import pathlib, sys; from sipokat.delivery import pictures as p; p.CPU_SECONDS = 900\n"
        "from sipokat.delivery.picture_file import PictureFile as F\n"
        "data = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "p._decode(F('JPEG', 1600, 1200, 1, (data,)), 1_920_000, 8000, 320)"
    )
    process = psutil.Popen([sys.executable, "-c", command, str(picture)])
    try:
        for _ in tries(30):
            children = process.children()
            if children and children[0].cpu_times().user > 0.3:  # it decodes
                break
        (child,) = children
    finally:
        process.kill()
        process.wait()
    assert not psutil.wait_procs([child], timeout=patience(10))[1]
