"""What the pages of monitoring cost, in a city of the demo's size, in one with a tenth of the
history and in one of 150,000 reports and 600,000 events.

    .venv/bin/python -m bench.monitoring [--repeat 15] [--also longer country]

The processor time of each page in all three, in turns, the median of many; *first* is the first
look of a process, which then remembers months that are over. Ends with 1 when a page of the large
city takes more than three times the small one's time, or when one of the tenth takes less than two
thirds of the large one's: then it would grow with the history.

`longer` adds a city with ten times the history, `country` the figures of 600,000 RT in 500 cities:
what one city's month costs among them, all cities one after another, and to close a month for all.
Both only tell.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measuring import is_idle, scratch
from bench.pages import HTML, JSON, PEOPLE, cost, make

GROWTH, TENTH = 3.0, 2 / 3
CITIES: dict[str, dict[str, Any]] = {
    "small": {"reports": 862, "still_open": 700, "offices": 16, "bencana": 160},
    "tenth": {"reports": 15_000},
    "large": {},
    "longer": {"reports": 1_500_000},
}
KOTA, KECAMATAN, KELURAHAN, RT = "16.73", "16.73.04", "16.73.04.1009", "16.73.04.1009.001"


def close_months(app: Any) -> None:
    """Close every month that is over, as the worker does."""
    from sipokat.database import db, writing
    from sipokat.domain.clock import day_of
    from sipokat.domain.participation import closing

    at = datetime.now(UTC)
    with app.app_context():
        for month in closing.to_close(db.session(), day_of(at)):
            with writing() as session:
                closing.close(session, month, at)


def pages() -> dict[str, tuple[str, str, str]]:
    """Name of each page: (role, address, form)."""
    from sipokat.domain.clock import day_of
    from sipokat.domain.participation.closing import last_closing

    month = f"periode={last_closing(day_of(datetime.now(UTC)))}"
    addresses = {
        "city": f"{KOTA}?{month}",
        "kecamatan": f"{KECAMATAN}?{month}",
        "kelurahan": f"{KELURAHAN}?{month}",
        "RT": f"{RT}?{month}",
        "RT of the city, silent": f"{KOTA}/rt?{month}&keadaan=belum",
        "RT of the city, three months": f"{KOTA}/rt?{month}&keadaan=lama",
        "RT to be asked": f"{KECAMATAN}/belum-melapor?{month}",
        "RT that were asked": f"{KOTA}/pengingat?{month}",
        "what is reported": f"{KOTA}/isi?{month}",
        "decisions of the city": f"{KOTA}/keputusan?{month}",
        "decisions of a year": f"{KOTA}/keputusan?{month}&meja=kota&bulan=12",
    }
    found = {name: ("pemerintahan", f"/pemantauan/{one}", HTML) for name, one in addresses.items()}
    return found | {"city, JSON": ("pemerintahan", f"/pemantauan/{addresses['city']}", JSON)}


def compare(apps: dict[str, Any], repeat: int) -> list[str]:
    """Processor time in each city, page by page. What grows by more than it may, if so."""
    below = []
    print(f"{'page':30}" + "".join(f"{name + ' ms':>12}" for name in apps) + "   first   growth")
    for page, asked in pages().items():
        first = {name: _first(app, asked) * 1000 for name, app in apps.items()}
        times: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(repeat):
            for name, app in apps.items():
                times[name].append(cost(app, asked) * 1000)
        found = {name: statistics.median(those) for name, those in times.items()}
        growth = found["large"] / found["small"]
        shown = "".join(f"{found[name]:12.1f}" for name in apps)
        print(f"{page:30}{shown}{first['large']:8.1f}{growth:9.2f}", flush=True)
        if growth > GROWTH:
            below.append(f"{page}: {growth:.2f} times the small city's, at most {GROWTH}")
        if found["tenth"] < TENTH * found["large"]:
            share = found["tenth"] / found["large"]
            below.append(f"{page}: with a tenth of the history {share:.0%}, at least {TENTH:.0%}")
    return below


def _first(app: Any, asked: tuple[str, str, str]) -> float:
    from sipokat.database import db
    from sipokat.domain.responsiveness.months import forget

    with app.app_context():
        forget(db.session())
        db.session.remove()
    return cost(app, asked)


def country(app: Any) -> None:
    """The figures of 600,000 RT: 500 cities of 8 kecamatan of 10 kelurahan of 15 RT, each with a
    head; every tenth reports."""
    from sqlalchemy import text

    from sipokat.database import db, writing
    from sipokat.domain.clock import day_of
    from sipokat.domain.participation import closing
    from sipokat.domain.participation.month import month_of

    at = datetime.now(UTC)
    today = day_of(at)
    month = closing.last_closing(today)
    with app.app_context():
        with writing() as session:
            for statement in _country(month):
                session.execute(text(statement.replace(":", r"\:")))
            session.execute(text("ANALYZE"))
        session = db.session()
        codes = [f"5{n // 100}.{n % 100:02d}" for n in range(500)]
        began = time.process_time()
        one = month_of(session, codes[250], month, today)
        print(f"\none city of 500: {1000 * (time.process_time() - began):.1f} ms of processor")
        began = time.process_time()
        every = [month_of(session, code, month, today).own.figures for code in codes]
        expected = sum(figures.expected for figures in every)
        active = sum(figures.active for figures in every)
        took = time.process_time() - began
        print(f"all 500, {active} of {expected} RT active: {took:.1f} s of processor")
        assert (expected, one.own.figures.expected) == (600_000, 1200)
        db.session.remove()
        with writing() as session:
            session.execute(text("DELETE FROM daily_job WHERE name = 'month'"))
            session.execute(text("DELETE FROM closed_month"))
        began = time.process_time()
        with writing() as session:
            closing.close(session, month, at)
        print(f"a month closed for all: {time.process_time() - began:.1f} s of processor")


def _country(month: str) -> list[str]:
    def numbers(count: int) -> str:
        series = "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n <"
        return f"({series} {count - 1}) SELECT n FROM s)"

    def below(level: str, above: str, code: str, count: int) -> str:
        return (
            "INSERT INTO region (code, parent_code, level, name, official_name, also)"
            f" SELECT up.code || {code}, up.code, '{level}', 'Wilayah ' || s.n, '', ''"
            f" FROM region up, {numbers(count)} s WHERE up.level = '{above}' AND up.code LIKE '5%'"
        )

    return [
        "INSERT INTO region (code, level, name, official_name, also) SELECT printf('5%d.%02d',"
        f" n / 100, n % 100), 'kota', 'Kota ' || n, '', '' FROM {numbers(500)}",
        below("kecamatan", "kota", "printf('.%02d', s.n)", 8),
        below("kelurahan", "kecamatan", "printf('.10%02d', s.n)", 10),
        below("rt", "kelurahan", "printf('.%03d', s.n)", 15),
        "INSERT INTO user (id, phone, name, role, password_hash, active, created_at)"
        " SELECT code, code, code, 'rt_head', 'x', 1, '2020-01-01 00:00:00.000000' FROM region"
        " WHERE level = 'rt' AND code LIKE '5%'",
        "INSERT INTO term (user_id, role, region_code, since) SELECT code, 'rt_head', code,"
        " '2020-01-01' FROM region WHERE level = 'rt' AND code LIKE '5%'",
        "INSERT INTO month_count (month, region_code, real, nihil, recorded, on_time, rekap,"
        f" rekap_on_time) SELECT '{month}', code, 1, 0, 0, 1, 0, 0 FROM region"
        " WHERE level = 'rt' AND code LIKE '5%' AND substr(code, -1) = '3'",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--also", nargs="*", choices=["longer", "country"], default=[])
    options = parser.parse_args()
    is_idle()
    assert PEOPLE["pemerintahan"] == KOTA
    with scratch() as folder:
        apps = {}
        for name in ("small", "tenth", "large", *(["longer"] if "longer" in options.also else [])):
            apps[name] = make(Path(folder), name, CITIES[name])
            close_months(apps[name])
        below = compare(apps, options.repeat)
        if "country" in options.also:
            country(make(Path(folder), "country", CITIES["small"]))
    for line in below:
        print(f"BELOW THE FLOOR: {line}")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
