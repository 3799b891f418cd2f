"""A region's month in words: what its pages of monitoring show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from sipokat.domain.clock import day_of, now
from sipokat.domain.participation import card
from sipokat.domain.participation.closing import closed_on
from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.lists import LONG, MANY, WHICH, Row
from sipokat.domain.participation.names import REKAP, TITLES, state_words
from sipokat.domain.participation.overview import Overview, Seen
from sipokat.domain.regions import level_of, lies_in, names_of, up_from
from sipokat.domain.roles import below
from sipokat.domain.visibility import scopes_of
from sipokat.models import User
from sipokat.web.present import chart, times
from sipokat.web.present.chart import Chart, Point
from sipokat.web.present.regions import region_words

# Each figure: its list (`lists.WHICH`), its words, which number it is, and its tone.
FIGURES = (
    ("semua", "RT yang punya ketua", "expected", ""),
    ("melapor", "melapor sendiri", "sent", ""),
    ("tepat", "di antaranya tepat waktu", "on_time", ""),
    ("nihil", "di antaranya hanya nihil", "nihil", ""),
    ("dicatat", "dicatat kelurahan untuk RT", "recorded", ""),
    ("belum", "belum melapor", "silent", "late"),
)
# The lists of those who are to be asked: they have a page of their own, with what can be done.
ACTED_ON = ("belum", "lama")
LEVELS = {"kota": "kota", "kecamatan": "kecamatan", "kelurahan": "kelurahan", "rt": "RT"}


def periods(offered: Sequence[str]) -> list[tuple[str, str]]:
    """The months to choose from, newest first."""
    return [(month, times.month(month)) for month in reversed(offered)]


def place(code: str, month: str, names: dict[str, str], scopes: Sequence[str]) -> dict[str, Any]:
    """Where one is. `way` leads up as far as the person may see, highest first; `others` to their
    further regions."""
    above = [one for one in up_from(code)[1:] if any(lies_in(one, scope) for scope in scopes)]
    return {
        "code": code,
        "name": region_words(code, names),
        "month": month,
        "way": [(names.get(one, one), address(one, month)) for one in reversed(above)],
        "others": [
            (region_words(one, names), address(one, month))
            for one in scopes
            if not lies_in(code, one)
        ],
    }


def address(code: str, month: str, which: str = "") -> str:
    """The page of this region's month, or of the RT behind one of its figures."""
    asked = {"periode": month} | ({"keadaan": which} if which else {})
    page = ("/belum-melapor" if which in ACTED_ON else "/rt") if which else ""
    return f"/pemantauan/{code}{page}?{urlencode(asked)}"


def region(
    seen: Overview, names: dict[str, str], rows: Sequence[Row], target: int
) -> dict[str, Any]:
    """The page of a region above the RT. `rows` as of `lists.rows`."""
    own, code, month = seen.own, seen.own.code, seen.month
    long = _count(rows, "lama")
    figures = [
        _figure(getattr(own.figures, name), label, address(code, month, which), tone)
        for which, label, name, tone in FIGURES
    ]
    lama = address(code, month, "lama")
    figures.append(_figure(long, f"{LONG} bulan atau lebih tidak melapor", lama, "late"))
    return _month(seen) | {
        "own": own,
        "percent": percent(own.figures),
        "gap": _gap(own.figures, target),
        "target": target,
        "active_url": address(code, month, "aktif"),
        "figures": figures,
        "changed": [*_changed(own), *_rekap_changed(seen, names)],
        "silent_long": (times.figure(long), lama) if long else None,
        "long": LONG,
        "changed_rt": _count(rows, "berubah"),
        "changed_url": address(code, month, "berubah"),
        "rekap": REKAP[own.rekap] if own.rekap else None,
        "chart": _chart(seen, target),
        "level": LEVELS[below(level_of(code)) or "rt"],
        "below": [_below(one, names, month, rows) for one in seen.below],
    }


def _chart(seen: Overview, target: int) -> Chart:
    """The active RT of up to twelve months; what is not closed is hatched."""
    points = [
        Point(
            month,
            None if figures.share is None else 100 * figures.share,
            percent(figures) or "Belum ada RT",
            still="" if month in seen.over else _still(month),
            href=address(seen.own.code, month, "aktif") if figures.active else "",
            more=f"{times.figure(figures.active)} dari {times.figure(figures.expected)} RT",
        )
        for month, figures in seen.trend
    ]
    return chart.trend("aktif-bulan", "RT yang aktif", "Aktif", points, " %", target, 100)


def _still(month: str) -> str:
    return "berjalan" if month == f"{day_of(now()):%Y-%m}" else "belum ditutup"


def _month(seen: Overview) -> dict[str, Any]:
    """Whether it is closed, or else `until` when its figures may change: the day of its closing, or
    for as long as nobody has closed it."""
    day = closed_on(seen.month)
    closes = times.date_words(day)
    until = closes if day_of(now()) <= day else "ditutup"
    return {"closed": seen.closed, "closes": closes, "until": until}


def _figure(value: int, label: str, href: str, tone: str) -> dict[str, Any]:
    """A figure that leads to its list; nothing is a link to an empty one."""
    shown = {"value": times.figure(value), "label": label, "always": True}
    return shown | ({"href": href, "tone": tone} if value else {})


