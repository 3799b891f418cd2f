"""The groups of a queue as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sipokat.domain.offices import one_kelurahan
from sipokat.domain.queue_groups import Group
from sipokat.domain.regions import level_of
from sipokat.models import User
from sipokat.web.present import times
from sipokat.web.present.regions import region_words

LEVELS = {"rt": "RT", "kelurahan": "kelurahan", "kecamatan": "kecamatan"}


@dataclass(frozen=True)
class Heading:
    """A group: its region in words, and its figures. `oldest` is how long its oldest report has
    lain there: `3 hari`."""

    region: str
    label: str
    waiting: int
    late: int
    oldest: times.Passing

    @property
    def as_shown(self) -> tuple[Any, ...]:
        """All that a template shows of it, also in a copy of the page."""
        return self.region, self.label, self.waiting, self.late, self.oldest, self.oldest.copy


def headings(counted: Iterable[Group], names: dict[str, str], user: User) -> dict[str, Heading]:
    """The groups by their regions, in their order; `names` are those of their regions."""
    near = one_kelurahan(user)
    return {
        one.region: Heading(
            one.region,
            names.get(one.region, one.region) if near else region_words(one.region, names),
            one.waiting,
            one.late,
            times.age(one.oldest),
        )
        for one in counted
    }


def level_words(counted: Sequence[Group]) -> str:
    """What the groups are: `RT`, `kelurahan`, and `wilayah` where they are of several levels."""
    levels = {LEVELS.get(level_of(one.region), "wilayah") for one in counted}
    return levels.pop() if len(levels) == 1 else "wilayah"
