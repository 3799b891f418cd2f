"""Whether the figures that are kept with each move are those that the record gives: all of them are
counted anew from the events, and each difference is named.

A new figure that is kept adds its check to CHECKS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from sipokat.database import table
from sipokat.domain.audit.rows import reading
from sipokat.domain.chain import FINAL
from sipokat.domain.participation.counts import summed
from sipokat.domain.participation.facts import COUNTS, Share, share_of
from sipokat.domain.participation.figures import NAMES
from sipokat.domain.responsiveness.anew import differences as wrong_answers
from sipokat.models import ClosedMonth, Event, MonthCount, Report, Tally


class Told(NamedTuple):
    """A report as its events tell it: its region, its status, and what it counts for."""

    region: str
    status: str
    share: Share | None


Check = Callable[[Connection, list[Told]], Iterator[str]]


def differences(connection: Connection) -> list[str]:
    """Each kept figure that is not what the events give, as a sentence; none when all are right.
    Everything is read as it is at one moment. The connection must be new, and is closed."""
    with reading(connection):
        told = list(_told(connection))
        return [sentence for check in CHECKS for sentence in check(connection, told)]


def _told(connection: Connection) -> Iterator[Told]:
    """Every report with its state, its receipt and its recorder as its events have them; what it
    says and when it was written stand in its row, which `flask verify-events` looks after."""
    event, report = table(Event), table(Report)
    ends = (
        select(event.c.report_id, func.min(event.c.seq).label("first"), func.max(event.c.seq))
        .where(event.c.version.is_not(None))
        .group_by(event.c.report_id)
        .subquery()
    )
    first, last = event.alias(), event.alias()
    query = (
        select(
            *(report.c.region_code, report.c.category, report.c.period, report.c.happened_on),
            *(report.c.written_at, report.c.clock_doubtful),
            first.c.at.label("received_at"),
            first.c.detail.label("submitted"),
            *(last.c.action, last.c.to_desk),
        )
        .join(ends, ends.c.report_id == report.c.id)
        .join(first, first.c.seq == ends.c.first)
        .join(last, last.c.seq == ends.c[2])
    )
    for row in connection.execute(query.execution_options(yield_per=2000)).mappings():
        recorded = "kelurahan" if '"recorded"' in (row["submitted"] or "") else None
        status = _status(row["action"], row["to_desk"])
        share = share_of({**row, "status": status, "recorded_as": recorded})
        yield Told(row["region_code"], status, share)


def _status(action: str, to_desk: str | None) -> str:
    """The status after this last move; which one of those that lie on a desk does not matter."""
    if to_desk is not None:
        return "waiting"
    return {"reject": "rejected", "withdraw": "withdrawn"}.get(action, "verified")


def _months(connection: Connection, told: list[Told]) -> Iterator[str]:
    anew = summed(one.share for one in told if one.share)
    kept = {
        (row.month, row.region_code): Share(*row)
        for row in connection.execute(
            select(*(table(MonthCount).c[name] for name in Share._fields))
        )
    }
    for key in sorted(anew.keys() | kept.keys()):
        nothing = Share(*key)
        yield from _compare(
            f"{key[0]} of {key[1]}", COUNTS, kept.get(key, nothing)[2:], anew.get(key, nothing)[2:]
        )


def _tallies(connection: Connection, told: list[Told]) -> Iterator[str]:
    tally, anew = table(Tally), Counter((one.region, one.status) for one in told)
    columns = (tally.c.region_code, tally.c.status, tally.c.count)
    kept = {(one[0], one[1]): one[2] for one in connection.execute(select(*columns))}
    for key in sorted(kept.keys() | {key for key in anew if key[1] in FINAL}):
        yield from _compare(f"tally of {key[0]}", [key[1]], [kept.get(key, 0)], [anew[key]])


def _closed(connection: Connection, told: list[Told]) -> Iterator[str]:
    """A closed month has no events of its own: but each region's figures are those of its parts."""
    kept = {
        (row.month, row.region_code): (row.parent_code, tuple(getattr(row, one) for one in NAMES))
        for row in connection.execute(table(ClosedMonth).select())
    }
    parts: dict[tuple[str, str], Counter[str]] = {}
    for (month, _), (parent, figures) in kept.items():
        found = parts.setdefault((month, parent), Counter())
        found.update(dict(zip(NAMES, figures, strict=True)))
    for key in sorted(parts.keys() & kept.keys()):
        anew = [parts[key][name] for name in NAMES]
        yield from _compare(f"closed {key[0]} of {key[1]}", NAMES, kept[key][1], anew)


def _compare(
    what: str, names: Iterable[str], kept: Iterable[int], anew: Iterable[int]
) -> Iterator[str]:
    for name, one, other in zip(names, kept, anew, strict=True):
        if one != other:
            yield f"{what}: {name} is kept as {one}, and counted anew it is {other}"


def _answers(connection: Connection, told: list[Told]) -> Iterator[str]:
    """How long each desk took. A report's last move does not say it: all its entries are read."""
    yield from wrong_answers(connection)


CHECKS: tuple[Check, ...] = (_months, _tallies, _closed, _answers)
