"""How far desks answer, in words: what the page of a region shows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from sipokat.domain import reasons
from sipokat.domain.regions import level_of
from sipokat.domain.responsiveness.counted import ENOUGH, Counted
from sipokat.domain.responsiveness.months import YEAR
from sipokat.domain.responsiveness.overview import Desk, Overview
from sipokat.domain.roles import DESKS
from sipokat.web.present import times
from sipokat.web.present.chart import Chart, Point, trend

FEW = "Data belum cukup"
HOUR = 3600
WORKING_DAY = 7.5 * HOUR  # of the city's usual hours, Friday too
# The desks of a level by what they are called where several are meant.
DESKS_OF = {"kelurahan": "Lurah", "kecamatan": "Camat", "kota": "Bag. Pemerintahan"}


def share(part: float | None) -> str:
    """`87 %`"""
    return FEW if part is None else times.percent(part)


def hours(seconds: float | None) -> str:
    """Office hours: `5,3 jam kerja`, below an hour `24 menit`."""
    if seconds is None:
        return FEW
    if seconds < HOUR:
        return f"{round(seconds / 60)} menit"
    return f"{times.figure(round(seconds / HOUR, 1))} jam kerja"


def days(seconds: float | None) -> str:
    """`1,5 hari kerja`."""
    return FEW if seconds is None else f"{times.figure(round(seconds / WORKING_DAY, 1))} hari kerja"


def address(
    code: str, month: str, desk: str = "", which: str = "semua", reason: str = "", span: str = ""
) -> str:
    """The list of the decisions behind a figure: of the month, or of so many months up to it."""
    asked = {"periode": month, "meja": desk, "pilihan": which, "alasan": reason, "bulan": span}
    chosen = {name: value for name, value in asked.items() if value}
    return f"/pemantauan/{code}/keputusan?{urlencode(chosen)}"


def region(seen: Overview, names: Mapping[str, str], targets: Mapping[str, int]) -> dict[str, Any]:
    """What the page of a region above the RT says."""
    whole, running = seen.whole, seen.month > seen.year
    link = address(whole.code, seen.month)
    return {
        "enough": ENOUGH,
        "decisions": whole.month.decisions,
        "decisions_url": link,
        "in_time": _in_time(whole, seen, targets["in_time"]),
        "median": _median(whole, seen, targets["median_h"]),
        "charts": [
            _chart(seen, running, "tepat", "Dijawab dalam batas waktu", _percent, targets),
            _chart(seen, running, "lama", "Lama menjawab (median, jam kerja)", _hours, targets),
        ],
        "desks": [_desk(one, seen) for one in seen.desks if one.desk != DESKS[0]],
        "mending": _mending(seen),
        "returned": _reasons(whole, seen.month),
        "slowest": _slowest(seen, names),
        "answering": {
            code: _desk(one, seen, names)
            for code, one in seen.below.items()
            if one.desk != DESKS[0]
        },
        "year": (times.month(seen.year)),
    }


def rt(seen: Overview) -> dict[str, Any]:
    """What the page of an RT says: how long it takes to mend what came back."""
    return {"mending": _mending(seen), "year": times.month(seen.year)}


def _in_time(whole: Desk, seen: Overview, target: int) -> dict[str, Any]:
    now, before = whole.month.share_in_time, _before(seen).share_in_time
    change = None if now is None or before is None else round(100 * now) - round(100 * before)
    moved = _change(change, "poin", lambda points: times.figure(points), "naik", "turun")
    gap = ""
    if now is not None:
        missing = -(-target * whole.month.decisions // 100) - whole.month.in_time
        gap = f"Target {target} % tercapai."
        if missing > 0:
            gap = f"Target {target} %: kurang {times.figure(missing)} keputusan tepat waktu."
    return {
        "words": share(now),
        "of": f"{times.figure(whole.month.in_time)} dari {_decisions(whole.month)}",
        "gap": gap,
        "moved": moved,
        "url": address(whole.code, seen.month, which="tepat"),
        "some": whole.month.in_time,
    }


def _median(whole: Desk, seen: Overview, target: int) -> dict[str, Any]:
    now, before = whole.month.median, _before(seen).median
    change = None if now is None or before is None else round(now - before)
    moved = _change(change, "", lambda one: hours(abs(one)), "lebih lama", "lebih cepat")
    gap = ""
    if now is not None:
        over = now - target * HOUR
        gap = f"Target {target} jam kerja: lebih {hours(over)}."
        if over <= 0:
            gap = f"Target {target} jam kerja tercapai."
    return {
        "words": hours(now),
        "of": f"9 dari 10 dalam {hours(whole.month.ninetieth)}" if now is not None else "",
        "gap": gap,
        "moved": moved,
        "url": address(whole.code, seen.month),
    }


def _before(seen: Overview) -> Counted:
    """What was done in the month before."""
    return seen.trend[-2][1]


def _change(
    change: int | None, unit: str, words: Callable[[int], str], more: str, less: str
) -> str:
    """How it has changed since the month before; empty where nobody can say."""
    if change is None:
        return ""
    if not change:
        return "Sama dengan bulan sebelumnya."
    told = f"{words(abs(change))} {unit}".strip()
    return f"{(more if change > 0 else less).capitalize()} {told} dari bulan sebelumnya."


def _decisions(counted: Counted) -> str:
    return f"{times.figure(counted.decisions)} keputusan"


def _percent(counted: Counted) -> tuple[float | None, str]:
    part = counted.share_in_time
    return None if part is None else 100 * part, share(part)


def _hours(counted: Counted) -> tuple[float | None, str]:
    median = counted.median
    return None if median is None else median / HOUR, hours(median)


_UNITS = {"tepat": (" %", "in_time", 100.0), "lama": (" jam", "median_h", None)}


def _chart(
    seen: Overview,
    running: bool,
    key: str,
    title: str,
    value: Callable[[Counted], tuple[float | None, str]],
    targets: Mapping[str, int],
) -> Chart:
    unit, target, most = _UNITS[key]
    points = [
        Point(
            month,
            *value(counted),
            still="berjalan" if running and month == seen.month else "",
            href=address(seen.whole.code, month) if counted.decisions else "",
        )
        for month, counted, _ in seen.trend
    ]
    return trend(f"jawaban-{key}", title, "Angka", points, unit, targets[target], most)


def _desk(one: Desk, seen: Overview, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A row of a table: all desks of a level, or with `names` the desk of one region."""
    code, desk, done, lying, month = one.code, one.desk, one.month, one.lying, seen.month
    behind, enough = {"region": code, "desk": desk}, done.enough
    return {
        "name": names.get(code, code) if names else DESKS_OF[desk],
        "decisions": done.decisions,
        "decisions_url": address(code, month, desk),
        "median": hours(done.median) if done.decisions else "",
        "year": hours(one.year.median) if one.year.decisions else "",
        "year_url": address(code, seen.year, desk, span=str(YEAR)),
        "ninetieth": hours(done.ninetieth) if enough else "",
        "in_time": share(done.share_in_time) if enough else "",
        "in_time_url": address(code, month, desk, "tepat") if done.in_time else "",
        "answered": share(done.share_answered) if enough else "",
        "answered_url": address(code, month, desk, "berpesan") if done.answered else "",
        "returned": done.sent_back,
        "returned_share": share(done.share_sent_back) if enough and done.sent_back else "",
        "returned_url": address(code, month, desk, "dikembalikan"),
        "waiting": lying.waiting,
        "waiting_url": f"/laporan?{urlencode(behind)}",
        "late": lying.late,
        "late_url": f"/laporan?{urlencode(behind | {'late': 'all'})}",
        "oldest": lying.oldest,
        "deputies": [f"Plh. {name} ({count})" for name, count in one.deputies],
    }


