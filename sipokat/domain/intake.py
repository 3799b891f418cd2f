"""Intake: however often a report is sent, there is one, and its receipt says what has arrived.

A submission is first judged, with no statement of its own, into the very rows that keep it; then
kept, under the lock of its reporter.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import db, lock_rows, table, to_json, writing
from sipokat.domain import (
    chain,
    deadlines,
    events,
    office_hours,
    offices,
    photos,
    record,
    recording,
    revisions,
)
from sipokat.domain.clock import corrected, day_of
from sipokat.domain.clock import now as present
from sipokat.domain.content import (
    Raw,
    check,
    content_digest,
    find_category,
    submission_digest,
)
from sipokat.domain.former_offices import held_lately, reporting_ends
from sipokat.domain.limits import LIMITS
from sipokat.domain.notices.audience import About
from sipokat.domain.participation.facts import Share, changes, share_of
from sipokat.domain.periods import FALLEN, refuse_second
from sipokat.domain.receipts import Receipt, receipt
from sipokat.domain.refusals import NeverAllowed, NotNow, Refused, WrongContent
from sipokat.domain.regions import above_it
from sipokat.domain.roles import ROLES
from sipokat.domain.standing import due_of, standing
from sipokat.domain.texts import written
from sipokat.models import Report, User
from sipokat.prepared import Prepared

SAME_FORM = timedelta(minutes=10)


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


@dataclass(frozen=True)
class Judged:
    """A submission that was found sound: its rows, but for the numbers that the database gives.

    `by_client_id` says whether a repeat is known by its client id or, from a plain form, by its
    content. `state` is the report's after its submission, `shares` what it adds to its month.
    """

    by_client_id: bool
    state: chain.State
    report: dict[str, Any]
    revision: dict[str, Any]
    photos: list[dict[str, Any]]
    event: events.NewEvent
    shares: list[Share]

    @property
    def asked(self) -> str:
        """The digest of what was sent."""
        digest: str = self.report["submission_digest"]
        return digest


def submit(user: User, sent: Submission, now: datetime | None = None) -> tuple[Receipt, bool]:
    """Take in a report: its receipt, and True when it is new.

    A repeat by the same reporter (same client id, or from a plain form the same content within
    ten minutes, unless that was withdrawn or rejected) gets the receipt of the first one, whatever
    has changed since. Raises NotNow when the client id was used for other content, NeverAllowed
    for a role that does not report or a region that the person did not hold when it happened or
    was written, WrongContent for what the fields say.
    """
    at = now or present()
    try:
        judged = judge(user, sent, at)
    except Refused as refusal:
        # A repeat gets its receipt even where its first sending would be refused today.
        asked = submission_digest(sent.category, sent.region, sent.raw)
        try:
            known = _sent_before(db.session(), user, sent.client_id, asked, at)
        except NotNow:
            if isinstance(refusal, NeverAllowed):  # comes before it
                raise refusal from None
            raise
        if known is None:
            raise
        return known, False
    try:
        with writing() as session:
            return keep(session, user, judged)
    except IntegrityError:
        # The database knows this client id already: it was sent before, maybe a moment ago.
        known = _sent_before(db.session(), user, sent.client_id, judged.asked, at)
        if known is None:
            raise
        return known, False


# --- Judge: before the lock, with no statement of its own ----------------------------------------


def judge(user: User, sent: Submission, at: datetime) -> Judged:
    """What a submission received `at` becomes, or the refusal. It has no limit yet."""
    written, doubtful = corrected(sent.written_at, sent.sent_at, at)
    recorder = recording.recorder(user, sent.region, day_of(written), day_of(at))
    office = recorder or _office(user, sent, day_of(written), day_of(at))
    assert office.desk is not None
    region, author_desk, role = office.region, office.desk, office.role.key
    if recorder:
        assert sent.region is not None
        region, author_desk, role = sent.region, "rt", "rt_head"
    category = find_category(sent.category, role)
    content = check(category, sent.raw, day_of(written))
    as_json = content.as_json()
    columns = content.as_columns()
    seal = content_digest(category.key, region, as_json)
    asked = submission_digest(sent.category, sent.region, sent.raw)
    move, state = chain.start(author_desk, user.id, category.classed)
    row = {
        "client_id": sent.client_id or str(uuid.uuid4()),
        "reporter_id": user.id,
        "region_code": region,
        **above_it(region),
        "author_desk": author_desk,
        "recorded_as": recorder.label if recorder else None,
        "submission_digest": asked,
        "received_at": at,
        "written_at_raw": sent.written_at_raw,
        "written_at": written,
        "clock_doubtful": doubtful,
        "form_version": sent.form_version,
        "category": category.key,
        "urgent": category.urgent,
        "content_digest": seal,
        **columns,
        "fields": to_json(columns["fields"]),
        **standing(state, region, at, None),
    }
    detail: dict[str, Any] = {"kept": record.kept_digest(row)}
    if recorder:
        detail["recorded"] = {"region": region, "as": recorder.label}
    return Judged(
        by_client_id=sent.client_id is not None,
        state=state,
        report=row,
        revision=revisions.revision_row(user, at, state.version, to_json(as_json), seal),
        photos=photos.rows_of(user, content.photos),
        event=events.NewEvent(
            move, office, state.version, at, office.desk, seal, asked, detail=detail
        ),
        shares=changes(None, share_of(row)),
    )


def with_limit(judged: Judged, overridden: Mapping[date, bool]) -> Judged:
    """The same with the end of the first desk's limit. `overridden` are the city's own working and
    free days."""
    due = due_of(judged.state, judged.event.at, overridden)
    detail = {**deadlines.as_detail(due), **judged.event.detail}
    return replace(
        judged,
        report=judged.report | {"due_at": due},
        event=replace(judged.event, detail=detail),
    )


def require_reporter(user: User) -> None:
    """Raises NeverAllowed for somebody who never had a role that files reports."""
    if not any(ROLES[role].reports for role in (user.role, *(term.role for term in user.terms))):
        raise NeverAllowed("Jabatan Anda tidak membuat laporan.")


def _office(user: User, sent: Submission, written_on: date, received_on: date) -> offices.Office:
    """The office that the report speaks for: held when it happened or was written, and not ended
    for longer than reports of former offices are taken."""
    require_reporter(user)
    days = [written_on]
    with suppress(ValueError):  # a date that cannot be read is refused later, beside its field
        days.append(date.fromisoformat(sent.raw.happened_on))
    at_the_time = {o.region: o for o in offices.held_on_any(user, tuple(days)) if o.reports}
    held = {
        region: office
        for region, office in at_the_time.items()
        if held_lately(user, region, office.role.key, received_on)
    }
    ended = at_the_time.keys() - held.keys()
    if sent.region in ended or (ended and not held and not sent.region):
        raise NeverAllowed(
            f"Jabatan Anda di wilayah ini sudah berakhir lebih dari {LIMITS.former_days} hari. "
            "Mintalah pejabat yang sekarang membuat laporannya."
        )
    if sent.region:
        if sent.region not in held:
            raise NeverAllowed("Anda tidak menjabat di wilayah ini pada tanggal itu.")
        return held[sent.region]
    if not held:
        ends = reporting_ends(user)
        raise NeverAllowed(
            f"Jabatan Anda berakhir {written(ends.last)}. Yang terjadi sesudah itu dilaporkan "
            "pejabat yang sekarang."
            if ends
            else "Anda tidak sedang menjabat. Hubungi Diskominfo."
        )
    if len(held) > 1:
        raise WrongContent("Pilih wilayahnya.", {"region": "Pilih wilayah laporan ini."})
    return next(iter(held.values()))


# --- Keep: under the lock ------------------------------------------------------------------------


def keep(session: Session, user: User, judged: Judged) -> tuple[Receipt, bool]:
    """Write the rows of a new report, or find that it is here already. Raises NotNow for a client
    id that was used for other content, WrongContent for the second report of a month,
    IntegrityError for a client id that this reporter has used."""
    row, at = judged.report, judged.event.at
    if row["recorded_as"]:
        recording.require_there(session, row["region_code"], day_of(row["written_at"]))
    if row["period"] is not None or not judged.by_client_id:
        # One submission of a person at a time: repeats cannot overtake each other. Elsewhere the
        # unique key of (reporter, client id) finds a repeat, when its row is inserted.
        lock_rows(session, select(User.id).where(User.id == user.id))
        client_id = row["client_id"] if judged.by_client_id else None
        known = _sent_before(session, user, client_id, judged.asked, at)
        if known is not None:
            return known, False
        refuse_second(session, row["region_code"], row["category"], row["period"])
    place = events.take_place(session)
    # The number is taken, so that the days that are read now stay (`domain/days_held.py`).
    judged = with_limit(judged, office_hours.overrides(session))
    number = number_of(place.seq)
    report_id = _add(session, judged.report | {"number": number})
    photos.declare(session, report_id, judged.photos)
    revisions.keep_revision(session, report_id, judged.revision)
    region, author_desk = row["region_code"], row["author_desk"]
    about = About(report_id, number, region, author_desk, user.id, row["urgent"])
    events.append(session, about, judged.event, place, judged.shares)
    awaited = (
        {"id": one["client_id"], "sha256": one["sha256"], "state": one["state"]}
        for one in judged.photos
    )
    return Receipt(row["client_id"], number, at, tuple(awaited)), True


_MINE = select(Report.id, Report.submission_digest).where(Report.reporter_id == bindparam("user"))
_BY_CLIENT_ID = _MINE.where(Report.client_id == bindparam("client_id"))
_BY_CONTENT = (
    _MINE.where(
        Report.submission_digest == bindparam("digest"),
        Report.received_at > bindparam("since"),
        # Somebody who writes a withdrawn or rejected report once more means to send it.
        Report.status.not_in(FALLEN),
    )
    .order_by(Report.id.desc())
    .limit(1)
)


def _sent_before(
    session: Session, user: User, client_id: str | None, asked: str, at: datetime
) -> Receipt | None:
    """The receipt of the report that this submission repeats, if it is one. Raises NotNow when its
    client id was used for other content."""
    given: dict[str, Any] = {"user": user.id}
    if client_id is not None:
        query, given["client_id"] = _BY_CLIENT_ID, client_id
    else:
        query, given["digest"], given["since"] = _BY_CONTENT, asked, at - SAME_FORM
    found = session.execute(query, given).first()
    if found is None:
        return None
    report = session.get_one(Report, found.id)
    if found.submission_digest not in (asked, events.ERASED):
        raise NotNow(
            "Laporan ini sudah pernah dikirim dengan isi yang lain.", report, code="client_id_used"
        )
    return receipt(report)


_ADD = Prepared(insert(table(Report)).returning(table(Report).c.id))


def _add(session: Session, row: dict[str, Any]) -> int:
    """Insert the report; its id."""
    if row["period"] is None:
        return _insert(session, row)
    try:
        with session.begin_nested():
            return _insert(session, row)
    except IntegrityError:
        # Another holder of the office filed the same month at this very moment.
        refuse_second(session, row["region_code"], row["category"], row["period"])
        raise


def _insert(session: Session, row: dict[str, Any]) -> int:
    values = {"class" if name == "klass" else name: value for name, value in row.items()}
    report_id: int = _ADD.run(session, values)[0][0]
    return report_id


def number_of(seq: int) -> str:
    """The report's number: the number of its first event and a check digit (Luhn, ISO/IEC 7812), so
    that a report with one digit misheard does not exist."""
    total = 0
    for place, digit in enumerate(reversed(str(seq))):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{seq:04d}{-total % 10}"
