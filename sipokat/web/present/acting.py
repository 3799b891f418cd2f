"""As what a person acts, in words, where they hold more than one office or act for somebody."""

from __future__ import annotations

from collections.abc import Iterable

from sipokat.database import db
from sipokat.domain import offices, titles
from sipokat.domain.listed import Listed
from sipokat.domain.offices import HOLDER, Office
from sipokat.domain.regions import at_desk
from sipokat.models import Report, User


def acting_on(user: User, report: Report) -> str:
    """`Plh. Camat Lubuklinggau Utara I`: the office in which the person decides this report. Empty
    where that goes without saying or is asked, and for whoever does not hold its desk."""
    if report.desk is None or report.desk not in offices.desks_over(user, report.region_code):
        return ""
    if choices(user, report):
        return ""  # the forms ask
    office = offices.acting_at(user, report.desk, report.region_code)
    return _words(office) if _says(user, office) else ""


def choices(user: User, report: Report | Listed) -> tuple[tuple[str, str], ...]:
    """The offices among which the person chooses when they decide this report, as (what the form
    sends, words); it sends nothing for the first, usual one. None where there is no choice."""
    if report.desk is None:
        return ()
    found = offices.acting_choices(user, report.desk, report.region_code)
    keys = ["", *(one.held_as for one in found[1:])]
    return tuple(zip(keys, map(_words, found), strict=True)) if len(found) > 1 else ()


def acting_desk(report: Report | Listed) -> str:
    """The region of the desk where the report lies: there the person holds the offices among which
    they choose."""
    return at_desk(report.region_code, report.desk) if report.desk else ""


def choices_by_desk(
    user: User, reports: Iterable[Report | Listed]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """The offices to choose from for these reports, by the region of their desk; only of desks at
    which there is a choice."""
    asked = {acting_desk(one): choices(user, one) for one in reports}
    return {desk: found for desk, found in asked.items() if found}


def acting_at_desks(user: User) -> str:
    """`Lurah Taba Baru dan Plh. Lurah Petanang Ulu`: the desks whose reports lie in the person's
    queue. Empty where there is one that goes without saying."""
    held = [one for one in offices.held(user) if one.desk and one.role.decides]
    if not any(_says(user, one) for one in held):
        return ""
    return " dan ".join(dict.fromkeys(map(_words, held)))


def _says(user: User, office: Office) -> bool:
    several = sum(one.desk is not None for one in offices.held(user)) > 1
    return several or office.kind != HOLDER or office.title is not None


def _words(office: Office) -> str:
    return titles.title(db.session(), office.role.key, office.region, office.kind, office.title)
