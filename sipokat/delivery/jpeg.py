"""Reads a JPEG file up to its pixels. (ITU T.81, annex B; what libjpeg gives up on is refused.)"""

from __future__ import annotations

import re
import struct

from sipokat.delivery.picture_file import (
    METADATA_MAX,
    PARTS_MAX,
    PIXELS_MAX,
    CutShort,
    NotAPicture,
    PictureFile,
    TooMuch,
    limit_pixels,
    orientation_of,
)

# A progressive file is held in memory as coefficients, and each of its scans goes over its blocks
# of 8 x 8 once more. A phone's has some ten scans, an optimizer's perhaps thirty.
SCANS_MAX = 100
BLOCKS_MAX = 20_000_000
COEFFICIENT_BYTES_MAX = 256 * 1024 * 1024

# A marker that begins a segment or ends the file: neither a stuffed byte nor a restart.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_EOI, _SOS, _DHT, _DQT, _DRI, _COM = 0xD9, 0xDA, 0xC4, 0xDB, 0xDD, 0xFE
_FRAMES = (0xC0, 0xC1, 0xC2)
_DROPPED = (0xDC, *range(0xE0, 0xF0), _COM)  # number of lines, applications' data, comments
_PLAIN_JFIF = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
# libjpeg has the usual Huffman tables ready for a baseline file that brings none.
_USUAL_TABLES = (0x00, 0x01, 0x10, 0x11)


def read(data: bytes) -> PictureFile:
    """The picture in a JPEG file; what stands behind its end is left out. Raises NotAPicture."""
    reader, view = _Reader(), memoryview(data)
    place = 2
    for _ in range(PARTS_MAX):
        found = _MARKER.search(data, place)
        if found is None:
            raise CutShort("no end marker")
        marker, start = data[found.end() - 1], found.end()
        if marker == _EOI:
            return reader.picture()
        end = start + int.from_bytes(data[start : start + 2], "big")
        if end < start + 2:
            raise NotAPicture(f"the segment {marker:x} has no length")
        if end > len(data):
            raise CutShort(f"the segment {marker:x} is longer than the file")
        body = data[start + 2 : end]
        if marker == _SOS:
            reader.scan(body)
            following = _MARKER.search(data, end)
            end = following.start() if following else len(data)
        if reader.keeps(marker, body):
            reader.parts.append(view[found.start() : end])
        place = end
    raise TooMuch("too many segments")


