"""Rate limits: each window of time is counted anew, and no thread is started."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import time_machine
from flask import Flask
from limits import RateLimitItemPerMinute, parse
from limits.strategies import FixedWindowRateLimiter

from sipokat.rates import Counts, Limiter
from tests import wire
from tests.cast import RAHMAN, SITI
from tests.page import Visitor
from tests.services.pictures import jpeg

Site = Callable[..., Visitor]


def test_a_window_is_full_and_the_next_is_empty() -> None:
    limiter = FixedWindowRateLimiter(Counts())
    twice = parse("2/minute")
    with time_machine.travel("2026-11-23T00:00:00Z", tick=False) as clock:
        assert [limiter.hit(twice, "rahman") for _ in range(3)] == [True, True, False]
        assert limiter.hit(twice, "dewi")
        assert not limiter.test(twice, "rahman")
        clock.shift(60)
        assert limiter.test(twice, "rahman")
        assert limiter.hit(twice, "rahman")


def test_hits_at_once_are_all_counted() -> None:
    counts = Counts()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: counts.incr("key", 60), range(400)))
    assert counts.get("key") == 400


def test_what_is_over_is_forgotten() -> None:
    counts = Counts()
    with time_machine.travel("2026-11-23T00:00:00Z", tick=False) as clock:
        for number in range(50):
            counts.incr(f"phone {number}", 60)
        clock.shift(61)
        counts.incr("another", 60)
        assert counts.reset() == 1


def test_counting_starts_no_thread() -> None:
    counts, before = Counts(), threading.active_count()
    for number in range(50):
        counts.incr(f"phone {number}", 60)
        assert threading.active_count() == before


def test_a_rate_holds_until_the_window_ends() -> None:
    app = Flask(__name__)
    app.config |= {"RATELIMIT_STORAGE_URI": "memory://", "RATELIMIT_ENABLED": True}
    limiter, twice = Limiter(), RateLimitItemPerMinute(2)
    limiter.init_app(app)

    def left(*key: str) -> int:
        return limiter.seconds_left(twice, *key)

    with app.app_context(), time_machine.travel("2026-11-23T00:00:00Z", tick=False) as clock:
        assert [left("rahman", "first") for _ in range(3)] == [0, 0, 60]
        assert left("dewi", "first") == left("rahman", "second") == 0
        clock.shift(40)
        assert left("rahman", "first") == 20
        clock.shift(20)
        assert left("rahman", "first") == 0
        app.config["RATELIMIT_ENABLED"] = False
        assert {left("rahman", "first") for _ in range(5)} == {0}


def test_without_redis_everything_is_allowed() -> None:
    app = Flask(__name__)
    app.config |= {"RATELIMIT_STORAGE_URI": "memory://", "RATELIMIT_ENABLED": True}
    limiter = Limiter()
    limiter.init_app(app)

    class Gone(Counts):
        def incr(self, key: str, expiry: float, amount: int = 1) -> int:
            raise ValueError("no connection")

    app.extensions["limiter"] = FixedWindowRateLimiter(Gone())
    with app.app_context():
        assert limiter.seconds_left(RateLimitItemPerMinute(1), "rahman") == 0


def test_reports_and_photos_are_limited_each_session_for_itself(app: Flask, site: Site) -> None:
    rahman, siti, data = site(RAHMAN), site(SITI), jpeg()
    app.config["RATELIMIT_ENABLED"] = True
    photo = wire.declared(data)
    client_id = wire.file_report(rahman, "sampah", photos=[photo])["client_id"]
    wire.put(rahman, client_id, photo["id"], data)
    counts = app.extensions["limiter"].storage
    keys = [key for key in counts._counts if "session" in key]
    assert len(keys) == 2
    for key in keys:
        counts.incr(key, 60, 599)
    assert rahman.json("POST", "/laporan", wire.body(), 429)["error"] == "too_many"
    wire.put(rahman, client_id, photo["id"], data, status=429)
    assert wire.file_report(siti, "sampah")["number"]
