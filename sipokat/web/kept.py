"""Things that were made before and are made again only when something they say has changed.

Each is kept under all the values that it is made of: what the report, its photos and its moves say,
as this very request has read them, who looks at it, and what the clock makes of it. So nobody has
to tell when something has changed, and what somebody may see is decided by the queries of each
request and by nothing here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import current_app

MOST = 2000  # of a kind; a card takes some 6 KB
Facts = TypeVar("Facts", bound=Hashable)
Thing = TypeVar("Thing")


class Kept:
    """What was made of some facts; what was not asked for the longest is forgotten."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._things: OrderedDict[Any, Any] = OrderedDict()

    def get(self, read: Callable[[], Facts], make: Callable[[Facts], Thing]) -> Thing:
        """What `make` makes of the facts that `read` gives. It is kept if they are still the facts
        afterwards: `make` may look at the clock, and the day may have turned meanwhile."""
        facts = read()
        with self._lock:
            if facts in self._things:
                self._things.move_to_end(facts)
                return cast(Thing, self._things[facts])
        made = make(facts)
        if read() == facts:
            with self._lock:
                self._things[facts] = made
                if len(self._things) > self._most:
                    self._things.popitem(last=False)
        return made


def kept(what: str) -> Kept:
    """What this process has kept of this kind."""
    found: Kept = current_app.extensions.setdefault(f"kept_{what}", Kept(MOST))
    return found
