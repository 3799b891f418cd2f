"""Checks a received picture before the receipt, and makes it ready to be shown after it."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps, UnidentifiedImageError

from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import TooLarge, WrongType

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MAX = 40_000_000
LONGEST = LIMITS.photo_side
THUMBNAIL = 320

Image.MAX_IMAGE_PIXELS = PIXELS_MAX


def inspect(data: bytes) -> None:
    """Refuse what is not a whole JPEG, PNG or WebP picture.

    This is cheap, since it does not decode the picture: it looks at the type in the bytes, the
    dimensions and the end of the file. Raises WrongType (415) for another type, an animation or a
    file cut short, TooLarge (413) for more than 40 million pixels.
    """
    try:
        with _unwarned(), _open(data) as picture:
            width, height, kind = picture.width, picture.height, picture.format or ""
            frames = getattr(picture, "n_frames", 1)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error):
        raise WrongType("Berkas ini bukan foto. Pilih foto dari kamera atau galeri.") from None
    if width * height > PIXELS_MAX:
        raise _too_many_pixels()
    # An MPO is a JPEG with a second one behind it, from a phone with two lenses.
    if frames != 1 and kind != "MPO":
        raise WrongType("Gambar bergerak tidak diterima. Pilih foto biasa.")
    if not COMPLETE[kind](data):
        raise WrongType("Foto terpotong. Ambil atau pilih foto sekali lagi.")


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=FORMATS)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Ignore Pillow's warnings: we check the size ourselves, and odd metadata is thrown away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _too_many_pixels() -> TooLarge:
    return TooLarge("Ukuran foto terlalu besar. Ambil foto dengan ukuran yang lebih kecil.")


def _jpeg_ends(data: bytes) -> bool:
    """Whether an end marker follows the first scan. (ITU T.81, annex B.)

    Searching for a marker alone would find that of a thumbnail in the head, and the last bytes need
    not be one, since some phones put padding or a film behind the picture.
    """
    place = 2
    while (place := data.find(b"\xff", place)) >= 0 and place + 4 <= len(data):
        marker = data[place + 1]
        if marker == 0xDA:
            return data.find(b"\xff\xd9", place) >= 0
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            place += 1 if marker == 0xFF else 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return False


def _png_ends(data: bytes) -> bool:
    """Whether the chunks go on until a whole IEND chunk. (PNG, 5.3.)"""
    place = 8
    while place + 12 <= len(data):
        if data[place + 4 : place + 8] == b"IEND":
            return True
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    return False


def _webp_ends(data: bytes) -> bool:
    """Whether the file is as long as its header says. (RFC 9649, 2.3.)"""
    return len(data) >= 12 and len(data) >= struct.unpack("<I", data[4:8])[0] + 8


COMPLETE = {"JPEG": _jpeg_ends, "MPO": _jpeg_ends, "PNG": _png_ends, "WEBP": _webp_ends}


def make_ready(data: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """Decode a picture. Returns the one to show, its thumbnail, and the size of the first in pixels
    (width, height).

    Both are new JPEGs without metadata, turned upright; their longer sides are at most 1600 and 320
    pixels. Raises ValueError for what cannot be decoded.
    """
    try:
        with _unwarned(), _open(data) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise ValueError("more than 40 million pixels")
            opened.draft("RGB", (LONGEST, LONGEST))
            opened.load()
            picture = _on_paper(ImageOps.exif_transpose(opened))
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes make Pillow raise many kinds of exceptions
        raise ValueError(f"not a whole picture: {error!r}") from None
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return _jpeg(picture, 82), _jpeg(small, 75), picture.size


def _on_paper(picture: Image.Image) -> Image.Image:
    """The picture in RGB, on white where it is transparent."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """A JPEG of the pixels alone, since saving `picture` itself would keep its metadata."""
    out = io.BytesIO()
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
