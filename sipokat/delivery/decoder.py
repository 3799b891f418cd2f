"""The program in which pictures are decoded, a process for each picture. `pictures.py` runs it.

    python -I decoder.py <kind> <orientation> <pixels> <longest> <thumbnail> <CPU seconds> <memory>

It reads a picture's file without metadata from its input and writes the size, the picture and the
thumbnail to its output: a picture of so many pixels at most, no side longer than `longest`. When
those are 0 it only decodes. It ends with UNREADABLE for what cannot be decoded, with OUT_OF_MEMORY
or a signal when it exceeds its limits. It imports Pillow alone, so that it starts fast and holds
neither the database nor a secret.
"""

from __future__ import annotations

import ctypes
import io
import math
import resource
import signal
import struct
import sys
import warnings

from PIL import Image

UNREADABLE, OUT_OF_MEMORY = 3, 4
HEAD = struct.Struct(">IIII")
_PR_SET_PDEATHSIG = 1
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def limit(seconds: int, memory: int) -> None:
    """Limit this process, and let it die with the one that started it."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def bounded(size: tuple[int, int], pixels: int, longest: int) -> tuple[int, int]:
    """The size, made smaller until it has so many pixels at most and no side longer than that."""
    width, height = size
    scale = min(1, longest / max(size), math.sqrt(pixels / (width * height)))
    return max(1, int(width * scale)), max(1, int(height * scale))


def decode(data: bytes, kind: str, pixels: int, longest: int) -> Image.Image:
    """The picture, not yet turned, not smaller than `bounded` would make it. Raises what Pillow
    raises."""
    with Image.open(io.BytesIO(data), formats=[kind]) as opened:
        if longest:
            opened.draft("RGB", bounded(opened.size, pixels, longest))
        opened.load()
        return opened


def on_paper(picture: Image.Image, pixels: int, longest: int) -> Image.Image:
    """The picture in RGB, no larger than `bounded` says, on white where it is transparent."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    # What is made smaller first needs the memory of one large picture, not of three.
    picture = picture.convert("RGBA" if clear else "RGB")
    size = bounded(picture.size, pixels, longest)
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if not clear:
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """A JPEG of the pixels alone: saving `picture` itself would keep what it has in `info`."""
    out = io.BytesIO()
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def main() -> int:
    kind, *numbers = sys.argv[1:]
    orientation, pixels, longest, thumbnail, seconds, memory = map(int, numbers)
    limit(seconds, memory)
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # whoever starts this program has looked at the size
    try:
        data = sys.stdin.buffer.read()
        picture = decode(data, kind, pixels, longest)
        if not longest:
            return 0
        picture = on_paper(picture, pixels, longest)
        if orientation in _TURNS:
            picture = picture.transpose(_TURNS[orientation])
        small = picture.copy()
        small.thumbnail((thumbnail, thumbnail), Image.Resampling.LANCZOS)
        made = (jpeg(picture, 82), jpeg(small, 75))
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception as error:  # damaged bytes make Pillow raise many kinds of exceptions
        print(repr(error)[:200], file=sys.stderr)
        return UNREADABLE
    sys.stdout.buffer.write(HEAD.pack(*picture.size, *map(len, made)) + b"".join(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
