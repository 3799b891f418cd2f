"""Words and figures for the blanks in the demo's sentences."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from sipokat.demo.people import book, dice
from sipokat.domain.regions import at_desk, level_of


def vocabulary(chance: Random, kind: dict[str, Any], day: date) -> dict[str, Any]:
    """Words and figures for the blanks in a sentence."""
    return {
        "n": chance.randint(*kind["n"]),
        "few": chance.randint(0, 4),
        "few2": chance.randint(0, 4),
        "gang": chance.randint(1, 8),
        "at": chance.choice(book("city")["landmarks"]),
        "bulan": book("city")["months"][day.month - 1],
        "hours": f"{chance.choice((1, 1.5, 2, 2.5, 3, 4))}".replace(".", ","),
        "volume": f"{chance.choice((0.5, 1, 1.5, 2, 3, 4.5, 6))}".replace(".", ","),
        "damage": chance.choice(("ringan", "sedang", "sedang", "berat")),
        "rupiah": str(chance.randint(4, 90) * 500_000),
        "target": str(chance.randint(50, 300) * 1_000_000),
        "city": chance.choice(book("city")["cities"]),
        "source": chance.choice(book("city")["sources"]),
    }


def census(chance: Random, office: str, period: str) -> dict[str, str]:
    """A month's count of residents; from month to month an RT hardly changes."""
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
    """A point (degrees, degrees) and its accuracy in metres, roughly where the office is."""
    kelurahan = at_desk(office, "kelurahan") if level_of(office) in ("rt", "kelurahan") else office
    lat, lon = book("city")["centres"][".".join(office.split(".")[:3])]
    place = dice(f"place {kelurahan}")
    lat, lon = lat + place.uniform(-0.018, 0.018), lon + place.uniform(-0.018, 0.018)
    near = chance.uniform(-0.003, 0.003), chance.uniform(-0.003, 0.003)
    return round(lat + near[0], 6), round(lon + near[1], 6), round(chance.uniform(4, 38), 1)
