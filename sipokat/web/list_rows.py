"""The rows of the list of reports, each rendered once for as long as it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from flask import current_app
from markupsafe import Markup

from sipokat.domain.clock import day_of, now
from sipokat.domain.listed import Listed
from sipokat.models import Report
from sipokat.web import present
from sipokat.web.kept import kept


class RowFacts(NamedTuple):
    """All that a row depends on."""

    report: Listed
    names: tuple[tuple[str, str], ...]
    by_region: bool
    today: date
    clock: str | None


class ListRow(NamedTuple):
    """A row of the list: the month under which it stands, `2026-11`, and its markup."""

    month: str
    html: Markup


def list_rows(reports: Sequence[Listed], by_region: bool, late: bool) -> list[ListRow]:
    """The rows of these reports; `by_region` says whether they name the region, `late` whether they
    say how late their desk is."""
    names, overridden = present.shared(reports)
    rows = kept("rows")

    def row(report: Listed) -> ListRow:
        near = present.names_near(names, report)
        clock = present.Row(cast(Report, report), names, overridden).clock if late else None
        words = clock[0] if clock else None
        return rows.get(lambda: RowFacts(report, near, by_region, day_of(now()), words), _render)

    return [row(report) for report in reports]


def _render(facts: RowFacts) -> ListRow:
    # The desk's clock is among the facts, so the days that the city declared do not matter here.
    row = present.Row(cast(Report, facts.report), dict(facts.names), {})
    macros: Any = current_app.jinja_env.get_template("components/report.html").module
    html = macros.report_row(row, by_region=facts.by_region, level=3, clock=facts.clock)
    return ListRow(row.received_month, html)
