"""Charts, as templates draw them: where each bar stands and what is said of it. No library, and no
colour that says anything: bars have their words, what may still change is hatched, a target is a
dashed line with its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, log10

from sipokat.web.present.times import figure, month

# The drawing's own measures; on a phone one of them is about a pixel.
WIDTH, HEIGHT = 328, 172
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 26, 26
LETTER = 8.5  # about as wide as one of its bold letters
MOST = 12  # columns
GAP = 5
NICE = (1, 2, 5, 10)


@dataclass(frozen=True)
class Point:
    """A month (`YYYY-MM`) of a chart. `value` is None where there is none, `words` says it (`61 %`,
    `Data belum cukup`), and `more` what the table adds to it. `still` says why it may change
    (`berjalan`); `href` is the list behind it."""

    month: str
    value: float | None
    words: str
    still: str = ""
    href: str = ""
    more: str = ""


@dataclass(frozen=True)
class Bar:
    """`label` is written below it; `top` above it, at the height `top_at`, where no other bar is in
    its way. Each may be empty."""

    x: float
    y: float
    width: float
    height: float
    point: Point
    name: str
    label: str = ""
    top: str = ""
    top_at: float = 0.0

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def top_end(self) -> float:
        """Where the words above it end: they stand over its middle, but within the drawing."""
        return round(min(self.middle + len(self.top) * LETTER / 2, WIDTH), 1)


@dataclass(frozen=True)
class Line:
    """A line across, with its words."""

    y: float
    words: str


@dataclass(frozen=True)
class Chart:
    """`key` names it on its page, `said` is what it shows in a sentence or two."""

    key: str
    title: str
    column: str
    said: str
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    target: Line | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def trend(
    key: str,
    title: str,
    column: str,
    points: Sequence[Point],
    unit: str,
    target: float | None = None,
    most: float | None = None,
) -> Chart:
    """A bar for each month, oldest first, up to twelve of them. `column` heads the table's figures,
    `unit` follows a figure of the scale (` %`). `most` is the end of the scale, by default a round
    number that no bar and no target exceeds."""
    values = [one.value for one in points if one.value is not None]
    end = most or _round_up(max([*values, target or 0, 0]))
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP

    def height(value: float) -> float:
        return round(room * min(value, end) / end, 1)

    return Chart(
        key,
        title,
        column,
        _said(points, target, unit),
        tuple(_bars(points, height, base)),
        tuple(Line(base - height(part), _scale(part, unit)) for part in (0, end / 2, end)),
        None if target is None else Line(base - height(target), f"Target {_scale(target, unit)}"),
    )


def _bars(points: Sequence[Point], height: Callable[[float], float], base: int) -> list[Bar]:
    step = (WIDTH - LEFT - RIGHT) / max(len(points), MOST // 2)
    found = []
    for place, point in enumerate(points):
        last = place == len(points) - 1
        tall = 0.0 if point.value is None else max(1.5, height(point.value))
        found.append(
            Bar(
                x=round(LEFT + step * place + GAP / 2, 1),
                y=round(base - tall, 1),
                width=round(step - GAP, 1),
                height=tall,
                point=point,
                name=month(point.month),
                label=month(point.month)[:3]
                if len(points) <= MOST // 2 or (len(points) - 1 - place) % 3 == 0
                else "",
                top=point.words if last and point.value is not None else "",
            )
        )
    return [replace(one, top_at=_above(one, found)) if one.top else one for one in found]


def _above(bar: Bar, bars: Sequence[Bar]) -> float:
    """The height at which the words above a bar stand clear of all that they reach over."""
    start = bar.top_end - len(bar.top) * LETTER
    return min(one.y for one in bars if one.x + one.width > start and one.x < bar.top_end) - 5


def _round_up(value: float) -> float:
    """1, 2, 5, 10, 20, 50 and so on: the first that is not less."""
    if value <= 0:
        return 1
    power = 10 ** floor(log10(value))
    return float(next(nice * power for nice in NICE if nice * power >= value))


def _scale(value: float, unit: str) -> str:
    return f"{figure(value)}{unit}"


def _said(points: Sequence[Point], target: float | None, unit: str) -> str:
    """The last month and, of those before it, the first with a figure; then the target."""
    if not points:
        return "Belum ada data."
    last = points[-1]
    so_far = f", {last.still}" if last.still else ""
    said = f"{month(last.month)}{so_far}: {last.words}."
    before = [one for one in points[:-1] if one.value is not None]
    if before:
        said = f"{month(before[0].month)}: {before[0].words}. {said}"
    return said if target is None else f"{said} Target {_scale(target, unit)}."
