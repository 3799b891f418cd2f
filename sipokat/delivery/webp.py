"""Reads a WebP file up to its pixels. (RFC 9649: 2 for the chunks, 3.4 for lossless pixels; RFC
6386, 9.1, for the others.)"""

from __future__ import annotations

import struct

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

_MOVING, _SEE_THROUGH = 0x02, 0x10


def read(data: bytes) -> PictureFile:
    """The picture in a WebP file; what stands behind its end is left out. Raises NotAPicture."""
    view = memoryview(data)
    whole = int.from_bytes(data[4:8], "little") + 8
    if whole > len(data):
        raise CutShort("shorter than it says")
    pixels = clearness = b""
    orientation, metadata, place = 1, 0, 12
    for _ in range(PARTS_MAX):
        if place + 8 > whole:
            break
        name, length = (
            data[place : place + 4],
            int.from_bytes(view[place + 4 : place + 8], "little"),
        )
        end = place + 8 + length
        if end > whole:
            raise CutShort("a chunk that is longer than the file")
        body = data[place + 8 : end]
        if name in (b"ANIM", b"ANMF") or (name == b"VP8X" and body[:1] and body[0] & _MOVING):
            raise Moving("an animation")
        if name in (b"VP8 ", b"VP8L") and not pixels:
            pixels, size = _chunk(name, body), _size(name, body)
        elif name == b"ALPH" and not pixels:
            clearness = _chunk(name, body)
        else:
            metadata += length
            if name == b"EXIF":
                orientation = orientation_of(body)
        if metadata > METADATA_MAX:
            raise TooMuch("too many bytes of metadata")
        place = end + length % 2
    else:
        raise TooMuch("too many chunks")
    if not pixels:
        raise NotAPicture("no pixels")
    width, height = size
    limit_pixels(width, height, WHOLE_PIXELS_MAX)
    chunks = pixels
    if clearness and pixels.startswith(b"VP8 "):
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunks = _chunk(b"VP8X", bytes([_SEE_THROUGH, 0, 0, 0]) + sides) + clearness + pixels
    head = b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP"
    return PictureFile("WEBP", width, height, orientation, (head, chunks))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _size(name: bytes, body: bytes) -> tuple[int, int]:
    """Width and height, which the pixels themselves say."""
    if name == b"VP8L":
        if len(body) < 5 or body[0] != 0x2F:
            raise NotAPicture("lossless pixels that are none")
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(body) < 10 or body[0] & 1 or body[3:6] != b"\x9d\x01\x2a":
        raise NotAPicture("pixels that are none")
    width, height = struct.unpack("<HH", body[6:10])
    return width & 0x3FFF, height & 0x3FFF
