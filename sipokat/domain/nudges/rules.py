"""For which month RT are asked, and how often. Pure."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

from sipokat.domain.clock import WIB, day_of
from sipokat.domain.periods import CLOSING_DAY, months

RULES: dict[str, Any] = tomllib.loads(
    files("sipokat.data").joinpath("nudges.toml").read_text("utf-8")
)
PAUSE = timedelta(days=RULES["pause_days"])
ANSWER = timedelta(days=RULES["answer_days"])
MOST: int = RULES["most"]
NOTICE, WHATSAPP = "notice", "whatsapp"
WAYS = (NOTICE, WHATSAPP)
AUTO_FROM, AUTO_UNTIL = (time.fromisoformat(RULES["auto"][name]) for name in ("from", "until"))


def asked_month(today: date) -> str:
    """The month for which RT are asked: the last one until it closes, then the one that runs. A
    month that is closed cannot be made good, and of one that has hardly begun nobody is asked."""
    this, last = months(today)
    return last if today.day <= CLOSING_DAY else this


def free_at(last: datetime) -> datetime:
    """When an RT that was asked at that moment may be asked again."""
    return last + PAUSE


def is_auto_time(at: datetime, days: tuple[int, ...]) -> bool:
    """Whether SIPOKAT asks by itself at that moment, where it does so on these days of a month."""
    return day_of(at).day in days and AUTO_FROM <= at.astimezone(WIB).time() < AUTO_UNTIL
