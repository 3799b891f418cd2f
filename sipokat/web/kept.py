"""Things that were made before and are made again only when something they say has changed.

Each is kept under all the values that it is made of: what the report, its photos and its moves say,
as this very request has read them, who looks at it, and what the clock makes of it. So nobody has
to tell when something has changed, and what somebody may see is decided by the queries of each
request and by nothing here.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import current_app

MOST = 2000  # of a kind; a card takes some 6 KB
UNUSED = 3600  # seconds after which something is forgotten that nobody has asked for
Facts = TypeVar("Facts", bound=Hashable)
Thing = TypeVar("Thing")


@dataclass(slots=True)
class _Entry:
    facts: Hashable
    made: Any
    asked_for: float


class Kept:
    """What was made of some facts. What was not asked for the longest is forgotten, and whatever
    was not for an hour: so words that were erased do not stay in memory either."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        # To hash and compare facts is most of the work of a get, so they are looked up once. What
        # was asked for last is last in the order, by the entry's id.
        self._entries: dict[Hashable, _Entry] = {}
        self._order: OrderedDict[int, _Entry] = OrderedDict()

    def get(self, read: Callable[[], Facts], make: Callable[[Facts], Thing]) -> Thing:
        """What `make` makes of the facts that `read` gives. It is kept if they are still the facts
        afterwards: `make` may look at the clock, and the day may have turned meanwhile."""
        facts, at = read(), time.monotonic()
        with self._lock:
            self._forget(at)
            if (entry := self._entries.get(facts)) is not None:
                entry.asked_for = at
                self._order.move_to_end(id(entry))
                return cast(Thing, entry.made)
        made = make(facts)
        if read() == facts:
            with self._lock:
                if facts not in self._entries:  # nobody else has made it meanwhile
                    entry = self._entries[facts] = _Entry(facts, made, at)
                    self._order[id(entry)] = entry
                self._forget(at)
        return made

    def _forget(self, at: float) -> None:
        while self._order:
            oldest = next(iter(self._order.values()))
            if len(self._order) <= self._most and at - oldest.asked_for < UNUSED:
                return
            del self._order[id(oldest)], self._entries[oldest.facts]


def kept(what: str) -> Kept:
    """What this process has kept of this kind."""
    found: Kept = current_app.extensions.setdefault(f"kept_{what}", Kept(MOST))
    return found
