"""Pictures as phones make them, and files that only pretend to be pictures."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
PLACE = {1: "S", 2: (3.0, 17.0, 24.0), 3: "E", 4: (102.0, 51.0, 36.0)}


def scene(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A picture that is not all of one colour, its top left corner red."""
    picture = Image.new("RGB", size, "seagreen")
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.ellipse((width // 3, height // 3, width * 2 // 3, height * 2 // 3), fill="khaki")
    draw.rectangle((0, 0, width // 4, height // 4), fill="red")
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    return encoded(scene(size), "JPEG", **options)


def png(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    return encoded(scene(size), "PNG", **options)


def webp(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    return encoded(scene(size), "WEBP", **options)


MAKERS = {"JPEG": jpeg, "PNG": png, "WEBP": webp}


def telling(orientation: int = 1) -> Image.Exif:
    """The EXIF data of a camera: the phone's name, the place, and how it was held."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKER] = "samsung SM-G532G"
    exif.get_ifd(GPS).update(PLACE)
    return exif


def from_camera(orientation: int = 1, size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG with all that a camera, a gallery and an editing app leave in it."""
    return encoded(
        scene(size),
        "JPEG",
        exif=telling(orientation),
        comment=b"Rumah Pak Rahman",
        icc_profile=b"profile of SM-G532G",
        xmp=b"<x:xmpmeta>GPSLatitude</x:xmpmeta>",
    )


def png_from_camera() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Rumah Pak Rahman")
    words.add_itxt("GPSLatitude", "3,17.4S")
    return encoded(scene(), "PNG", pnginfo=words, exif=telling(6))


def webp_from_camera() -> bytes:
    return encoded(scene(), "WEBP", exif=telling(6), xmp=b"<x:xmpmeta>GPSLatitude</x:xmpmeta>")


def animated(kind: str) -> bytes:
    """Two frames, as WebP, PNG or GIF."""
    first, second = scene(), scene().rotate(180)
    return encoded(first, kind, save_all=True, append_images=[second], duration=100)


def two_in_one() -> bytes:
    """A JPEG with a second one behind it, as phones with two lenses make."""
    return encoded(scene(), "MPO", save_all=True, append_images=[scene((32, 24))])


def cut_behind_its_thumbnail() -> bytes:
    """A JPEG cut in its head, right behind the end marker of the thumbnail in its EXIF."""
    small = jpeg((32, 24))
    whole = encoded(scene((640, 480)), "JPEG", exif=b"Exif\0\0" + b"MM\0*\0\0\0\x08" + small)
    return whole[: whole.index(small) + len(small)]


@cache
def cut_inside() -> dict[str, bytes]:
    """Pictures whose data end early although their file ends as it should, by what is cut: what a
    full memory card or a repair program leaves."""
    small, lines = png((320, 240)), webp((320, 240), lossless=True)
    packed = small[small.index(b"IDAT") + 4 : -16]
    cut: dict[str, bytes] = {}
    for name, whole in (
        ("JPEG", jpeg((320, 240))),
        ("progressive JPEG", jpeg((320, 240), progressive=True)),
        ("JPEG with restarts", jpeg((320, 240), restart_marker_rows=1)),
        ("grey JPEG", encoded(scene((320, 240), "L"), "JPEG")),
    ):
        first = whole.index(b"\xff\xda") + 30
        cut[f"{name}, half"] = whole[: (first + len(whole)) // 2] + b"\xff\xd9"
        if "progressive" not in name:
            continue
        cut[f"{name}, nearly all"] = whole[:first] + b"\xff\xff\xd9"
        cut[f"{name}, with a hole"] = whole[: first + 40] + whole[-400:]
    cut["PNG"] = small[:33] + _chunk(b"IDAT", packed[: len(packed) // 2]) + _chunk(b"IEND", b"")
    for name, whole in (("WebP", webp((320, 240))), ("lossless WebP", lines)):
        half = whole[20 : 20 + len(whole) // 4 * 2]
        chunk = whole[12:16] + struct.pack("<I", len(half)) + half
        cut[name] = b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk
    return cut


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes whose header claims a very large picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 4096, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg_bomb(width: int = 65_000, height: int = 65_000) -> bytes:
    """A small JPEG whose frame header claims a very large picture."""
    data = bytearray(jpeg())
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_bomb() -> bytes:
    """A lossless WebP of 16383 x 16383 pixels, all of one colour, in a few bytes."""
    side = 16_383 - 1
    bits = side | side << 14
    body = b"\x2f" + struct.pack("<I", bits) + b"\x88\x88\x08" + b"\0" * 64
    chunk = b"VP8L" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def scanned_again(size: tuple[int, int], count: int) -> bytes:
    """A progressive JPEG whose last scan, which refines all blocks, stands there so many times
    more."""
    data = encoded(Image.new("RGB", size, "seagreen"), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def png_with(name: bytes, data: bytes, count: int) -> bytes:
    """A PNG with so many more chunks of this kind."""
    whole = png()
    return whole[:33] + _chunk(name, data) * count + whole[33:]


def webp_with(name: bytes, data: bytes, count: int = 1) -> bytes:
    """A WebP with so many more chunks of this kind."""
    chunks = webp()[12:]
    chunks += (name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)) * count
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def jpeg_with(*segments: bytes) -> bytes:
    """A JPEG with these segments, marker and length included, in front of all others."""
    data = jpeg()
    return data[:2] + b"".join(segments) + data[2:]


def _app1(body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# An EXIF directory that says to turn the picture, and whose resolution is of no known type.
ODD_TAG = bytes.fromhex(
    "ffe1003645786966000049492a00080000000200120103000100000006000000"
    "1a010a000100000026000000"
    "00000000"
    "ffffffff00000000"
)
# Sound pictures whose metadata is odd, by what is odd about it; the size that they are shown in.
ODD: dict[str, tuple[bytes, tuple[int, int]]] = {
    "a tag of an unknown type": (jpeg_with(ODD_TAG), (48, 64)),
    "exif of garbage": (jpeg_with(_app1(b"Exif\0\0" + bytes(range(200, 256)) * 3)), (64, 48)),
    "exif of nothing": (jpeg_with(_app1(b"Exif\0\0")), (64, 48)),
    "exif in pieces": (jpeg_with(_app1(b"Exif\0"), _app1(b"Exif\0\0MM"), ODD_TAG), (64, 48)),
    "no tables of colours": (jpeg_with(b"\xff\xe2\0\x10ICC_PROFILE\0\x09"), (64, 48)),
    "more lenses than it has": (jpeg_with(b"\xff\xe2\0\x0aMPF\0II*\0"), (64, 48)),
    "photoshop's, cut": (jpeg_with(b"\xff\xed\0\x16Photoshop 3.0\x008BIM\4"), (64, 48)),
    "adobe's, cut": (jpeg_with(b"\xff\xee\0\x07Adobe"), (64, 48)),
    "jfif, cut": (jpeg_with(b"\xff\xe0\0\x07JFIF\0"), (64, 48)),
    "an orientation of 0": (jpeg_with(_app1(b"Exif\0\0" + telling(0).tobytes()[6:])), (64, 48)),
    "png with exif of garbage": (png_with(b"eXIf", b"MM\0*\xff\xff\xff\xff", 1), (64, 48)),
    "png with a broken profile": (png_with(b"iCCP", b"icc\0\0not packed", 1), (64, 48)),
    "png with broken words": (png_with(b"zTXt", b"x\0\0not packed", 1), (64, 48)),
    "png with a resolution of three bytes": (png_with(b"pHYs", b"abc", 1), (64, 48)),
    "webp with exif of garbage": (webp_with(b"EXIF", b"II*\0\xff\xff\xff\xff"), (64, 48)),
    "webp with xmp of garbage": (webp_with(b"XMP ", b"<x:xmpmeta"), (64, 48)),
}


@cache
def sound() -> dict[str, bytes]:
    """Pictures as phones and apps make them, by what is special about them."""
    return {
        "camera": from_camera(6),
        "png with words": png_from_camera(),
        "webp with words": webp_from_camera(),
        "progressive": jpeg(progressive=True),
        "grey": encoded(scene(mode="L"), "JPEG"),
        "cmyk": encoded(scene(mode="CMYK"), "JPEG"),
        "see-through": encoded(scene(mode="RGBA"), "PNG"),
        "palette": encoded(scene(mode="P"), "PNG"),
        "black and white": encoded(scene(mode="1"), "PNG"),
        "16 bits of grey": encoded(Image.new("I;16", (40, 30), 0x8000), "PNG"),
        "lossless": webp(lossless=True),
        "see-through webp": encoded(scene(mode="RGBA"), "WEBP"),
        "two lenses": two_in_one(),
        "padded": jpeg() + b"\0" * 5000,
        "with a film behind it": jpeg() + b"\0\0\0\x18ftypmp42" + b"\x01" * 5000,
        "colours as they are": jpeg(subsampling=0),
        "restarts": jpeg((320, 240), restart_marker_rows=1),
        "one pixel": jpeg((1, 1)),
        "large": jpeg((2400, 3200)),
    }


@cache
def pretenders() -> dict[str, bytes]:
    """Files that are no photos, by what they are."""
    page = b"<!doctype html><script>alert(1)</script>"
    return {
        "empty": b"",
        "text": b"bukan foto",
        "html": page,
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "gif": encoded(scene(mode="P"), "GIF"),
        "bmp": encoded(scene(), "BMP"),
        "tiff": encoded(scene(), "TIFF"),
        "ico": encoded(scene(), "ICO"),
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF",
        "zip": b"PK\x05\x06" + b"\0" * 18,
        "html with the head of a jpeg": b"\xff\xd8\xff\xe0" + page + b"\xff\xd9",
        "html with the head of a png": b"\x89PNG\r\n\x1a\n" + page + b"IEND\xaeB`\x82",
        "html with the head of a webp": b"RIFF\x20\0\0\0WEBP" + page,
        "the head of a jpeg": b"\xff\xd8\xff",
    }
