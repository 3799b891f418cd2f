"""How often one session, or one network of people who are not signed in, may change anything."""

from __future__ import annotations

from flask import g, request
from limits import RateLimitItem, RateLimitItemPerMinute

from sipokat.domain.refusals import TooMany
from sipokat.domain.sign_in import network_of
from sipokat.extensions import limiter

RATE = RateLimitItemPerMinute(600)


def refuse_too_often() -> None:
    """Raises TooMany. For after it is known who asks: a made-up cookie gives no allowance."""
    session = g.get("login_session")
    who = f"session:{session.id}" if session else f"address:{network_of(request.remote_addr or '')}"
    refuse_more(RATE, who, request.endpoint or "")


def refuse_more(rate: RateLimitItem, *key: str) -> None:
    """Count one more of what may be done less often than the rest. Raises TooMany."""
    left = limiter.seconds_left(rate, *key)
    if left:
        wait = f"{left} detik" if left < 120 else f"{-(-left // 60)} menit"
        raise TooMany(f"Terlalu sering. Tunggu {wait}, lalu coba lagi.", left)
