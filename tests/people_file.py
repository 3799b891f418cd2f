"""A spreadsheet of 528 RT heads as an office of the city would send it, with 40 faults."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.models import Region
from tests.cast import PETANANG_ULU, TABA_BARU
from tests.services.sheets import Cell

HEADS: list[Cell] = ["No", "Nama Ketua RT", "Kelurahan", "RT/RW", "No. HP (WA)", "TMT"]
FIRST_LINE = 5  # two lines of titles, an empty one, and the heads
ROWS = 528
FAULTS = 40
_FIRST = ("Ahmad", "Siti", "H. Ma'ruf", "Hj. Nur’aini", "M. Yusuf", "Drs. Zainal", "Rohani", "Dewi")
_LAST = ("Hakim", "Aminah, S.Pd.", "Saputra", "Wulandari", "bin Umar", "Effendi, S.H., M.M.")


def titles() -> list[list[Cell]]:
    return [["DATA KETUA RT KOTA LUBUKLINGGAU"], ["Tahun 2026"], [], HEADS]


def rows(session: Session) -> list[list[Cell]]:
    """528 rows: eight RT, or seven, of each kelurahan, 40 of them with a fault."""
    kelurahan = session.execute(
        select(Region.code, Region.name).where(Region.level == "kelurahan").order_by(Region.code)
    ).all()
    made: list[list[Cell]] = []
    for place, (code, name) in enumerate(kelurahan):
        first = 50 if code in (PETANANG_ULU, TABA_BARU) else 1  # the cast heads the first RT there
        for number in range(first, first + (8 if place % 3 == 0 else 7)):
            made.append(_row(len(made), name, number))
    assert len(made) == ROWS
    _spoil(made)
    return made


def _row(place: int, kelurahan: str, rt: int) -> list[Cell]:
    name = f"{_FIRST[place % 8]} {_LAST[place % 6]}"
    name = name.replace(" ", f" {chr(65 + place % 26)}{chr(97 + place // 26)} ", 1)
    number = 81370000000 + place
    phones: list[Cell] = [number, f"0{number}", f"+62 {number}", f"0813-7000-{place:04}"]
    spelled = (kelurahan, kelurahan.upper(), f"Kel. {kelurahan}", kelurahan.replace(" II", " 2"))
    rts: list[Cell] = [rt, f"{rt:03}", f"RT {rt:02} / RW 01", f"RT.{rt}"]
    since = f"@{44000 + place}" if place % 2 else 44000 + place
    return [place + 1, name, spelled[place % 4], rts[place % 4], phones[place % 4], since]


def _spoil(made: list[list[Cell]]) -> None:
    """40 faults, each in a row that no other fault touches."""
    for place in range(0, 5):
        made[place][1] = ("", "=1+1|2", "081234", "@", "x" * 90)[place]
    for place, wrong in enumerate(("", "0812", "8,137E+10", "0812/0813", "belum ada"), 20):
        made[place][4] = wrong
    for place, wrong in enumerate(("", "Petanang Ulo", "Palembang", "-", "Kecamatan Barat"), 40):
        made[place][2] = wrong
    for place, wrong in enumerate(("", "RW 1", "@46000", "0", "1234"), 60):
        made[place][3] = wrong
    for place, wrong in enumerate(("kemarin", "31/02/2024", "@99999", "1899-01-01", "2021"), 80):
        made[place][5] = wrong
    for place in (100, 110, 120):  # two people on one number: six faults
        made[place][4] = made[place + 1][4] = f"0813 9000 {place:04}"
    for place in (130, 140):  # two heads of one RT: four faults
        made[place + 1][2:4] = made[place][2:4]
    made[150][4] = "0812 0000 0101"  # Rahman's
    made[151][4] = "0812 0000 0999"  # Bejo's, whose account is closed
    made[152][2:4] = ["Petanang Ulu", 1]  # Rahman heads it
    made[153] = list(made[154])  # the same twice
    made[155][2:4] = ["Petanang Ulu", 2]  # Siti heads it
