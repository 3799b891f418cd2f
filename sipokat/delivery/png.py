"""Reads a PNG file up to its pixels. (PNG, third edition: 5 and 11.)"""

from __future__ import annotations

import struct
import zlib

from sipokat.delivery.picture_file import (
    METADATA_MAX,
    PARTS_MAX,
    WHOLE_PIXELS_MAX,
    CutShort,
    Moving,
    NotAPicture,
    PictureFile,
    TooMuch,
    limit_pixels,
    orientation_of,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# By the type of its colours: how many bits a sample may have.
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PALETTE = 3


def read(data: bytes) -> PictureFile:
    """The picture in a PNG file; what stands behind its end is left out. Raises NotAPicture."""
    view, parts = memoryview(data), [memoryview(SIGNATURE)]
    width = height = colours = -1
    orientation, metadata, place, kept = 1, 0, len(SIGNATURE), set()
    for number in range(PARTS_MAX):
        if place + 12 > len(data):
            raise CutShort("no end")
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        end = place + 12 + length
        if end > len(data):
            raise CutShort("a chunk that is longer than the file")
        body = view[place + 8 : end - 4]
        if (number == 0) != (name == b"IHDR"):
            raise NotAPicture("the head is not where it must be")
        if name in (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"):
            sound = zlib.crc32(view[place + 4 : end - 4]) == int.from_bytes(view[end - 4 : end])
            if not sound and name != b"tRNS":
                raise NotAPicture("a chunk whose check sum is wrong")
            if name == b"IHDR":
                width, height, colours = _head(body)
            if name == b"PLTE" and (length % 3 or not 0 < length <= 768):
                raise NotAPicture("a palette that is none")
            if name != b"tRNS" or (sound and _is_clearing(colours, length)):
                parts.append(view[place:end])
                kept.add(name)
        elif name in (b"acTL", b"fcTL", b"fdAT"):
            raise Moving("a moving PNG")
        else:
            metadata += length
            if metadata > METADATA_MAX:
                raise TooMuch("too many bytes of metadata")
            if name == b"eXIf":
                orientation = orientation_of(body)
        if name == b"IEND":
            if b"IDAT" not in kept or (colours == _PALETTE and b"PLTE" not in kept):
                raise NotAPicture("no pixels, or no palette for them")
            return PictureFile("PNG", width, height, orientation, tuple(parts))
        place = end
    raise TooMuch("too many chunks")


def _head(body: memoryview) -> tuple[int, int, int]:
    """Width, height and type of colours."""
    if len(body) != 13:
        raise NotAPicture("a head that is none")
    width, height, depth, colours, packing, filtering, interlaced = struct.unpack(">IIBBBBB", body)
    if depth not in _DEPTHS.get(colours, ()) or packing or filtering or interlaced > 1:
        raise NotAPicture("a head that cannot be")
    limit_pixels(width, height, WHOLE_PIXELS_MAX)
    return width, height, colours


def _is_clearing(colours: int, length: int) -> bool:
    """Whether a tRNS chunk of this length can say which colours are clear."""
    return {0: length == 2, 2: length == 6, _PALETTE: 0 < length <= 256}.get(colours, False)
