"""Draws the photos of the demo city. None shows a real place or person."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from sipokat.delivery.pictures import THUMBNAIL
from sipokat.demo.scenery import SIZE
from sipokat.demo.scenes import SCENES
from sipokat.demo.sources import dice


def draw(scene: str, seed: int) -> tuple[bytes, bytes]:
    """A JPEG of 960 by 720 pixels and its thumbnail, always the same for one scene and seed.

    Raises KeyError for an unknown scene.
    """
    chance = dice(f"{scene} {seed}")
    picture = Image.new("RGB", SIZE)
    SCENES[scene](ImageDraw.Draw(picture), chance)
    return _jpeg(picture, 38), _jpeg(picture.reduce(SIZE[0] // THUMBNAIL), 60)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
