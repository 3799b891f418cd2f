"""The other report that a desk names when something has been reported already."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from sipokat.domain.refusals import WrongContent
from sipokat.domain.report_search import number_in
from sipokat.domain.visibility import visible_reports
from sipokat.models import Report, User


def find(session: Session, user: User, report: Report, said: str) -> str:
    """The number of the other report, of which the desk's holder says this. Raises WrongContent on
    `other` for one that they may not read, or that is no other."""
    number = number_in(said)
    if number == report.number:
        raise _wrong("Itu nomor laporan ini. Tulis nomor laporan yang satu lagi.")
    if not number or not readable(session, user, [number]):
        raise _wrong("Nomor itu tidak ada di wilayah Anda. Periksa nomornya di halaman Laporan.")
    return number


def readable(session: Session, user: User, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers whose reports this person may read: one statement, none for none."""
    wanted = sorted(set(numbers))
    if not wanted:
        return frozenset()
    query = visible_reports(user).where(Report.number.in_(wanted))
    return frozenset(session.scalars(query.with_only_columns(Report.number)))


def _wrong(sentence: str) -> WrongContent:
    return WrongContent("Ada isian yang perlu diperbaiki.", {"other": sentence})
