"""Rate limits: how often something may be asked for in a time, by a key such as the session."""

from __future__ import annotations

import threading
import time

import structlog
from flask import Flask, current_app
from limits import RateLimitItem
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

log = structlog.get_logger()
SWEEP_SECONDS = 60


class Limiter:
    """How often anything may be asked for. Flask-Limiter does as much and more, in a twentieth of
    the time that a report takes; this has only what we use."""

    def init_app(self, app: Flask) -> None:
        """Count where the settings say: in this process, or in Redis for several machines."""
        uri = app.config["RATELIMIT_STORAGE_URI"]
        storage = Counts() if uri == "memory://" else storage_from_string(uri)
        app.extensions["limiter"] = FixedWindowRateLimiter(storage)

    def seconds_left(self, rate: RateLimitItem, *key: str) -> int:
        """Count one more under this key. Returns 0 if the rate allows it, else the seconds until
        the present window ends. Allows everything while Redis does not answer."""
        if not current_app.config["RATELIMIT_ENABLED"]:
            return 0
        counts = current_app.extensions["limiter"]
        try:
            if counts.hit(rate, *key):
                return 0
            ends = counts.get_window_stats(rate, *key).reset_time
        except counts.storage.base_exceptions as error:
            log.error("rates_unavailable", why=type(error).__name__)
            return 0
        return max(1, round(float(ends) - time.time()))


class Counts(Storage):
    """Counts in the memory of this process. The library's own start a thread at nearly every hit,
    to forget what is over; here that is done in passing, once a minute."""

    STORAGE_SCHEME = ["counts"]  # noqa: RUF012  (declared so by the library)

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: object) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, float]] = {}  # how many, and until when they count
        self._swept = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more; the first of them begins a window of `expiry` seconds. How many
        there are in it."""
        now = time.time()
        with self._lock:
            count, until = self._counts.get(key, (0, 0.0))
            if until <= now:
                count, until = 0, now + expiry
            self._counts[key] = (count + amount, until)
            if now - self._swept > SWEEP_SECONDS:
                self._swept = now
                self._counts = {one: kept for one, kept in self._counts.items() if kept[1] > now}
            return count + amount

    def get(self, key: str) -> int:
        """How many there are in the present window."""
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the present window ends, in seconds since 1970."""
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int | None:
        """Forget everything. How many keys there were."""
        with self._lock:
            count = len(self._counts)
            self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget this key."""
        with self._lock:
            self._counts.pop(key, None)
