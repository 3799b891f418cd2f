"""The tables of monitoring: the regions right below one, its RT, and the decisions of its desks."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from sipokat.domain import reasons
from sipokat.domain.clock import day_of
from sipokat.domain.exports import places
from sipokat.domain.exports.table import PORTION, Asked, Cell, Column, Table, at_once
from sipokat.domain.offices import label_of
from sipokat.domain.participation import lists, overview
from sipokat.domain.participation.closing import is_closed
from sipokat.domain.participation.figures import Figures
from sipokat.domain.participation.names import REKAP, state_words
from sipokat.domain.participation.overview import Seen
from sipokat.domain.regions import lies_in, names_of
from sipokat.domain.report_titles import report_title
from sipokat.domain.responsiveness import decisions
from sipokat.domain.responsiveness import overview as responsiveness
from sipokat.domain.responsiveness.decisions import Decision
from sipokat.domain.responsiveness.overview import Desk
from sipokat.domain.roles import DESK_WORDS
from sipokat.domain.state_names import what_happened

HOUR = 3600
FIGURES = (
    Column("RT yang punya ketua", "whole", 20),
    Column("Aktif", "whole", 9),
    Column("Bagian aktif", "share", 13),
    Column("Melapor sendiri", "whole", 16),
    Column("Tepat waktu", "whole", 13),
    Column("Hanya nihil", "whole", 12),
    Column("Dicatat kelurahan", "whole", 18),
    Column("Belum melapor", "whole", 15),
)
ANSWERS = (
    Column("Keputusan", "whole", 11),
    Column("Median (jam kerja)", "decimal", 19),
    Column("Sembilan dari sepuluh (jam kerja)", "decimal", 32),
    Column("Median 12 bulan (jam kerja)", "decimal", 28),
    Column("Dalam batas waktu", "share", 18),
    Column("Dengan pesan", "share", 14),
    Column("Dikembalikan", "share", 14),
    Column("Menunggu sekarang", "whole", 18),
    Column("Terlambat sekarang", "whole", 19),
    Column("Paling lama menunggu sejak", "moment", 26),
)
REGIONS = (
    *places.COLUMNS,
    Column("Jabatan", width=10),
    *FIGURES,
    Column(f"{lists.LONG} bulan atau lebih tidak melapor", "whole", 32),
    Column("Rekap bulanan", width=14),
    *ANSWERS,
    Column("Berubah sesudah ditutup", width=23),
)
RT = (
    *places.COLUMNS,
    Column("Keadaan", width=24),
    Column("Keadaan sekarang", width=24),
    Column("Bulan berturut-turut tanpa laporan", "whole", 33),
)
DECISIONS = (
    Column("Nomor", width=12),
    Column("Laporan", width=30),
    *places.COLUMNS,
    Column("Meja", width=20),
    Column("Keputusan", width=28),
    Column("Oleh", width=24),
    Column("Sebagai", width=24),
    Column("Waktu", "moment", 19),
    Column("Lama (jam kerja)", "decimal", 17),
    Column("Batas waktu", width=14),
    Column("Alasan", width=30),
    Column("Pesan", width=50),
)
ACTIVE = (
    "Aktif berarti: untuk bulan itu ada laporan yang berlaku, dari RT sendiri atau dicatat "
    "kelurahan. Laporan yang ditolak atau dibatalkan tidak dihitung.",
    "Dihitung RT yang punya ketua pada hari terakhir bulan itu. Tepat waktu: ditulis sampai "
    "tanggal 10 bulan berikutnya.",
)
ANSWERED = (
    "Lama menjawab dihitung dalam jam kerja, dari laporan tiba di meja sampai diperiksa. Kosong "
    "berarti kurang dari lima keputusan: data belum cukup.",
)


def regions_of(session: Session, asked: Asked) -> Table:
    """Each region right below one, with its figures in a month, as its page shows them."""
    code, month = asked.filters["code"], asked.filters["month"]
    seen = overview.overview(session, code, month, day_of(asked.at))
    answered = responsiveness.overview(session, code, month, asked.at)
    names = names_of(session, [one.code for one in seen.below])
    silent = lists.rows(session, code, month, day_of(asked.at), seen.closed)
    long = [row.code for row in silent if lists.WHICH["lama"](row)]
    rows = [
        _region(
            one,
            sum(lies_in(rt, one.code) for rt in long),
            answered.below.get(one.code),
            names,
        )
        for one in seen.below
    ]
    return at_once(REGIONS, rows, (*ACTIVE, *ANSWERED))


def _region(one: Seen, long: int, desk: Desk | None, names: dict[str, str]) -> list[Cell]:
    return [
        *places.cells(one.code, names),
        "Terisi" if one.held else "Kosong",
        *_figures(one.figures),
        long,
        REKAP[one.rekap][0] if one.rekap else None,
        *(_answers(desk) if desk else [None] * len(ANSWERS)),
        "Ya" if one.now is not None else None,
    ]


def _figures(one: Figures) -> list[Cell]:
    counts = (one.sent, one.on_time, one.nihil, one.recorded, one.silent)
    return [one.expected, one.active, one.share, *counts]


def _answers(one: Desk) -> list[Cell]:
    done, lying, mends = one.month, one.lying, one.desk == "rt"
    return [
        done.decisions,
        _hours(done.median),
        _hours(done.ninetieth),
        _hours(one.year.median),
        None if mends else done.share_in_time,
        None if mends else done.share_answered,
        None if mends else done.share_sent_back,
        lying.waiting,
        None if mends else lying.late,
        lying.oldest,
    ]


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / HOUR, 1)


def rt_of(session: Session, asked: Asked) -> Table:
    """The RT behind a figure: as many as the figure says."""
    code, month = asked.filters["code"], asked.filters["month"]
    closed = is_closed(session, month)
    every = lists.rows(session, code, month, day_of(asked.at), closed)
    found = [one for one in every if lists.WHICH[asked.filters["which"]](one)]
    names = names_of(session, [one.code for one in found])
    rows: list[list[Cell]] = [
        [
            *places.cells(one.code, names),
            state_words(one.figures)[0],
            state_words(one.now or one.figures)[0],
            one.silent,
        ]
        for one in found
    ]
    return at_once(RT, rows, (*ACTIVE, f"Paling banyak {lists.MANY} bulan dihitung ke belakang."))


def decisions_of(session: Session, asked: Asked) -> Table:
    """The decisions behind a figure, desk by desk, what took longest first."""
    told = asked.filters
    wanted = decisions.Asked(
        told["code"],
        told.get("desk", ""),
        told["month"],
        told["which"],
        told.get("reason", ""),
        int(told["span"]),
    )

    def portion(session: Session, after: Any) -> tuple[list[list[Cell]], Any]:
        found, following = decisions.page(session, wanted, after, PORTION)
        names = names_of(session, {one.region_code for one in found})
        return [_decision(one, names) for one in found], following

    return Table(DECISIONS, decisions.count(session, wanted, asked.at), portion, ANSWERED)


def _decision(one: Decision, names: dict[str, str]) -> list[Cell]:
    detail = json.loads(one.detail or "{}")
    reason = reasons.find(one.action, one.reason)
    clock = {None: None, True: "Dalam batas", False: "Terlambat"}
    return [
        one.number,
        report_title(one.category, one.fields, one.period),
        *places.cells(one.region_code, names),
        DESK_WORDS[one.desk],
        what_happened(one.action, one.desk, one.to_desk),
        one.actor,
        label_of(one.actor_role, detail.get("kind"), detail.get("title")),
        one.at,
        _hours(one.worked_s),
        clock[one.in_time],
        reason.said(one.author_desk) if reason else None,
        one.note,
    ]
