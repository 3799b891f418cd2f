"""What desks did within some time, as figures. Pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

# With fewer decisions there is no figure: one of them would change it too much.
ENOUGH = 5


@dataclass(frozen=True)
class Counted:
    """Decisions of a desk, or of several. `times` are the office hours of each in seconds, the
    shortest first. `in_time` of them came within the limit, `answered` came with a note or a
    reason, `deputed` were a Plh.'s, and `returned` says why reports went back, each reason as often
    as it was given.

    On the desk of an RT they are reports that it mended: no limit runs there, and `in_time` and
    `answered` say nothing.
    """

    times: array[int] = field(default_factory=lambda: array("i"))
    in_time: int = 0
    answered: int = 0
    returned: Counter[str] = field(default_factory=Counter)
    deputed: int = 0

    @property
    def decisions(self) -> int:
        return len(self.times)

    @property
    def enough(self) -> bool:
        """Whether there are enough decisions to speak of a time or a share."""
        return len(self.times) >= ENOUGH

    @property
    def late(self) -> int:
        """Decisions that came after the limit."""
        return self.decisions - self.in_time

    @property
    def sent_back(self) -> int:
        """Decisions that returned the report."""
        return self.returned.total()

    @property
    def median(self) -> float | None:
        """The office hours, in seconds, that half of the decisions took at most: of an even number
        the middle of the two in the middle. None of too few."""
        if not self.enough:
            return None
        middle = len(self.times) // 2
        if len(self.times) % 2:
            return self.times[middle]
        return (self.times[middle - 1] + self.times[middle]) / 2

    @property
    def ninetieth(self) -> int | None:
        """The office hours, in seconds, within which nine of ten decisions came: the shortest time
        that at least 90 % of them did not exceed. None of too few."""
        if not self.enough:
            return None
        return self.times[(9 * len(self.times) + 9) // 10 - 1]

    def share(self, part: int) -> float | None:
        """A part of the decisions, from 0 to 1; None of too few."""
        return part / self.decisions if self.enough else None

    @property
    def share_in_time(self) -> float | None:
        return self.share(self.in_time)

    @property
    def share_answered(self) -> float | None:
        return self.share(self.answered)

    @property
    def share_sent_back(self) -> float | None:
        return self.share(self.sent_back)


@dataclass(frozen=True)
class Lying:
    """What lies on a desk, or on several, now: how many reports, how many of them are late, and
    since when the oldest lies there. On the desk of an RT they are to be mended; none is late."""

    waiting: int = 0
    late: int = 0
    oldest: datetime | None = None

    def __add__(self, other: Lying) -> Lying:
        since = [one for one in (self.oldest, other.oldest) if one]
        late = self.late + other.late
        return Lying(self.waiting + other.waiting, late, min(since, default=None))


def together(parts: Iterable[Counted]) -> Counted:
    """The decisions of all of these."""
    found = list(parts)
    returned: Counter[str] = Counter()
    for one in found:
        returned.update(one.returned)
    return Counted(
        array("i", sorted(chain.from_iterable(one.times for one in found))),
        sum(one.in_time for one in found),
        sum(one.answered for one in found),
        returned,
        sum(one.deputed for one in found),
    )