class _Reader:
    """What the segments read so far have said."""

    def __init__(self) -> None:
        self.parts: list[bytes | memoryview] = [b"\xff\xd8"]
        self.width = self.height = 0
        self.progressive = False
        # By the id of a component: how many samples it has in a unit, across and down, and the
        # number of its quantization table.
        self.components: dict[int, tuple[int, int, int]] = {}
        self.tables: set[int] = set()
        self.quantizers: set[int] = set()
        self.shown: set[int] = set()
        self.orientation: int | None = None
        self.jfif = self.whole = False
        self.metadata = self.scans = self.blocks = 0

    def keeps(self, marker: int, body: bytes) -> bool:
        """Read a segment. Whether a decoder needs it."""
        if marker in _FRAMES:
            self._frame(marker, body)
        elif marker == _DHT:
            self._huffman_tables(body)
        elif marker == _DQT:
            self._quantizers(body)
        elif marker in _DROPPED:
            return self._metadata(marker, body)
        elif marker not in (_SOS, _DRI) or (marker == _DRI and len(body) != 2):
            raise NotAPicture(f"the segment {marker:x} is unknown")
        return True

    def _metadata(self, marker: int, body: bytes) -> bool:
        """Whether this is Adobe's segment, which says how colours are stored. JFIF says so too, by
        being there."""
        self.metadata += len(body)
        if self.metadata > METADATA_MAX:
            raise TooMuch("too many bytes of metadata")
        if marker == 0xE0 and body.startswith(b"JFIF\0") and not self.jfif:
            self.jfif = True
            self.parts.append(_PLAIN_JFIF)
        if marker == 0xE1 and self.orientation is None and body.startswith(b"Exif\0"):
            self.orientation = orientation_of(body[6:])
        return marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12

    def _frame(self, marker: int, body: bytes) -> None:
        if self.components or len(body) < 6:
            raise NotAPicture("a second frame, or none")
        precision, self.height, self.width, count = struct.unpack(">BHHB", body[:6])
        if precision != 8 or count not in (1, 3, 4) or len(body) != 6 + 3 * count:
            raise NotAPicture("not 8 bits a colour")
        limit_pixels(self.width, self.height, PIXELS_MAX)
        self.progressive = marker == 0xC2
        for at in range(6, len(body), 3):
            name, sampling, quantizer = body[at : at + 3]
            self.components[name] = (sampling >> 4, sampling & 15, quantizer)
        across, down = self._most()
        for wide, high, _ in self.components.values():
            if not (1 <= wide <= 4 and 1 <= high <= 4) or across % wide or down % high:
                raise NotAPicture("samples of colours that do not fit each other")
        if len(self.components) != count or max(self.width, self.height) > 65_500:
            raise NotAPicture("a frame that cannot be")
        if count == 1:  # the samples of a single colour have no units
            ((name, (_, _, quantizer)),) = self.components.items()
            self.components[name] = (1, 1, quantizer)

    def _most(self) -> tuple[int, int]:
        rows = self.components.values()
        return max(one[0] for one in rows), max(one[1] for one in rows)

    def _size(self, name: int) -> int:
        """The blocks of 8 x 8 samples of a component."""
        across, down = self._most()
        wide, high, _ = self.components[name]
        return -(-self.width * wide // (8 * across)) * -(-self.height * high // (8 * down))

    def _huffman_tables(self, body: bytes) -> None:
        while body:
            index, counts = body[0], body[1:17]
            symbols = body[17 : 17 + sum(counts)]
            if index & 0xEF > 3 or len(counts) < 16 or not len(symbols) == sum(counts) <= 256:
                raise NotAPicture("a Huffman table that is none")
            code = 0
            for length, count in enumerate(counts, 1):
                code += count
                if count and code >= 1 << length:
                    raise NotAPicture("a Huffman table with too many codes")
                code <<= 1
            if index < 0x10 and max(symbols, default=0) > 15:
                raise NotAPicture("a Huffman table with an unknown symbol")
            self.tables.add(index)
            body = body[17 + len(symbols) :]

    def _quantizers(self, body: bytes) -> None:
        while body:
            wide, index = body[0] >> 4, body[0] & 15
            size = 1 + 64 * (wide + 1)
            if wide > 1 or index > 3 or len(body) < size:
                raise NotAPicture("a quantization table that is none")
            self.quantizers.add(index)
            body = body[size:]

    def scan(self, body: bytes) -> None:
        """Read the head of a scan. Raises NotAPicture when its tables or components are missing,
        TooMuch when decoding it takes too long."""
        if self.whole:
            raise NotAPicture("a scan after all colours were there")
        names, tables = body[1:-3:2], body[2:-3:2]
        if len(body) < 6 or len(body) != 4 + 2 * body[0] or len(set(names)) != body[0]:
            raise NotAPicture("a scan that is none")
        if not set(names) <= self.components.keys():
            raise NotAPicture("a scan of colours that the frame lacks")
        if not {self.components[name][2] for name in names} <= self.quantizers:
            raise NotAPicture("a scan without its quantization table")
        units = [self.components[name] for name in names]
        if len(names) > 1 and sum(wide * high for wide, high, _ in units) > 10:
            raise NotAPicture("a scan with too many blocks in a unit")
        if not self._tables_of(tables, body[-3], body[-2], body[-1]) <= self.tables:
            raise NotAPicture("a scan without its Huffman table")
        self.whole = not self.progressive and len(names) == len(self.components)
        if not self.whole and sum(map(self._size, self.components)) * 128 > COEFFICIENT_BYTES_MAX:
            raise TooMuch("too many coefficients for the memory")
        self.scans += 1
        self.blocks += sum(map(self._size, names))
        if self.scans > SCANS_MAX or self.blocks > BLOCKS_MAX:
            raise TooMuch(f"{self.scans} scans over {self.blocks} blocks")
        self.shown.update(names)

    def _tables_of(self, tables: bytes, first: int, last: int, bits: int) -> set[int]:
        """The Huffman tables that a scan needs. (ITU T.81, G.1.1.1 for a progressive one.)"""
        if not self.progressive:
            self.tables.update(_USUAL_TABLES)
            return {one >> 4 for one in tables} | {0x10 | one & 15 for one in tables}
        before, now = bits >> 4, bits & 15
        band = last == 0 if first == 0 else (len(tables) == 1 and first <= last <= 63)
        if not band or now > 13 or (before and before - 1 != now):
            raise NotAPicture("a progressive scan that is none")
        if first:
            return {0x10 | tables[0] & 15}
        return set() if before else {one >> 4 for one in tables}

    def picture(self) -> PictureFile:
        """The picture, when the end of its file is reached."""
        if not self.components or self.shown != self.components.keys():
            raise NotAPicture("a colour without a scan")
        parts = (*self.parts, b"\xff\xd9")
        return PictureFile("JPEG", self.width, self.height, self.orientation or 1, parts)
