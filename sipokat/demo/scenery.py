"""The parts of the demo's pictures: houses, trees, people and the ground below them."""

from __future__ import annotations

from random import Random

from PIL import ImageDraw

SIZE = W, H = 960, 720
Colour = tuple[int, int, int]
Pen = ImageDraw.ImageDraw

WALLS: list[Colour] = [
    (214, 196, 164),
    (178, 196, 186),
    (206, 170, 150),
    (190, 186, 202),
    (222, 214, 190),
]
ROOFS: list[Colour] = [(140, 70, 52), (112, 62, 54), (96, 92, 96), (128, 92, 70)]
LEAVES: list[Colour] = [(62, 104, 58), (78, 122, 62), (50, 90, 62)]
SHIRTS: list[Colour] = [
    (170, 60, 52),
    (46, 92, 140),
    (226, 206, 96),
    (70, 120, 84),
    (236, 234, 226),
    (120, 84, 130),
]
SKINS: list[Colour] = [(150, 106, 76), (124, 84, 58), (172, 126, 92)]
LITTER: list[Colour] = [
    (30, 30, 36),
    (232, 232, 228),
    (60, 110, 170),
    (196, 70, 56),
    (214, 190, 80),
    (96, 128, 76),
    (140, 118, 92),
]


def shade(colour: Colour, chance: Random, by: int = 14) -> Colour:
    """The colour, a little lighter or darker."""
    change = chance.randint(-by, by)
    red, green, blue = colour
    red, green, blue = red + change, green + change, blue + change
    if 0 <= red <= 255 and 0 <= green <= 255 and 0 <= blue <= 255:  # nearly always, and quick
        return red, green, blue
    return max(0, min(255, red)), max(0, min(255, green)), max(0, min(255, blue))


def backdrop(pen: Pen, chance: Random, ground: Colour = (150, 140, 124)) -> int:
    """Draw sky, houses and trees above a road that narrows towards the horizon. Returns the
    horizon's y."""
    horizon = chance.randint(260, 340)
    sky = chance.choice([(196, 214, 226), (214, 220, 222), (172, 200, 222)])
    pen.rectangle((0, 0, W, horizon), shade(sky, chance))
    pen.rectangle((0, horizon, W, H), shade((112, 128, 82), chance))
    for _ in range(chance.randint(3, 6)):
        tree(pen, chance, chance.randint(0, W), horizon)
    left = chance.randint(-120, 0)
    while left < W:
        left += house(pen, chance, left, horizon + chance.randint(0, 30)) + chance.randint(10, 120)
    middle = chance.randint(330, 630)
    road = [(middle - 40, horizon + 20), (middle + 40, horizon + 20), (W + 60, H), (-60, H)]
    pen.polygon(road, shade(ground, chance))
    grain(pen, chance, horizon + 30, shade(ground, chance, 30), 130)
    return horizon


def house(pen: Pen, chance: Random, left: int, foot: int) -> int:
    """Draw a house whose bottom is at y = `foot`. Returns its width."""
    wide, high = chance.randint(150, 280), chance.randint(90, 150)
    wall = shade(chance.choice(WALLS), chance)
    pen.rectangle((left, foot - high, left + wide, foot), wall)
    roof = [
        (left - 18, foot - high),
        (left + wide // 2, foot - high - 70),
        (left + wide + 18, foot - high),
    ]
    pen.polygon(roof, shade(chance.choice(ROOFS), chance))
    pen.rectangle((left + 24, foot - high + 30, left + 64, foot - high + 70), (70, 82, 90))
    door = left + wide - 70
    pen.rectangle((door, foot - 80, door + 40, foot), (92, 66, 48))
    return wide


def tree(pen: Pen, chance: Random, x: int, foot: int) -> None:
    """Draw a tree whose bottom is at y = `foot`."""
    top = foot - chance.randint(110, 220)
    pen.rectangle((x - 7, top, x + 7, foot), (88, 70, 54))
    for _ in range(5):
        dx, dy, r = chance.randint(-50, 50), chance.randint(-40, 40), chance.randint(36, 64)
        pen.ellipse(
            (x + dx - r, top + dy - r, x + dx + r, top + dy + r),
            shade(chance.choice(LEAVES), chance),
        )


def grain(pen: Pen, chance: Random, top: int, colour: Colour, count: int) -> None:
    """Draw small stones and stains below y = `top`, so that the ground is not one flat colour."""
    tones = [shade(colour, chance, 20) for _ in range(12)]
    for place in range(count):
        x, y = chance.randint(0, W), chance.randint(top, H)
        r = 1 + (y - top) * 5 // H
        pen.ellipse((x - 2 * r, y - r, x + 2 * r, y + r), tones[place % 12])


def people(pen: Pen, chance: Random, count: int, top: int, bottom: int) -> None:
    """Draw this many figures without faces between y = `top` and `bottom`, larger towards the
    bottom."""
    for y in sorted(chance.randint(top, bottom) for _ in range(count)):
        x, size = chance.randint(40, W - 40), 0.5 + (y - top) / max(1, bottom - top)
        head, body = int(17 * size), int(74 * size)
        pen.rounded_rectangle(
            (x - head * 2, y - body, x + head * 2, y + body),
            head,
            shade(chance.choice(SHIRTS), chance),
        )
        pen.ellipse((x - head, y - body - head * 2, x + head, y - body + 4), chance.choice(SKINS))
        pen.pieslice(
            (x - head, y - body - head * 2, x + head, y - body + 4), 180, 360, (34, 28, 26)
        )
