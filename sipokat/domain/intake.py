"""Intake: however often a report is sent, there is one, and its receipt says what has arrived."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from sipokat.database import lock_rows, writing
from sipokat.domain import chain
from sipokat.domain.categories import Category
from sipokat.domain.clock import FIRST_DAY, day_of
from sipokat.domain.clock import now as present
from sipokat.domain.content import Content, Raw, check, digest, find_category, loose
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import NeverAllowed, NotNow, WrongContent
from sipokat.domain.regions import level_of
from sipokat.domain.revisions import declare, keep_revision, put_content, refuse_second
from sipokat.domain.roles import ROLES
from sipokat.domain.verification import append, next_number, settle
from sipokat.domain.visibility import holds_on, may_file_for
from sipokat.models import Report, User

SAME_FORM = timedelta(minutes=10)
DOUBTFUL = timedelta(hours=LIMITS.doubtful_hours)


@dataclass(frozen=True)
class Submission:
    """A report as sent. Without `client_id` it came from a plain form. `sent_at` is the phone's
    clock at the moment of sending, `written_at` when the author finished, both aware."""

    category: str
    raw: Raw
    client_id: str | None = None
    region: str | None = None
    written_at: datetime | None = None
    written_at_raw: str | None = None
    sent_at: datetime | None = None
    form_version: str | None = None

    def digest(self) -> str:
        """What makes two sendings the same report: all but coordinates, the time of writing and
        the version of the form."""
        return digest([self.category, self.region, loose(self.raw)])


def submit(user: User, sent: Submission, now: datetime | None = None) -> tuple[Report, bool]:
    """Take in a report; True when it is new.

    A repeat by the same reporter (same client id, or from a plain form the same content within
    ten minutes, unless that was withdrawn or rejected) gives the first one back. Raises NotNow
    when the client id was used for other content, NeverAllowed for a role that does not report or
    a region that the person did not hold when it happened or was written, WrongContent for what
    the fields say.
    """
    at = now or present()
    asked = sent.digest()
    with writing() as session:
        # One submission of a person at a time: repeats cannot overtake each other.
        lock_rows(session, select(User.id).where(User.id == user.id))
        before = _sent_before(session, user, sent, asked, at)
        if before is None:
            return _take_in(session, user, sent, asked, at), True
        report = session.get_one(Report, before.id)
        if before.submission_digest != asked:
            raise NotNow(
                "Laporan ini sudah pernah dikirim dengan isi yang lain.",
                report,
                code="client_id_used",
            )
        return report, False


def _sent_before(
    session: Session, user: User, sent: Submission, asked: str, at: datetime
) -> Row[int, str] | None:
    given = {"user": user.id}
    if sent.client_id is not None:
        return session.execute(_BY_CLIENT_ID, given | {"client_id": sent.client_id}).first()
    lately = given | {"digest": asked, "since": at - SAME_FORM}
    return session.execute(_BY_CONTENT, lately).first()


_MINE = select(Report.id, Report.submission_digest).where(Report.reporter_id == bindparam("user"))
_BY_CLIENT_ID = _MINE.where(Report.client_id == bindparam("client_id"))
_BY_CONTENT = (
    _MINE.where(
        Report.submission_digest == bindparam("digest"),
        Report.received_at > bindparam("since"),
        # What was taken back or refused, and is written once more, is meant to be sent.
        Report.status.not_in(("rejected", "withdrawn")),
    )
    .order_by(Report.id.desc())
    .limit(1)
)


def _take_in(session: Session, user: User, sent: Submission, asked: str, at: datetime) -> Report:
    if not ROLES[user.role].reports:
        raise NeverAllowed("Peran Anda tidak membuat laporan.")
    written, doubtful = corrected(sent.written_at, sent.sent_at, at)
    region = _office(user, sent, day_of(written))
    category = find_category(sent.category, user.role)
    content = check(category, sent.raw, day_of(written))
    refuse_second(session, category, region, content.period)
    report = Report(
        client_id=sent.client_id or str(uuid.uuid4()),
        reporter_id=user.id,
        region_code=region,
        author_desk=level_of(region),
        submission_digest=asked,
        received_at=at,
        written_at_raw=sent.written_at_raw,
        written_at=written,
        clock_doubtful=doubtful,
        form_version=sent.form_version,
        category=category.key,
        urgent=category.urgent,
    )
    put_content(report, content)
    _record(session, user, report, category, content, asked, at)
    return report


def _record(
    session: Session,
    user: User,
    report: Report,
    category: Category,
    content: Content,
    asked: str,
    at: datetime,
) -> None:
    move, state = chain.start(report.author_desk, user.id, category.classed)
    settle(session, report, state, at)
    seq = next_number(session)
    report.number = number_of(seq)
    if content.period is None:
        session.add(report)
        session.flush()
    else:
        _add_to_period(session, report, category)
    set_committed_value(report, "photos", [])
    declare(session, user, report, content.photos)
    append(session, user, report, move, chain.Request("submit"), None, asked, at, seq)
    keep_revision(session, user, report, content, at)


def _add_to_period(session: Session, report: Report, category: Category) -> None:
    region, period = report.region_code, report.period
    try:
        with session.begin_nested():  # before the report is added: it flushes what is pending
            session.add(report)
            session.flush()
    except IntegrityError:
        # Another holder of the office filed the same month at this very moment.
        refuse_second(session, category, region, period)
        raise


def number_of(seq: int) -> str:
    """The report's number: its first event's number and a check digit (Luhn, ISO/IEC 7812), so
    that a digit misheard on the phone is never somebody else's report."""
    total = 0
    for place, digit in enumerate(reversed(str(seq))):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{seq:04d}{-total % 10}"


def corrected(
    written_at: datetime | None, sent_at: datetime | None, received_at: datetime
) -> tuple[datetime, bool]:
    """When it was written by the server's clock, and whether the phone's clock is doubtful.

    The phone's error is what its clock said at sending against what the server's said at
    receipt; beyond 24 hours it is doubtful. Nothing is written after it was received.
    """
    offset = received_at - sent_at if sent_at else timedelta(0)
    try:
        written = min(written_at + offset, received_at) if written_at else received_at
    except OverflowError:  # a clock in the year 9999, or before all years
        return received_at, True
    if written < FIRST_DAY:
        return received_at, True
    return written, abs(offset) > DOUBTFUL


def _office(user: User, sent: Submission, written_on: date) -> str:
    """The region that the report speaks for."""
    days = [written_on]
    with suppress(ValueError):  # the field's own sentence says so
        days.append(date.fromisoformat(sent.raw.happened_on))
    if sent.region:
        if not may_file_for(user, sent.region, tuple(days)):
            raise NeverAllowed("Anda tidak menjabat di wilayah ini pada tanggal itu.")
        return sent.region
    held = {t.region_code for t in user.terms if any(holds_on(t, day) for day in days)}
    if not held:
        raise NeverAllowed("Anda tidak sedang menjabat. Hubungi Diskominfo.")
    if len(held) > 1:
        raise WrongContent("Pilih wilayahnya.", {"region": "Pilih wilayah laporan ini."})
    return held.pop()


def receipt(report: Report) -> dict[str, Any]:
    """What the phone may forget its copy by. A photo that a revision left out and that arrived all
    the same is named too: otherwise its phone would send it for ever."""
    return {
        "client_id": report.client_id,
        "number": report.number,
        "received_at": report.received_at.isoformat(),
        "photos": [
            {"id": photo.client_id, "sha256": photo.sha256, "state": photo.state}
            for photo in report.photos
            if photo.current or photo.state in ("received", "ready")
        ],
    }
