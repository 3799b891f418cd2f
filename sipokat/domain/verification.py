"""The verbs of the chain: guard, change the report and append one event, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sipokat.database import lock_rows, table, writing
from sipokat.domain import chain, deadlines
from sipokat.domain.categories import categories
from sipokat.domain.clock import day_of
from sipokat.domain.clock import now as present
from sipokat.domain.content import Raw, check, digest, loose
from sipokat.domain.refusals import NotFound, NotNow
from sipokat.domain.revisions import keep_revision, put_content, redeclare, refuse_second
from sipokat.domain.visibility import desks_over, find_report
from sipokat.models import Counter, Event, Report, User


def moves_of(session: Session, report: Report) -> list[Event]:
    """The report's events, oldest first."""
    query = select(Event).where(Event.report_id == report.id).order_by(Event.seq)
    return list(session.scalars(query))


def rebuild(report: Report, events: Sequence[Event]) -> chain.State:
    """The state of a report, from its events alone."""
    moves = (chain.Move(e.action, e.actor_id, e.from_desk, e.to_desk, e.klass) for e in events)
    return chain.fold(report.author_desk, categories()[report.category].classed, moves)


def actor_before(user: User, report: Report) -> chain.Actor:
    """The person as the rules see them before this report."""
    return chain.Actor(user.id, user.role, desks_over(user, report.region_code))


def allowed(user: User, report: Report, events: Sequence[Event]) -> tuple[str, ...]:
    """The actions that this person may take on this report now."""
    return chain.allowed(rebuild(report, events), actor_before(user, report))


def act(
    user: User,
    number: str,
    request: chain.Request,
    action_id: str | None = None,
    now: datetime | None = None,
) -> Report:
    """Verify, return, reject, withdraw or reopen: one move of one report.

    The same person's same action id with the same content is the same action: the report comes
    back as it is now. Raises the refusals of `chain.decide`, NotFound when the report is out of
    sight, NotNow for an action id that was used for something else; every NotNow carries the
    report.
    """
    asked = digest([request.action, number, *_asked(request)])
    with writing() as session:
        report, done = _take_up(session, user, number, action_id, asked)
        if not done:
            _move(session, user, report, request, action_id, asked, now or present())
        return report


def _asked(request: chain.Request) -> list[object]:
    return [request.version, request.klass, request.reason, request.note]


def revise(
    user: User,
    number: str,
    version: int | None,
    raw: Raw,
    action_id: str | None = None,
    now: datetime | None = None,
) -> Report:
    """Replace the content by the author's office and send it to the desk above its author's.

    Photos listed in `raw` are kept or awaited; the others stay in the old revision only. Dates
    are judged by the day of the first writing: however long a report lay on desks, what was
    right stays right. Raises as `act` does, and WrongContent with a sentence for each field.
    """
    at = now or present()
    asked = digest(["revise", number, version, loose(raw)])
    with writing() as session:
        report, done = _take_up(session, user, number, action_id, asked)
        if done:
            return report
        request = chain.Request("revise", version)
        state, move = _guarded(session, user, report, request)
        category = categories()[report.category]
        content = check(category, raw, day_of(report.written_at))
        refuse_second(session, category, report.region_code, content.period, report)
        try:
            with _standing(session, content.period):
                redeclare(session, user, report, content)
                put_content(report, content)
                settle(session, report, chain.advance(state, move), at)
        except IntegrityError:  # filed for that month at this very moment
            refuse_second(session, category, report.region_code, content.period, report)
            raise
        append(session, user, report, move, request, action_id, asked, at)
        keep_revision(session, user, report, content, at)
        return report


@contextmanager
def _standing(session: Session, period: str | None) -> Iterator[None]:
    """Write what the block changes, and take it back alone if another report stands for the
    month (IntegrityError); the transaction goes on."""
    with nullcontext() if period is None else session.begin_nested():
        yield
        session.flush()


def _guarded(
    session: Session, user: User, report: Report, request: chain.Request
) -> tuple[chain.State, chain.Move]:
    state = rebuild(report, moves_of(session, report))
    try:
        return state, chain.decide(state, actor_before(user, report), request)
    except NotNow as refusal:
        refusal.report = report
        raise


def _take_up(
    session: Session, user: User, number: str, action_id: str | None, asked: str
) -> tuple[Report, bool]:
    """The report, with nobody else changing it, and whether this very action was done before: that
    is answered even to somebody whose office has ended since."""
    # One action of a person at a time: the same id cannot be spent on two reports at once.
    lock_rows(session, select(User.id).where(User.id == user.id))
    try:
        report = find_report(session, user, number, lock=True)
    except NotFound:
        event = _own_event(session, user, action_id)
        if event is None or event.request_digest != asked:
            raise
        return session.get_one(Report, event.report_id), True
    event = _own_event(session, user, action_id)
    if event is not None and (event.report_id != report.id or event.request_digest != asked):
        raise NotNow("Tindakan ini sudah dipakai untuk hal lain.", report, code="action_id_used")
    return report, event is not None


def _own_event(session: Session, user: User, action_id: str | None) -> Event | None:
    if action_id is None:
        return None
    query = select(Event).where(Event.actor_id == user.id, Event.action_id == action_id)
    return session.scalars(query).one_or_none()


def _move(
    session: Session,
    user: User,
    report: Report,
    request: chain.Request,
    action_id: str | None,
    asked: str,
    at: datetime,
) -> None:
    state, move = _guarded(session, user, report, request)
    try:
        with _standing(session, report.period):
            settle(session, report, chain.advance(state, move), at)
    except IntegrityError:
        raise NotNow(
            "Sudah ada laporan lain untuk bulan ini, jadi yang ini tidak dapat dibuka kembali.",
            report,
        ) from None
    append(session, user, report, move, request, action_id, asked, at)


def settle(session: Session, report: Report, state: chain.State, at: datetime) -> None:
    """Write the state onto the report. Each arrival at a desk starts that desk's clock anew."""
    report.status, report.desk = state.status, state.desk
    report.version, report.klass = state.version, state.klass
    report.ended_desk = state.last_desk if state.final else None
    report.arrived_at = at
    report.due_at = deadlines.due_at(at, state.desk, deadlines.overrides(session))


def next_number(session: Session) -> int:
    """The next global event number. The counter's row stays locked until the transaction ends,
    so numbers have no gaps and follow the order of commits."""
    bump = update(Counter).where(Counter.name == "event").values(value=Counter.value + 1)
    return session.execute(bump.returning(Counter.value)).scalar_one()


def append(
    session: Session,
    user: User,
    report: Report,
    move: chain.Move,
    request: chain.Request,
    action_id: str | None,
    asked: str,
    at: datetime,
    seq: int | None = None,
) -> None:
    """Append the one event of a move; `seq` when its number was taken already."""
    row = {
        "seq": seq or next_number(session),
        "report_id": report.id,
        "version": report.version,
        "at": at,
        "actor_id": user.id,
        "actor_desk": _acts_at(report, move),
        "action": move.action,
        "from_desk": move.from_desk,
        "to_desk": move.to_desk,
        "class": move.klass,
        "reason": request.reason,
        "note": request.note or None,
        "action_id": action_id or str(uuid.uuid4()),
        "request_digest": asked,
        "content_digest": report.content_digest,
    }
    session.execute(insert(table(Event)), row)


def _acts_at(report: Report, move: chain.Move) -> str:
    """The desk that the person acts from: the author's for what authors do, else where it lies,
    and the last desk of the city for a report that is opened again."""
    if move.action in ("submit", *chain.AUTHOR_ACTIONS):
        return report.author_desk
    return move.from_desk or "kota"
