"""The people of the tests, with the telephone numbers that they have in the demo city.

Reports start with Rahman, head of RT 001 in Petanang Ulu. Hartono is his lurah, Yusuf his camat,
and Dewi sits at the last desk, over which Zainal stands as the Asisten. Sari (the lurah next door)
and Effendi (the camat of another kecamatan) hold the same offices elsewhere and must never see his
reports. Bejo's account was closed: he must never get in anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PASSWORD = "sipokat-demo"

KOTA = "16.73"
UTARA_I = "16.73.04"
BARAT_I = "16.73.02"
PETANANG_ULU = "16.73.04.1009"
TABA_BARU = "16.73.04.1007"


@dataclass(frozen=True)
class Person:
    """`phone` as people type it; `region` of the office; not `active` means a closed account."""

    phone: str
    name: str
    role: str
    region: str
    active: bool = True

    def __str__(self) -> str:
        return self.name


RAHMAN = Person("081200000101", "Rahman", "rt_head", f"{PETANANG_ULU}.001")
SITI = Person("081200000102", "Siti Aminah", "rt_head", f"{PETANANG_ULU}.002")
MARLINA = Person("081200000103", "Marlina", "rt_head", f"{TABA_BARU}.001")
HARTONO = Person("081200000201", "Hartono", "lurah", PETANANG_ULU)
SARI = Person("081200000202", "Sari Wulandari", "lurah", TABA_BARU)
YUSUF = Person("081200000301", "Yusuf", "camat", UTARA_I)
EFFENDI = Person("081200000302", "Effendi", "camat", BARAT_I)
DEWI = Person("081200000401", "Dewi Lestari", "pemerintahan", KOTA)
ZAINAL = Person("081200000701", "Zainal Arifin", "asisten", KOTA)
AGUS = Person("081200000501", "Agus Salim", "diskominfo", KOTA)
RATNA = Person("081200000601", "Ratna", "viewer", KOTA)
BEJO = Person("081200000999", "Bejo", "rt_head", f"{PETANANG_ULU}.003", active=False)

CAST = (RAHMAN, SITI, MARLINA, HARTONO, SARI, YUSUF, EFFENDI, DEWI, ZAINAL, AGUS, RATNA, BEJO)

# Nobody: a visitor without a session.
STRANGER: Any = None
