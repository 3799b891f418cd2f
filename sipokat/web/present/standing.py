"""How an RT stands in the month that runs and the one before, for the home of its head."""

from __future__ import annotations

from datetime import date

from sipokat.domain.participation import Reported
from sipokat.domain.periods import CLOSING_DAY
from sipokat.web.present import times


def standing_words(one: Reported, where: str, today: date) -> tuple[str, str]:
    """A sentence and its tone: `Anda sudah melapor bulan ini.`; `where` names the RT for somebody
    who is head of several."""
    said, none = (f"{where}: ", "belum ada") if where else ("", "Belum ada")
    running = times.Passing("bulan ini", times.month_name(one.this))
    missing = one.missing(today)
    if missing == one.last:
        until = times.date_words(today.replace(day=CLOSING_DAY))
        month = times.month_name(one.last)
        return f"{said}{none} laporan {month}. Kirim paling lambat {until}.", "warn"
    if one.has_this:
        return times.phrase(f"{said}Anda sudah melapor {{}}.", running), "ok"
    if missing is None:
        return f"{said}Anda sudah melapor {times.month_name(one.last)}.", "ok"
    return times.phrase(f"{said}{none} laporan {{}}.", running), "wait"
