"""What people report, in words: what its page of monitoring shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sipokat.domain.categories import categories
from sipokat.domain.clock import day_of, now
from sipokat.domain.participation.closing import closed_on
from sipokat.domain.reported import Kind, Reported
from sipokat.web.present import chart, times
from sipokat.web.present.chart import Chart, Point

DRAWN = 4  # categories whose charts are open; the others are one tap away


def page(code: str, found: Reported) -> dict[str, Any]:
    """The page of what a region reports. Once a month each office sends what is periodic: how often
    says nothing of the street, so it comes last and is not ranked."""
    every = categories()
    often = [kind for kind in found.kinds if not every[kind.category].periodic]
    monthly = [kind for kind in found.kinds if every[kind.category].periodic]
    urgent_first = sorted(
        often, key=lambda kind: (not every[kind.category].urgent, -sum(kind.counts))
    )
    month = found.months[-1]
    return {
        "total": times.figure(found.total.now),
        "total_url": address(code, month),
        "usual": _usual(found.total),
        "any": bool(found.kinds),
        "kinds": [_row(code, month, kind) for kind in often if kind.now],
        "monthly": [_row(code, month, kind) for kind in monthly if kind.now],
        "charts": [_chart(code, found, kind) for kind in urgent_first[:DRAWN]],
        "more_charts": [_chart(code, found, kind) for kind in (*urgent_first[DRAWN:], *monthly)],
        "whole": _chart(code, found, found.total) if found.kinds else None,
    }


def address(code: str, month: str, category: str = "") -> str:
    """The list of the reports behind a figure, as long as it says."""
    asked = {"region": code, "counted": month} | ({"category": category} if category else {})
    return f"/laporan?{urlencode(asked)}"


def _row(code: str, month: str, kind: Kind) -> dict[str, Any]:
    return {
        "name": categories()[kind.category].name,
        "icon": categories()[kind.category].icon,
        "count": times.figure(kind.now),
        "url": address(code, month, kind.category),
        "usual": _usual(kind),
        "striking": kind.striking,
    }


def _usual(kind: Kind) -> str:
    """`Biasanya 4 sebulan`; empty of too few months."""
    return "" if kind.usual is None else f"Biasanya {times.figure(kind.usual)} sebulan"


def _chart(code: str, found: Reported, kind: Kind) -> Chart:
    points = [
        Point(
            month,
            float(count),
            times.figure(count),
            still=_still(month),
            href=address(code, month, kind.category) if count else "",
        )
        for month, count in zip(found.months, kind.counts, strict=True)
    ]
    name = categories()[kind.category].name if kind.category else "Semua laporan"
    return chart.trend(f"isi-{kind.category or 'semua'}", name, "Laporan", points, "")


def _still(month: str) -> str:
    """Why more reports are still expected for this month. Any month changes with what comes late,
    is rejected or reopened; the page says so."""
    today = day_of(now())
    if month == f"{today:%Y-%m}":
        return "berjalan"
    return "" if today >= closed_on(month) else "belum ditutup"


def as_json(code: str, found: Reported, names: dict[str, str]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "region": code,
        "name": names.get(code, code),
        "period": found.months[-1],
        "total": found.total.now,
        "categories": [
            {
                "category": kind.category,
                "count": kind.now,
                "usual": kind.usual,
                "trend": [
                    {"period": month, "count": count}
                    for month, count in zip(found.months, kind.counts, strict=True)
                ],
            }
            for kind in found.kinds
        ],
    }
