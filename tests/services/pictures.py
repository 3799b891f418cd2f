"""Pictures as phones make them, and files that only pretend to be pictures."""

from __future__ import annotations

import io
import struct
import zlib
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