def _mending(seen: Overview) -> dict[str, Any] | None:
    """How long RT take to mend what came back, and how much they have to mend now."""
    one = next(desk for desk in seen.desks if desk.desk == DESKS[0])
    if not one.year.decisions and not one.month.decisions and not one.lying.waiting:
        return None
    return {
        "month": days(one.month.median) if one.month.enough else "",
        "year": days(one.year.median) if one.year.enough else "",
        "year_url": address(one.code, seen.year, DESKS[0], span=str(YEAR)),
        "mended": one.month.decisions,
        "mended_url": address(one.code, seen.month, DESKS[0]),
        "waiting": one.lying.waiting,
        "waiting_url": f"/laporan?{urlencode({'region': one.code, 'desk': DESKS[0]})}",
    }


def _reasons(whole: Desk, month: str) -> list[tuple[str, int, str]]:
    """Why reports went back, the most frequent first: words, how often, and the list of them."""
    return [
        (reasons.words_of(key), count, address(whole.code, month, "", "dikembalikan", key))
        for key, count in whole.month.returned.most_common()
    ]


def _slowest(seen: Overview, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Of the desks one level below the one that took longest in the year. There is one only among
    several with enough decisions."""
    known = [
        one
        for one in seen.below.values()
        if one.desk != DESKS[0] and one.year.enough and one.year.median is not None
    ]
    if len(known) < 2:
        return None
    slowest = max(known, key=lambda one: (one.year.median, one.code))
    return {
        "name": names.get(slowest.code, slowest.code),
        "url": f"/pemantauan/{slowest.code}?{urlencode({'periode': seen.month})}",
        "median": hours(slowest.year.median),
        "median_url": address(slowest.code, seen.year, slowest.desk, span=str(YEAR)),
        "level": level_of(slowest.code),
    }
