"""What a row of a spreadsheet would change: a verdict, before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sipokat.domain.imports.cells import Wanted

KINDS = ("refused", "changed", "new", "unchanged")


@dataclass(frozen=True)
class Change:
    """`field` is `account`, `name`, `phone` or `office`; `was` is empty where there was nothing. Of
    what was applied it may also be `region`: the code of an RT that was added."""

    field: str
    was: str
    became: str


@dataclass(frozen=True)
class Verdict:
    """What is to be done about a row: `new`, `unchanged`, `changed`, or `refused` and `why`.

    `name`, `phone` and `office` (in words) are those that the row asks for, as far as they could be
    read; `user_id` is whose account it changes, `note` what else would happen. It `asks` where only
    somebody who knows the people can say whether it is right: such a row is applied only where it
    is chosen by itself.
    """

    line: int
    kind: str
    why: str = ""
    name: str = ""
    phone: str = ""
    office: str = ""
    note: str = ""
    asks: bool = False
    changes: tuple[Change, ...] = ()
    user_id: str | None = None
    wanted: Wanted | None = None

    @property
    def applies(self) -> bool:
        """Whether there is something to apply."""
        return self.kind in ("new", "changed")


def digest(verdicts: Iterable[Verdict]) -> str:
    """The same for the same verdicts: who applies them has seen these and no others."""
    said = "\n".join(map(repr, verdicts))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
