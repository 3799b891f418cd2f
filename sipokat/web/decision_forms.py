"""The forms of the decisions on a card of the queue.

They are the same on all cards but for the report's number and version and the action's id. So each
kind is rendered once and kept, with blanks that are filled in for each card.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import current_app, render_template
from markupsafe import Markup

from sipokat.web.present import Full

# What stands in the blanks. Nothing in them is escaped in HTML, and no sentence has them.
BLANKS = NUMBER, ROW, VERSION, ACTION = "~number~", "~row~", "~version~", "~action~"
_BLANK = re.compile(f"({'|'.join(BLANKS)})")


class Kind(NamedTuple):
    """What the forms of reports differ in, see `Full`."""

    asks_class: bool
    note_required: bool
    next_holder: str
    author_desk: str


Choices = tuple[tuple[str, str], ...]


def decision_forms(report: Full, action_id: str, acting: Choices = (), **typed: Any) -> Markup:
    """The forms for this report, with the offices to choose from, if any (see `acting.choices`);
    after a refusal `values` and `errors` say what was typed and what is wrong with it."""
    if typed or acting:
        return _render(report, action_id, acting_choices=acting, **typed)
    desk = report.report.author_desk
    kind = Kind(report.asks_class, report.note_required, report.next_holder, desk)
    kept: dict[Kind, list[str]] = current_app.extensions.setdefault("decision_forms", {})
    if kind not in kept:
        kept[kind] = _BLANK.split(_render(_blank(kind), ACTION))
    row, version = str(report.report.id), str(report.report.version)
    values = {NUMBER: report.number, ROW: row, VERSION: version, ACTION: action_id}
    filled = "".join([values.get(piece, piece) for piece in kept[kind]])
    return Markup(filled)  # noqa: S704 -- rendered by the template; numbers and a UUID are put in


def _blank(kind: Kind) -> Any:
    report = SimpleNamespace(id=ROW, version=VERSION, author_desk=kind.author_desk)
    return SimpleNamespace(number=NUMBER, report=report, **kind._asdict())


def _render(report: Any, action_id: str, **typed: Any) -> Markup:
    html = render_template(
        "verification/_decide.html",
        report=report,
        action_id=action_id,
        live=True,
        back="/verifikasi",
        **typed,
    )
    return Markup(html)  # noqa: S704 -- rendered by a template, which escapes
