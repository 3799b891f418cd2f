"""Draws the photos of the demo city. None shows a real place or person."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw

from sipokat.delivery.pictures import THUMBNAIL
from sipokat.demo.scenery import SIZE
from sipokat.demo.scenes import SCENES
from sipokat.demo.sources import quick_dice


def draw(scene: str, seed: int) -> tuple[bytes, bytes]:
    """A JPEG of 960 by 720 pixels and its thumbnail, always the same for one scene and seed.

    Raises KeyError for an unknown scene.
    """
    chance = quick_dice(f"{scene} {seed}")
    picture, pen = _canvas()
    SCENES[scene](pen, chance)
    return _jpeg(picture, 38), _jpeg(picture.reduce(SIZE[0] // THUMBNAIL), 60)


@cache
def _canvas() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """One for all pictures: to get the memory for it takes as long as to draw on it. Each scene
    covers all of it."""
    picture = Image.new("RGB", SIZE)
    return picture, ImageDraw.Draw(picture)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
