"""Turns: few at a time, the others wait in line, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic


class Busy(Exception):
    """It is not one's turn in time. Whoever asked may come again a little later."""


class Line:
    """A line inside one process: `at_once` have their turn, the others wait for `seconds` at most.

    While turns end, everybody may wait. When none has ended for `stalled_after` seconds, only
    `waiting` go on waiting and the others are sent away at once, so that their threads can do
    something else. With 0 there are never more than `waiting` in the line.
    """

    def __init__(
        self, at_once: int, waiting: int, seconds: float, stalled_after: float = 0.0
    ) -> None:
        self._free, self._most_waiting, self._seconds = at_once, waiting, seconds
        self._stalled_after = stalled_after
        self._lock = threading.Lock()
        # One lock for each who waits, first come first: `leave` releases it to give the turn.
        self._waiting: deque[threading.Lock] = deque()
        self._moved = 0.0  # when a turn last ended well, or began with nobody before it
        self._failing = False

    def enter(self, seconds: float | None = None) -> float:
        """Wait for a turn, `seconds` at most if given. Returns the moment (of the monotonic clock)
        until which the whole wait may last. Raises Busy. Call `leave` after it."""
        now = monotonic()
        until = now + (self._seconds if seconds is None else min(seconds, self._seconds))
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                if not self._failing:
                    self._moved = now
                return until
            if len(self._waiting) >= self._most_waiting and self._is_stalled(now):
                raise Busy("too many wait already")
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        pause = self._stalled_after or self._seconds
        while not mine.acquire(timeout=max(0.0, min(pause, until - now))):
            now = monotonic()
            with self._lock:
                crowded = len(self._waiting) > self._most_waiting and self._is_stalled(now)
                if (crowded or now >= until) and mine in self._waiting:
                    self._waiting.remove(mine)
                    raise Busy("nothing moves" if crowded else "waited in vain")
        return until

    def leave(self, well: bool = True) -> None:
        """End the turn and give it to the next. It did not end `well` if it came to nothing because
        something else holds what the turn is for: then the line counts as stalled since the last
        turn that did."""
        with self._lock:
            self._failing = not well
            if well:
                self._moved = monotonic()
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _is_stalled(self, now: float) -> bool:
        return now - self._moved >= self._stalled_after
