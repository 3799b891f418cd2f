"""Rate limits: how often something may be asked for in a time, by a key such as the session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, request
from limits import parse
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

SWEEP_SECONDS = 60
View = TypeVar("View", bound=Callable[..., Any])


class Limiter:
    """The limits that views declare. Flask-Limiter does as much and more, in a twentieth of the
    time that a report takes; this has only what we use."""

    def init_app(self, app: Flask) -> None:
        """Count where the settings say: in this process, or in Redis for several machines."""
        uri = app.config["RATELIMIT_STORAGE_URI"]
        storage = Counts() if uri == "memory://" else storage_from_string(uri)
        app.extensions["limiter"] = FixedWindowRateLimiter(storage)

    def limit(self, rate: str, key_func: Callable[[], str]) -> Callable[[View], View]:
        """Declare that the view may be asked for so often (`600/minute`) with the same key. What
        is more is answered with 429 and the seconds until the present window ends."""
        item = parse(rate)

        def declare(view: View) -> View:
            @wraps(view)
            def counted(*args: Any, **values: Any) -> Any:
                if current_app.config["RATELIMIT_ENABLED"]:
                    counts, key = current_app.extensions["limiter"], (key_func(), request.endpoint)
                    if not counts.hit(item, *key):
                        left = counts.get_window_stats(item, *key).reset_time - time.time()
                        raise TooManyRequests(retry_after=max(1, round(left)))
                return view(*args, **values)

            return counted  # type: ignore[return-value]

        return declare


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
