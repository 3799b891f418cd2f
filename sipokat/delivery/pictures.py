"""Checks a received picture before the receipt, and makes it ready to be shown after it.

No picture is decoded in this process: `decoder.py` does it in one of its own, with limits on time
and memory, and is given a file from which all metadata was left out.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import structlog

from sipokat.delivery import jpeg, png, webp
from sipokat.delivery.decoder import HEAD, OUT_OF_MEMORY, UNREADABLE
from sipokat.delivery.picture_file import CutShort, Moving, NotAPicture, PictureFile, TooMuch
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import TooLarge, TooMany, WrongType

THUMBNAIL = 320
# What the decoder gets. The largest picture that is taken needs a tenth of the time and half of
# the memory on the machine that docs/decisions.md measures.
CPU_SECONDS = 20
MEMORY_BYTES = 640 * 1024 * 1024
# A machine so busy that the decoder does not get its CPU seconds in this time is in trouble. It is
# less than the time after which another worker takes a photo over.
WALL_SECONDS = 90
TURN_SECONDS = 10

# The signals that a decoder gets for its picture's sake: its time was over, or it fell over the
# bytes. Whoever else kills it (the kernel in want of memory, a shutdown) blames no picture.
_FAULTS = tuple(
    -getattr(signal, f"SIG{name}") for name in ("XCPU", "SEGV", "BUS", "ABRT", "FPE", "ILL")
)
DECODER = Path(__file__).with_name("decoder.py")
log = structlog.get_logger()
_turn = threading.Lock()


def inspect(data: bytes) -> None:
    """Refuse what cannot be made ready, so that what has a receipt can.

    A JPEG, which is what our script sends, is read by its segments alone: they tell whether it can
    be decoded and how much that costs. PNG and WebP come from phones without script, and their
    pixels may be damaged where no segment tells, so they are decoded once, one at a time. Raises
    WrongType (415) for another type, an animation or a file cut short, TooLarge (413) for what
    would take too much to decode, TooMany (429) while others are being decoded.
    """
    try:
        picture = read(data)
        if picture.kind != "JPEG":
            _prove(picture)
    except TooMuch:
        said = "Ukuran foto terlalu besar. Ambil foto dengan ukuran yang lebih kecil."
        raise TooLarge(said) from None
    except CutShort:
        raise WrongType("Foto terpotong. Ambil atau pilih foto sekali lagi.") from None
    except Moving:
        raise WrongType("Gambar bergerak tidak diterima. Pilih foto biasa.") from None
    except NotAPicture:
        raise WrongType("Berkas ini bukan foto. Pilih foto dari kamera atau galeri.") from None


def read(data: bytes) -> PictureFile:
    """The picture in a file, without its metadata. Raises NotAPicture."""
    if data.startswith(b"\xff\xd8\xff"):
        return jpeg.read(data)
    if data.startswith(png.SIGNATURE):
        return png.read(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return webp.read(data)
    raise NotAPicture("of no known kind")


def make_ready(data: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """Decode a picture. Returns the one to show, its thumbnail, and the size of the first in pixels
    (width, height).

    Both are new JPEGs without metadata, turned upright; the first has so many pixels at most as the
    limits say, the second's longer side at most 320. Raises NotAPicture for what cannot be decoded
    or exceeds the limits, OSError when the machine cannot decode now.
    """
    made = _decode(read(data), LIMITS.photo_pixels, LIMITS.photo_side, THUMBNAIL)
    width, height, first, second = HEAD.unpack_from(made)
    photo = made[HEAD.size : HEAD.size + first]
    thumbnail = made[HEAD.size + first :]
    if len(thumbnail) != second:
        raise OSError("the decoder's answer was cut short")
    return photo, thumbnail, (width, height)


def _prove(picture: PictureFile) -> None:
    """Decode the picture and throw the pixels away. Raises CutShort for one that its decoder cannot
    read to its end, TooMuch, and TooMany when that must wait for too many others or the machine
    cannot do it now."""
    try:
        if not _turn.acquire(timeout=TURN_SECONDS):
            raise TimeoutError("other pictures are being looked at")
        try:
            _decode(picture, 0, 0, 0)
        finally:
            _turn.release()
    except TooMuch:
        raise
    except NotAPicture as damaged:  # its head is sound, so it is a picture
        raise CutShort(str(damaged)) from None
    except OSError as trouble:
        log.warning("photo_not_inspected", why=repr(trouble))
        said = "SIPOKAT sedang memeriksa foto lain. Coba beberapa menit lagi."
        raise TooMany(said, TURN_SECONDS) from None


def _decode(picture: PictureFile, pixels: int, longest: int, thumbnail: int) -> bytes:
    numbers = (picture.orientation, pixels, longest, thumbnail, CPU_SECONDS, MEMORY_BYTES)
    try:
        done = subprocess.run(  # noqa: S603, this very Python and our own file
            [sys.executable, "-I", str(DECODER), picture.kind, *map(str, numbers)],
            input=picture.bare(),
            capture_output=True,
            timeout=WALL_SECONDS,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"not decoded in {WALL_SECONDS} s") from None
    why = done.stderr.decode(errors="replace").strip()[-200:]
    if done.returncode == UNREADABLE:
        raise NotAPicture(f"not a whole picture: {why}")
    if done.returncode in (OUT_OF_MEMORY, *_FAULTS):
        raise TooMuch(f"the picture exceeds a limit ({done.returncode})")
    if done.returncode != 0:
        raise OSError(f"the decoder ended with {done.returncode}: {why}")
    return done.stdout
