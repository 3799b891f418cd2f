"""Pictures: a cheap look before the receipt, and the full decoding after it."""

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
    """Refuse what is no whole JPEG, PNG or WebP picture, without decoding it.

    Looks at the real type, the dimensions and the end of the file. Raises WrongType (415) for
    another type or a file cut short, TooLarge (413) for more than 40 million pixels.
    """
    try:
        with _unwarned(), _open(data) as picture:
            width, height, kind = picture.width, picture.height, picture.format or ""
            frames = getattr(picture, "n_frames", 1)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error):
        raise WrongType("Berkas ini bukan foto. Pilih foto JPEG, PNG atau WebP.") from None
    if width * height > PIXELS_MAX:
        raise _too_many_pixels()
    if frames != 1 and kind != "MPO":  # a phone with two lenses puts a second JPEG behind
        raise WrongType("Gambar bergerak tidak diterima. Pilih foto biasa.")
    if not COMPLETE[kind](data):
        raise WrongType("Foto terpotong. Ambil atau pilih foto sekali lagi.")


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=FORMATS)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Pillow warns of large pictures and of odd metadata; the first is judged here, the second
    is thrown away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _too_many_pixels() -> TooLarge:
    return TooLarge("Ukuran foto terlalu besar. Ambil foto dengan ukuran yang lebih kecil.")


def _jpeg_ends(data: bytes) -> bool:
    """Whether there is an end marker behind the first scan. A thumbnail in the head has one too,
    and some phones put padding or a film behind the picture. (ITU T.81, annex B.)"""
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
    """Whether its chunks lead to a whole IEND. (PNG, 5.3.)"""
    place = 8
    while place + 12 <= len(data):
        if data[place + 4 : place + 8] == b"IEND":
            return True
        place += 12 + int.from_bytes(data[place : place + 4], "big")
    return False


def _webp_ends(data: bytes) -> bool:
    """Whether all is there that its head promises. (RFC 9649, 2.3.)"""
    return len(data) >= 12 and len(data) >= struct.unpack("<I", data[4:8])[0] + 8


COMPLETE = {"JPEG": _jpeg_ends, "MPO": _jpeg_ends, "PNG": _png_ends, "WEBP": _webp_ends}


def make_ready(data: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """The picture to serve, its thumbnail and its size in pixels (width, height).

    Both are new JPEGs: upright, at most 1600 and 320 pixels long, without any metadata. Raises
    ValueError for what cannot be decoded.
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
    except Exception as error:  # damaged bytes make Pillow raise all sorts; nothing else is asked
        raise ValueError(f"not a whole picture: {error!r}") from None
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return _jpeg(picture, 82), _jpeg(small, 75), picture.size


def _on_paper(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
