"""What can be told of a picture from its file without decoding it: the same for JPEG, PNG and WebP.

`jpeg.py`, `png.py` and `webp.py` read their kind of file in one pass, by lengths and markers alone.
They are strict: what they take, the decoder makes a picture of.
"""

from __future__ import annotations

from dataclasses import dataclass

# What can be decoded a part at a time, and what must be held in memory as a whole.
PIXELS_MAX = 40_000_000
WHOLE_PIXELS_MAX = 16_777_216
# Segments or chunks of a file, and the bytes in it that are not the picture. Phones write a few
# dozen segments; some put a second picture or a depth map of a megabyte or two among them.
PARTS_MAX = 4096
METADATA_MAX = 4 * 1024 * 1024

_ENTRIES_MAX = 200
_ORIENTATION = 0x0112


class NotAPicture(ValueError):
    """The file is none of the three kinds, or its decoder could not read it."""


class CutShort(NotAPicture):
    """The end of the file is missing."""


class Moving(NotAPicture):
    """The file has more than one frame."""


class TooMuch(NotAPicture):
    """Decoding the file would take more memory or time than it gets."""


@dataclass(frozen=True)
class PictureFile:
    """A picture's kind (JPEG, PNG, WEBP), its size in pixels as stored, how it is to be turned
    (EXIF orientation, 1 to 8), and its file in parts, without any metadata."""

    kind: str
    width: int
    height: int
    orientation: int
    parts: tuple[bytes | memoryview, ...]

    def bare(self) -> bytes:
        """The file without metadata: all that a decoder is given."""
        return b"".join(self.parts)


def limit_pixels(width: int, height: int, most: int) -> None:
    """Raises NotAPicture for a side of no pixels, TooMuch for more than `most` pixels."""
    if not width or not height:
        raise NotAPicture("a picture without pixels")
    if width * height > most:
        raise TooMuch(f"{width} x {height} pixels")


def orientation_of(exif: bytes | memoryview) -> int:
    """How EXIF data, with or without the mark `Exif`, says that the picture is to be turned: 1 to
    8, 1 when that cannot be read. (EXIF 2.3, 4.6.4; TIFF 6.0, section 2.) Nothing else is read."""
    tiff = bytes(exif).removeprefix(b"Exif\0\0")
    order = ">" if tiff[:2] == b"MM" else "<"

    def whole(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "big" if order == ">" else "little")

    if tiff[:2] not in (b"II", b"MM") or whole(2, 2) != 42:
        return 1
    first = whole(4, 4)
    for entry in range(min(whole(first, 2), _ENTRIES_MAX)):
        at = first + 2 + 12 * entry
        if whole(at, 2) == _ORIENTATION:
            value = whole(at + 8, 4 if whole(at + 2, 2) == 4 else 2)
            return value if 1 <= value <= 8 else 1
    return 1
