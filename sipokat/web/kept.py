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
from typing import Any, TypeVar, cast

from flask import current_app

MOST = 2000  # of a kind; a card takes some 6 KB
UNUSED = 3600  # seconds after which something is forgotten that nobody has asked for
Facts = TypeVar("Facts", bound=Hashable)
Thing = TypeVar("Thing")


class Kept:
    """What was made of some facts. What was not asked for the longest is forgotten, and whatever
    was not for an hour: so words that were erased do not stay in memory either."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        # The thing and when it was last asked for, by its facts: what was asked for last is last.
        self._things: OrderedDict[Any, tuple[Any, float]] = OrderedDict()

    def get(self, read: Callable[[], Facts], make: Callable[[Facts], Thing]) -> Thing:
        """What `make` makes of the facts that `read` gives. It is kept if they are still the facts
        afterwards: `make` may look at the clock, and the day may have turned meanwhile."""
        facts, at = read(), time.monotonic()
        with self._lock:
            self._forget(at)
            if facts in self._things:
                made, _ = self._things.pop(facts)
                self._things[facts] = made, at
                return cast(Thing, made)
        made = make(facts)
        if read() == facts:
            with self._lock:
                self._things[facts] = made, at
                self._forget(at)
        return made

    def _forget(self, at: float) -> None:
        while self._things:
            _, asked_for = next(iter(self._things.values()))
            if len(self._things) <= self._most and at - asked_for < UNUSED:
                return
            self._things.popitem(last=False)


def kept(what: str) -> Kept:
    """What this process has kept of this kind."""
    found: Kept = current_app.extensions.setdefault(f"kept_{what}", Kept(MOST))
    return found
