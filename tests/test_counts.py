"""The counts of the rate limits: each window of time is counted anew, and no thread is started."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import time_machine
from flask import Flask
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from sipokat import create_app
from sipokat.counts import Counts


def counts() -> Counts:
    made = storage_from_string("counts://")
    assert isinstance(made, Counts)
    return made


def test_a_window_is_full_and_the_next_is_empty() -> None:
    limiter = FixedWindowRateLimiter(counts())
    twice = parse("2/minute")
    with time_machine.travel("2026-11-23T00:00:00Z", tick=False) as clock:
        assert [limiter.hit(twice, "rahman") for _ in range(3)] == [True, True, False]
        assert limiter.hit(twice, "dewi")
        assert not limiter.test(twice, "rahman")
        clock.shift(60)
        assert limiter.test(twice, "rahman")
        assert limiter.hit(twice, "rahman")


def test_hits_at_once_are_all_counted() -> None:
    made = counts()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: made.incr("key", 60), range(400)))
    assert made.get("key") == 400


def test_what_is_over_is_forgotten() -> None:
    made = counts()
    with time_machine.travel("2026-11-23T00:00:00Z", tick=False) as clock:
        for number in range(50):
            made.incr(f"phone {number}", 60)
        clock.shift(61)
        made.incr("another", 60)
        assert made.reset() == 1


def test_counting_starts_no_thread() -> None:
    made, before = counts(), threading.active_count()
    for number in range(50):
        made.incr(f"phone {number}", 60)
        assert threading.active_count() == before


def test_the_application_counts_in_them(tmp_path: object) -> None:
    settings = {"DATA": tmp_path, "RATELIMIT_ENABLED": True}
    app: Flask = create_app(settings)
    assert isinstance(next(iter(app.extensions["limiter"])).storage, Counts)
