"""A report for an RT whose head has no phone or a broken one, or for an RT without a head: somebody
of the kelurahan writes it down. It is the RT's report and says who wrote it, and another holder of
the desk decides it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from sipokat.domain import ended_rt, offices
from sipokat.domain.former_offices import desk_held_lately
from sipokat.domain.offices import Office
from sipokat.domain.refusals import WrongContent
from sipokat.domain.regions import exists_on, level_of
from sipokat.domain.roles import RECORDING
from sipokat.models import Region, Report, User


def recorder(
    user: User, region: str | None, written_on: date, received_on: date | None = None
) -> Office | None:
    """The office in which this person writes for the RT `region`: one at the desk of its kelurahan,
    held on the day of writing. What arrives later (`received_on`) is taken as long as a report of
    one's own. None for everybody else, and for the RT's own head."""
    if region is None or not _is_rt(region):
        return None
    if any(one.region == region and one.reports for one in offices.held(user, written_on)):
        return None
    here = offices.acting_at(user, RECORDING, region, written_on)
    lately = desk_held_lately(user, region, RECORDING, received_on or written_on)
    return here if lately and here in offices.held(user, written_on) else None


def is_recorder(user: User, report: Report) -> bool:
    """Whether the person wrote this report for an RT, and is still at the desk above it."""
    wrote = report.recorded_as is not None and report.reporter_id == user.id
    return wrote and RECORDING in offices.desks_over(user, report.region_code)


def desk_of_author(user: User, report: Report) -> str:
    """The desk from which the person acts for the report's author: the author's own, or that of the
    kelurahan for whoever wrote the report there, and for an RT that is there no more."""
    if report.author_desk in offices.desks_over(user, report.region_code):
        return report.author_desk
    above = is_recorder(user, report) or ended_rt.acts_from_above(user, report)
    return RECORDING if above else report.author_desk


def _is_rt(region: str) -> bool:
    try:
        return level_of(region) == "rt"
    except ValueError:
        return False


def is_there(session: Session, region_code: str, day: date) -> bool:
    """Whether this RT is there on that day."""
    region = session.get(Region, region_code)
    return region is not None and exists_on(region, day)


def require_there(session: Session, region_code: str, day: date) -> None:
    """Raises WrongContent on `region` for an RT that is not there on the day of writing."""
    if not is_there(session, region_code, day):
        sentence = "RT ini tidak ada pada tanggal itu. Pilih RT yang lain."
        raise WrongContent(sentence, {"region": sentence})