def percent(figures: Figures) -> str:
    """`9 %`; empty of no RT at all."""
    if figures.share is None:
        return ""
    return times.percent(figures.share)


def _gap(figures: Figures, target: int) -> str:
    """How far it is to the target."""
    if figures.share is None:
        return ""
    missing = -(-target * figures.expected // 100) - figures.active
    if missing <= 0:
        return f"Target {target} % tercapai."
    return f"Target {target} %: kurang {times.figure(missing)} RT lagi."


def _count(rows: Sequence[Row], which: str) -> int:
    """How long this list is."""
    return sum(map(WHICH[which], rows))


def _changed(own: Seen) -> list[tuple[str, str, str]]:
    """Which figures have changed since the month was closed: words, then and now."""
    if own.now is None:
        return []
    was, now = own.figures, own.now.figures
    pairs = (("RT yang aktif", "active"), *((label, name) for _, label, name, _ in FIGURES))
    counts = [(label, getattr(was, name), getattr(now, name)) for label, name in pairs]
    return [(label, times.figure(a), times.figure(b)) for label, a, b in counts if a != b]


def _rekap_changed(seen: Overview, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """The same of the rekap of this region and of those below it."""
    return [
        (f"Rekap {names.get(one.code, one.code)}", _rekap(one.rekap), _rekap(one.now.rekap))
        for one in (seen.own, *seen.below)
        if one.now is not None and one.now.rekap != one.rekap
    ]


def _rekap(state: str | None) -> str:
    return REKAP[state][0].lower() if state else "jabatan kosong"


def _below(one: Seen, names: dict[str, str], month: str, rows: Sequence[Row]) -> dict[str, Any]:
    """A row of the table of the regions below."""
    rt = level_of(one.code) == "rt"
    of_it = [row for row in rows if lies_in(row.code, one.code)]
    return {
        "code": one.code,
        "name": names.get(one.code, one.code),
        "url": address(one.code, month),
        "figures": one.figures,
        "active": f"{times.figure(one.figures.active)} dari {times.figure(one.figures.expected)}",
        "percent": percent(one.figures),
        "state": state_words(one.figures) if rt else None,
        "rekap": REKAP[one.rekap] if one.rekap else None,
        "vacant": not one.held,
        "changed": one.now is not None,
        "silent": in_a_row(of_it[0].silent) if rt and of_it else "",
        "long": _count(of_it, "lama"),
        "urls": {which: address(one.code, month, which) for which, *_ in FIGURES}
        | {"aktif": address(one.code, month, "aktif"), "lama": address(one.code, month, "lama")},
    }


def in_a_row(months: int) -> str:
    """For how many months nothing came; empty of a single one."""
    if months < 2:
        return ""
    return f"{MANY} bulan atau lebih" if months >= MANY else f"{months} bulan berturut-turut"


def rt(session: Session, seen: Overview) -> dict[str, Any]:
    """The page of one RT. Whether it reports on time is judged of months that are closed."""
    months = card.card(session, seen.own.code, seen.trend)
    over = [one for one in months if one.month in seen.over]
    half = len(over) // 2
    now = state_words(seen.own.now.figures) if seen.own.now else None
    return _month(seen) | {
        "state": state_words(seen.own.figures),
        "now": now,
        "months": [_card_month(seen.own.code, one) for one in reversed(months)],
        "on_time": sum(one.figures.on_time for one in over),
        "expected": sum(one.figures.expected for one in over),
        "kinerja": sum(one.kinerja for one in months),
        "lately": sum(one.figures.on_time for one in over[half:]),
        "before": sum(one.figures.on_time for one in over[:half]),
        "half": half,
        "latest": len(over) - half,
    }


def formers(session: Session, user: User, code: str, month: str) -> dict[str, Any]:
    """The RT that became this one, each with its page if the person may look at it."""
    found = card.formers(session, code)
    names = names_of(session, found) if found else {}
    seen = {one for one in found for scope in scopes_of(user) if lies_in(one, scope)}
    links = [(names[one], address(one, month) if one in seen else "") for one in found]
    return {"formers": links}


def _card_month(code: str, one: card.CardMonth) -> dict[str, Any]:
    asked = {"region": code, "counted": one.month}
    return {
        "month": one.month,
        "state": state_words(one.figures),
        "reports": one.reports,
        "kinerja": one.kinerja,
        "url": f"/laporan?{urlencode(asked)}",
        "kinerja_url": f"/laporan?{urlencode(asked | {'work': 'kinerja'})}",
    }


def rt_list(rows: Sequence[Row], names: dict[str, str], which: str, closed: bool) -> dict[str, Any]:
    """The page of the RT behind a figure, by kelurahan."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row.code.rpartition(".")[0], []).append(
            {
                "code": row.code,
                "name": names.get(row.code, row.code),
                "state": state_words(row.figures),
                "now": state_words(row.now) if row.now else None,
                "silent": in_a_row(row.silent),
            }
        )
    return {
        "title": TITLES[which],
        "total": len(rows),  # base.html has a count of its own
        "closed": closed,
        "groups": [(names.get(code, code), those) for code, those in groups.items()],
    }
