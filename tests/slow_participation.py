"""Who reported in a month, as slowly and plainly as one would count by hand: region by region, term
by term, report by report, from the events. What the program says must agree with it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.models import Event, Region, RegionSuccessor, Report, Term

CITY = ZoneInfo("Asia/Jakarta")


def last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


class Told:
    """A report by its events."""

    def __init__(self, session: Session, report: Report) -> None:
        moves = [
            event
            for event in session.scalars(
                select(Event).where(Event.report_id == report.id).order_by(Event.seq)
            )
            if event.version is not None
        ]
        self.region = report.region_code
        self.stands = moves[-1].action not in ("reject", "withdraw")
        self.month = report.period or f"{report.happened_on:%Y-%m}"
        self.category = report.category
        self.recorded = (
            report.reporter_id == moves[0].actor_id
            and moves[0].actor_role
            != ({4: "rt_head", 3: "lurah", 2: "camat"}[report.region_code.count(".")])
        )
        received: datetime = moves[0].at
        written = received if report.clock_doubtful else report.written_at
        tenth = last_day(self.month) + timedelta(days=10)
        self.on_time = written.astimezone(CITY).date() <= tenth


class Slow:
    """Everything that there is, read once; then counted by hand."""

    def __init__(self, session: Session, today: date) -> None:
        self.today = today
        self.regions = {one.code: one for one in session.scalars(select(Region))}
        self.terms = list(session.scalars(select(Term)))
        self.links = list(session.scalars(select(RegionSuccessor)))
        self.reports = [Told(session, one) for one in session.scalars(select(Report)).unique()]

    def day(self, month: str) -> date:
        return min(last_day(month), self.today)

    def is_there(self, code: str, day: date) -> bool:
        region = self.regions[code]
        return (region.since or date.min) <= day <= (region.until or date.max)

    def head_on(self, code: str, role: str, day: date) -> bool:
        """Whether the office has a holder or a Plt. that day."""
        for term in self.terms:
            if term.region_code == code and term.role == role and term.title is None:
                runs = term.since <= day and (term.until is None or day <= term.until)
                if runs and term.kind != "plh":
                    return True
        return False

    def became(self, code: str, month: str) -> set[str]:
        """The RT in which this one goes on when it ended before the day that counts, else it
        alone."""
        until = self.regions[code].until
        if until is None or until >= self.day(month):
            return {code}
        found = set()
        for link in self.links:
            if link.region_code == code:
                found |= self.became(link.successor_code, month) | {link.successor_code}
        return found

    def figures(self, scope: str, month: str) -> dict[str, int]:
        """The figures of the RT at or below the scope."""
        day = self.day(month)
        counts = dict.fromkeys(("expected", "sent", "on_time", "nihil", "recorded", "silent"), 0)
        for code, region in self.regions.items():
            if region.level != "rt" or not f"{code}.".startswith(f"{scope}."):
                continue
            if not self.is_there(code, day) or not self.head_on(code, "rt_head", day):
                continue
            mine = [
                one
                for one in self.reports
                if one.stands and one.month == month and one.category != "rekap_bulanan"
                if one.region == code or code in self.became(one.region, month)
            ]
            own = [one for one in mine if not one.recorded]
            counts["expected"] += 1
            if own:
                counts["sent"] += 1
                counts["on_time"] += any(one.on_time for one in own)
                counts["nihil"] += all(one.category == "nihil" for one in mine)
            elif mine:
                counts["recorded"] += 1
            else:
                counts["silent"] += 1
        return counts

    def rekap(self, code: str, month: str) -> str | None:
        """How the lurah or camat of this region stands."""
        role = {3: "lurah", 2: "camat"}.get(code.count("."))
        if role is None or not self.head_on(code, role, self.day(month)):
            return None
        mine = [
            one
            for one in self.reports
            if one.region == code and one.month == month and one.stands
            if one.category == "rekap_bulanan"
        ]
        if not mine:
            return "silent"
        return "on_time" if any(one.on_time for one in mine) else "late"
