"""Fills the blanks of the demo's reports: words and figures in sentences, counts of residents, and
places."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from sipokat.demo.sources import data, dice
from sipokat.domain.regions import at_desk, level_of


def vocabulary(chance: Random, kind: dict[str, Any], day: date) -> dict[str, Any]:
    """A value for each blank that the sentences and fields of `reports.toml` may have."""
    return {
        "n": chance.randint(*kind["n"]),
        "few": chance.randint(0, 4),
        "few2": chance.randint(0, 4),
        "gang": chance.randint(1, 8),
        "at": chance.choice(data("city")["landmarks"]),
        "bulan": data("city")["months"][day.month - 1],
        "hours": f"{chance.choice((1, 1.5, 2, 2.5, 3, 4))}".replace(".", ","),
        "volume": f"{chance.choice((0.5, 1, 1.5, 2, 3, 4.5, 6))}".replace(".", ","),
        "damage": chance.choice(("ringan", "sedang", "sedang", "berat")),
        "rupiah": str(chance.randint(4, 90) * 500_000),
        "target": str(chance.randint(50, 300) * 1_000_000),
        "city": chance.choice(data("city")["cities"]),
        "source": chance.choice(data("city")["sources"]),
    }


def census(chance: Random, office: str, period: str) -> dict[str, str]:
    """The fields of a count of residents. The totals of an RT are the same in every month."""
    steady = dice(f"residents {office}")
    men, women = steady.randint(190, 290), steady.randint(185, 285)
    small = {
        f"{what}_{sex}": chance.choices((0, 1, 2), weights)[0]
        for what, weights in (
            ("lahir", (75, 22, 3)),
            ("meninggal", (85, 14, 1)),
            ("datang", (60, 28, 12)),
            ("pindah", (65, 25, 10)),
        )
        for sex in "lp"
    }
    counts = {"kk": (men + women) // 4, "penduduk_l": men, "penduduk_p": women, **small}
    return {"periode": period, **{key: str(value) for key, value in counts.items()}}


def spot(chance: Random, office: str) -> tuple[float, float, float]:
    """A point near this office: latitude and longitude in degrees, and its accuracy in metres."""
    kelurahan = at_desk(office, "kelurahan") if level_of(office) in ("rt", "kelurahan") else office
    lat, lon = data("city")["centres"][".".join(office.split(".")[:3])]
    place = dice(f"place {kelurahan}")
    lat, lon = lat + place.uniform(-0.018, 0.018), lon + place.uniform(-0.018, 0.018)
    near = chance.uniform(-0.003, 0.003), chance.uniform(-0.003, 0.003)
    return round(lat + near[0], 6), round(lon + near[1], 6), round(chance.uniform(4, 38), 1)
