"""The scenes that the photos of the demo city show."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sipokat.demo.scenery import (
    LEAVES,
    LITTER,
    SHIRTS,
    WALLS,
    H,
    Pen,
    W,
    backdrop,
    grain,
    people,
    shade,
)


def rubbish(pen: Pen, chance: Random) -> None:
    """A heap of bags and litter beside the road."""
    backdrop(pen, chance)
    x, y = chance.randint(280, 680), chance.randint(510, 600)
    for _ in range(chance.randint(120, 200)):
        dx, dy = int(chance.gauss(0, 84)), -abs(int(chance.gauss(0, 40))) + chance.randint(0, 60)
        r = chance.randint(9, 34)
        box = (x + dx - r, y + dy - r * 0.8, x + dx + r, y + dy + r * 0.8)
        shape = chance.choice([pen.ellipse, pen.ellipse, pen.rectangle])
        shape(box, shade(chance.choice(LITTER), chance, 20))


def ditch(pen: Pen, chance: Random) -> None:
    """A ditch along a lane, half full."""
    horizon = backdrop(pen, chance)
    x = chance.randint(200, 420)
    pen.polygon(
        [(x + 150, horizon + 40), (x + 180, horizon + 40), (x + 330, H), (x - 60, H)],
        (128, 124, 116),
    )
    water = shade((74, 82, 66), chance)
    pen.polygon([(x + 158, horizon + 50), (x + 172, horizon + 50), (x + 270, H), (x, H)], water)
    for _ in range(40):
        y = chance.randint(horizon + 90, H)
        dx = chance.randint(-60, 60) * (y - horizon) // H + 135
        pen.ellipse(
            (x + dx - 9, y - 5, x + dx + 9, y + 5), shade(chance.choice(LITTER + LEAVES), chance)
        )


def cleanup(pen: Pen, chance: Random) -> None:
    """Neighbours at work in the street."""
    horizon = backdrop(pen, chance)
    people(pen, chance, chance.randint(7, 14), horizon + 90, 600)
    for _ in range(30):
        x, y = chance.randint(0, W), chance.randint(560, H)
        pen.line(
            (x, y, x + chance.randint(-30, 30), y - chance.randint(6, 18)),
            shade(LEAVES[0], chance),
            4,
        )


def street(pen: Pen, chance: Random) -> None:
    """A street with a few people."""
    horizon = backdrop(pen, chance)
    people(pen, chance, chance.randint(1, 4), horizon + 80, 560)


def road(pen: Pen, chance: Random) -> None:
    """A road with holes, some with water in them."""
    horizon = backdrop(pen, chance, (132, 128, 124))
    for _ in range(chance.randint(5, 11)):
        x, y = chance.randint(200, 760), chance.randint(horizon + 120, H - 40)
        r = 12 + (y - horizon) // 6
        pen.ellipse((x - r * 2, y - r * 0.6, x + r * 2, y + r * 0.6), (98, 84, 70))
        pen.ellipse(
            (x - r * 1.5, y - r * 0.35, x + r * 1.5, y + r * 0.45), shade((126, 118, 104), chance)
        )


def meeting(pen: Pen, chance: Random) -> None:
    """A room with people who sit and listen."""
    wall = shade(chance.choice(WALLS), chance)
    pen.rectangle((0, 0, W, 420), wall)
    pen.rectangle((0, 420, W, H), shade((150, 116, 92), chance))
    banner = shade(chance.choice(SHIRTS[:4]), chance)
    pen.rectangle((250, 60, 710, 150), banner)
    for row in (84, 112):
        pen.rectangle((300, row, 300 + chance.randint(200, 360), row + 14), (240, 238, 230))
    for x in (60, 800):
        pen.rectangle((x, 110, x + 100, 250), (196, 216, 224))
    grain(pen, chance, 430, (140, 106, 84), 120)
    people(pen, chance, chance.randint(12, 24), 330, 640)


def papers(pen: Pen, chance: Random) -> None:
    """A table with forms on it."""
    pen.rectangle((0, 0, W, H), shade((132, 100, 72), chance))
    for y in range(0, H, 26):
        pen.line((0, y, W, y + chance.randint(-6, 6)), shade((122, 90, 64), chance), 3)
    for _ in range(chance.randint(3, 6)):
        x, y = chance.randint(20, 600), chance.randint(20, 380)
        lean = chance.randint(-40, 40)
        sheet = [(x, y), (x + 260, y + lean), (x + 260 - lean, y + 330 + lean), (x - lean, y + 330)]
        pen.polygon(sheet, shade((240, 238, 230), chance, 8), (188, 184, 176))
        for line in range(9):
            long = chance.randint(90, 200)
            at = y + 36 + line * 30
            pen.line((x + 28, at, x + 28 + long, at + lean * long // 260), (120, 120, 126), 5)
    pen.ellipse((760, 520, 900, 660), shade((150, 60, 60), chance), (90, 40, 40), 6)


def night(pen: Pen, chance: Random) -> None:
    """A lane at night, with one light or none."""
    pen.rectangle((0, 0, W, H), (20, 24, 34))
    pen.polygon([(420, 330), (520, 330), (W, H), (0, H)], (44, 44, 48))
    x = chance.randint(160, 760)
    if chance.random() < 0.6:
        for r, colour in (
            (190, (48, 46, 44)),
            (120, (74, 68, 54)),
            (60, (120, 106, 70)),
            (22, (240, 220, 150)),
        ):
            pen.ellipse((x - r, 170 - r, x + r, 170 + r), colour)
    pen.rectangle((x - 5, 170, x + 5, 520), (60, 60, 62))
    for left in (chance.randint(0, 120), chance.randint(640, 760)):
        pen.rectangle((left, 260, left + 200, 400), (34, 36, 42))
        pen.rectangle((left + 60, 310, left + 96, 346), (186, 156, 84))
    grain(pen, chance, 360, (40, 40, 44), 200)
    if chance.random() < 0.7:
        people(pen, chance, chance.randint(2, 5), 420, 560)


def flood(pen: Pen, chance: Random) -> None:
    """Houses that stand in brown water."""
    horizon = backdrop(pen, chance)
    water = shade((132, 112, 84), chance)
    pen.rectangle((0, horizon - 26, W, H), water)
    for _ in range(170):
        x, y = chance.randint(0, W), chance.randint(horizon, H)
        wide = 10 + (y - horizon) // 4
        pen.line((x, y, x + wide, y), shade((158, 140, 112), chance, 18), 3)
    people(pen, chance, chance.randint(1, 4), horizon + 60, 520)
    pen.rectangle((0, 600, W, H), water)


def wind(pen: Pen, chance: Random) -> None:
    """A fallen tree across the road and loose sheets of roof."""
    backdrop(pen, chance)
    y = chance.randint(470, 560)
    pen.line((60, y, 760, y - chance.randint(20, 80)), (84, 66, 50), 34)
    for _ in range(46):
        x, dy, r = chance.randint(560, 900), chance.randint(-120, 60), chance.randint(18, 44)
        pen.ellipse(
            (x - r, y + dy - r, x + r, y + dy + r), shade(chance.choice(LEAVES), chance, 22)
        )
    for _ in range(chance.randint(3, 6)):
        x, top = chance.randint(40, 520), chance.randint(580, 680)
        pen.polygon(
            [(x, top), (x + 150, top - 24), (x + 170, top + 8), (x + 20, top + 32)],
            shade((150, 152, 156), chance),
        )


SCENES: dict[str, Callable[[Pen, Random], None]] = {
    scene.__name__: scene
    for scene in (rubbish, ditch, cleanup, street, road, meeting, papers, night, flood, wind)
}
