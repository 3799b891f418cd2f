"""How many RT of a region reported in a month, as figures that add up. Pure."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True)
class Figures:
    """RT of one set, and no other, are counted in all of these: those that had a head on the
    month's last day.

    `expected` is how many they are. For `sent` of them something stands that the RT itself sent;
    among these are `on_time`, which sent it before the month closed, and `nihil`, for which nothing
    but nihil stands. For `recorded` only what the kelurahan wrote down for them stands.
    """

    expected: int = 0
    sent: int = 0
    on_time: int = 0
    nihil: int = 0
    recorded: int = 0

    @property
    def active(self) -> int:
        """Those for which something stands."""
        return self.sent + self.recorded

    @property
    def late(self) -> int:
        """Those that sent something, but nothing before the month closed."""
        return self.sent - self.on_time

    @property
    def silent(self) -> int:
        """Those for which nothing stands."""
        return self.expected - self.active

    @property
    def share(self) -> float | None:
        """The active part, from 0 to 1; None of no RT at all."""
        return self.active / self.expected if self.expected else None

    @property
    def state(self) -> str:
        """Of one RT: which of STATES it is in."""
        if not self.expected:
            return VACANT
        if self.recorded:
            return RECORDED
        if not self.sent:
            return SILENT
        return ON_TIME if self.on_time else LATE

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


ON_TIME, LATE, RECORDED, SILENT, VACANT = "on_time", "late", "recorded", "silent", "vacant"
STATES = (ON_TIME, LATE, RECORDED, SILENT, VACANT)
NAMES = tuple(one.name for one in fields(Figures))


def rekap_state(expected: bool, sent: int, on_time: int) -> str | None:
    """How a lurah or camat stands with their rekap; None where nobody held the office."""
    if not expected:
        return None
    if not sent:
        return SILENT
    return ON_TIME if on_time else LATE
