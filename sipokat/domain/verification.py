"""The verbs of the chain: guard, change the report and append one event, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import lock_rows, table, writing
from sipokat.domain import (
    chain,
    days_held,
    deadlines,
    decided,
    ended_rt,
    events,
    offices,
    recording,
    same_report,
)
from sipokat.domain.clock import now as present
from sipokat.domain.content import digest
from sipokat.domain.desk_times import Left
from sipokat.domain.listed import Listed, moves_of
from sipokat.domain.notices.audience import About
from sipokat.domain.participation.facts import Share, changes, share_now
from sipokat.domain.refusals import DoneBefore, NotFound, NotNow, WrongContent
from sipokat.domain.standing import leaving, settle
from sipokat.domain.visibility import find_report
from sipokat.models import Event, Report, User
from sipokat.prepared import Prepared


@dataclass(frozen=True)
class Attempt:
    """One action on one report as somebody asks for it, at the moment `at`.

    `asked` is the digest of what is asked for. The same person's same `action_id` with the same
    digest is the same action. `claim` is what the phone says of a decision that has waited there.
    """

    user: User
    number: str
    request: chain.Request
    asked: str
    at: datetime
    action_id: str | None = None
    claim: decided.Claim | None = None


def actor_before(user: User, report: Report, as_author: bool = False) -> chain.Actor:
    """The person as the rules see them before this report; `as_author` where they would act for its
    author, so that it matters also while the report lies elsewhere whether they are the heir."""
    codes = [report.region_code] if as_author else None
    return actors_before(user, [report], codes)[report.region_code]


def actors_before(
    user: User, reports: Iterable[Report | Listed], left: Iterable[str] | None = None
) -> dict[str, chain.Actor]:
    """The person as the rules see them before each of these reports, by its region. Whether an RT
    is there no more is asked of those in `left`, by default of those to which a report came back.
    """
    found = list(reports)
    held = offices.held(user)
    roles = offices.roles_among(user, held)
    if left is None:
        left = {one.region_code for one in found if one.desk == ended_rt.DESK}
    heir = ended_rt.inherited(user, left)
    return {
        code: chain.Actor(user.id, roles, offices.desks_among(held, code), code in heir)
        for code in {one.region_code for one in found}
    }


def act(
    user: User,
    number: str,
    request: chain.Request,
    action_id: str | None = None,
    now: datetime | None = None,
    claim: decided.Claim | None = None,
) -> Report:
    """Verify, return, reject, withdraw or reopen: one move of one report.

    The same person's same action id with the same content is the same action: the report comes
    back as it is now. Raises the refusals of `chain.decide`, NotFound when the person may not see
    the report, NotNow for an action id that was used for something else; every NotNow carries the
    report.
    """
    attempt = attempt_of(user, number, request, now or present(), action_id, claim)
    with writing() as session:
        report, done = take_up(session, attempt)
        if not done:
            _move(session, attempt, report)
        return report


def attempt_of(
    user: User,
    number: str,
    request: chain.Request,
    at: datetime,
    action_id: str | None,
    claim: decided.Claim | None = None,
) -> Attempt:
    """The attempt that this request is, with its digest. When it was decided is no part of that: a
    phone that sends the same again may say it in other words."""
    said = [request.action, number, request.version, request.klass, request.reason, request.note]
    if request.other:
        said.append(request.other)  # digests from before there was one stay what they were
    if request.office:
        said.append(f"office {request.office}")
    return Attempt(user, number, request, digest(said), at, action_id, claim)


def _move(session: Session, attempt: Attempt, report: Report) -> None:
    state, move = guard(session, attempt, report)
    _require_office(attempt, report, move)
    if attempt.request.other:
        other = same_report.find(session, attempt.user, report, attempt.request.other)
        attempt = replace(attempt, request=replace(attempt.request, other=other))
    overridden = days_held.overrides(session)
    left = leaving(report, attempt.at, overridden, attempt.claim)
    before = share_now(report)
    try:
        with alone_for_its_month(session, report.period):
            settle(session, report, chain.advance(state, move), attempt.at, overridden)
    except IntegrityError:
        raise NotNow(
            "Sudah ada laporan lain untuk bulan ini, jadi laporan ini tidak dapat dibuka kembali.",
            report,
        ) from None
    record(session, attempt, report, move, left, before)


NOT_HELD = "Anda tidak memegang jabatan itu hari ini. Pilih yang lain."
USED = "Tindakan ini sudah dipakai untuk hal lain."
# Whatever the reason: who may not see a report is not told whether there is one.
OUT_OF_REACH = (
    "Laporan ini di luar wilayah jabatan Anda sekarang. "
    "Kalau masa jabatan Anda baru berakhir, pejabat yang sekarang memeriksanya."
)


def take_up(session: Session, attempt: Attempt) -> tuple[Report, bool]:
    """The report, locked against every other change, and whether this very action was done before.

    Raises NotFound, NotNow for an action id that was used for something else, and DoneBefore for a
    repeat by somebody who may not see the report any more, because their office has ended.
    """
    user, action_id = attempt.user, attempt.action_id
    # One action of a person at a time: the same id cannot be spent on two reports at once.
    lock_rows(session, select(User.id).where(User.id == user.id))
    try:
        report = find_report(session, user, attempt.number, lock=True)
    except NotFound:
        event = _own_event(session, user, action_id)
        acted_on = session.get_one(Report, event.report_id) if event else None
        if event is None or acted_on is None or acted_on.number != attempt.number:
            if attempt.request.action in chain.DECISIONS:
                raise NotFound(OUT_OF_REACH) from None
            raise
        done = {"number": attempt.number, "action_id": action_id, "version": event.version}
        if event.request_digest not in (attempt.asked, events.ERASED):
            raise NotNow(USED, code="action_id_used", done=done) from None
        raise DoneBefore(done) from None
    event = _own_event(session, user, action_id)
    if event and (
        event.report_id != report.id or event.request_digest not in (attempt.asked, events.ERASED)
    ):
        raise NotNow(USED, report, code="action_id_used")
    return report, event is not None


class _OwnEvent(NamedTuple):
    """The event of an action that the person took before."""

    report_id: int
    version: int | None
    request_digest: str


_EVENT = table(Event).c
_OWN_EVENT = Prepared(
    select(*(_EVENT[name] for name in _OwnEvent._fields)).where(
        _EVENT.actor_id == bindparam("actor"), _EVENT.action_id == bindparam("action")
    )
)


def _own_event(session: Session, user: User, action_id: str | None) -> _OwnEvent | None:
    if action_id is None:
        return None
    rows = _OWN_EVENT.rows(session, {"actor": user.id, "action": action_id})
    return _OwnEvent(*rows[0]) if rows else None


def guard(session: Session, attempt: Attempt, report: Report) -> tuple[chain.State, chain.Move]:
    """The report's present state and the move that is asked for. Raises as `chain.decide` does;
    a NotNow carries the report."""
    state = events.rebuild(report, moves_of(session, [report.id])[report.id])
    actor = actor_before(attempt.user, report, attempt.request.action in chain.AUTHOR_ACTIONS)
    try:
        return state, chain.decide(state, actor, attempt.request)
    except NotNow as refusal:
        refusal.report = report
        refusal.overtaken = state.version > (attempt.request.version or state.version)
        raise


@contextmanager
def alone_for_its_month(session: Session, period: str | None) -> Iterator[None]:
    """Write what the block changes. When another report already stands for the same month, only
    the block is rolled back and IntegrityError raised; the transaction goes on."""
    with nullcontext() if period is None else session.begin_nested():
        yield
        session.flush()


def record(
    session: Session,
    attempt: Attempt,
    report: Report,
    move: chain.Move,
    left: Left | None,
    before: Share | None,
) -> None:
    """Append the event of the move that was just made. `left` as in `event_of`, `before` is what
    the report counted for until then."""
    shares = changes(before, share_now(report))
    event = event_of(attempt, report, move, left)
    events.append(session, about(report), event, shares=shares)


def about(report: Report) -> About:
    """What is told with a move of this report."""
    reporter = report.reporter_id if report.reporter.active else None
    return About(
        report.id, report.number, report.region_code, report.author_desk, reporter, report.urgent
    )


def event_of(
    attempt: Attempt, report: Report, move: chain.Move, left: Left | None
) -> events.NewEvent:
    """The event of the move that was just made: the report is as it became. `left` is what
    `leaving` said before."""
    request, desk = attempt.request, _acts_at(attempt.user, report, move)
    return events.NewEvent(
        move=move,
        office=offices.acting_at(attempt.user, desk, report.region_code, chosen=request.office),
        version=report.version,
        at=attempt.at,
        actor_desk=desk,
        content_digest=report.content_digest,
        request_digest=attempt.asked,
        action_id=attempt.action_id or str(uuid.uuid4()),
        reason=request.reason,
        note=request.note or None,
        detail=deadlines.as_detail(report.due_at) | _other(request),
        left=left,
    )


def _other(request: chain.Request) -> dict[str, str]:
    """The number of the report that has told the same, for the detail of the event."""
    return {"other": request.other} if request.other else {}


def _require_office(attempt: Attempt, report: Report, move: chain.Move) -> None:
    """Raises WrongContent on `office` for one that the person does not hold at this desk today."""
    chosen, desk = attempt.request.office, _acts_at(attempt.user, report, move)
    choices = offices.acting_choices(attempt.user, desk, report.region_code)
    if chosen and chosen not in [one.held_as for one in choices]:
        raise WrongContent(NOT_HELD, {"office": NOT_HELD})


def _acts_at(user: User, report: Report, move: chain.Move) -> str:
    """The desk that the person acts from: the author's for what authors do, or the one above from
    which they have written the report for it; the last one of the city for reopening, else the desk
    where the report lies."""
    if move.action in chain.AUTHOR_ACTIONS:
        return recording.desk_of_author(user, report)
    return move.from_desk or "kota"
