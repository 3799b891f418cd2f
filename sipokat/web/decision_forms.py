"""The forms of the decisions on a card of the queue.

They are the same on all cards but for the report's number and version and the action's id. So each
kind is rendered once and kept, with blanks that are filled in for each card.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from sipokat.web.present import Full

# What stands in the blanks. Nothing in them is escaped in HTML, and no sentence has them.
NUMBER, ROW, VERSION, ACTION = "~number~", "~row~", "~version~", "~action~"


def decision_forms(report: Full, action_id: str, **typed: Any) -> Markup:
    """The forms for this report; after a refusal `values` and `errors` say what was typed and what
    is wrong with it."""
    if typed:
        return _render(report, action_id, **typed)
    kind = (report.asks_class, report.note_required, report.next_holder)
    kept: dict[Any, Markup] = current_app.extensions.setdefault("decision_forms", {})
    if kind not in kept:
        kept[kind] = _render(_blank(*kind), ACTION)
    filled = str(kept[kind])
    for blank, value in (
        (NUMBER, report.number),
        (ROW, str(report.report.id)),
        (VERSION, str(report.report.version)),
        (ACTION, action_id),
    ):
        filled = filled.replace(blank, value)
    return Markup(filled)  # noqa: S704 -- rendered by the template; numbers and a UUID are put in


def _blank(asks_class: bool, note_required: bool, next_holder: str) -> Any:
    return SimpleNamespace(
        number=NUMBER,
        report=SimpleNamespace(id=ROW, version=VERSION),
        asks_class=asks_class,
        note_required=note_required,
        next_holder=next_holder,
    )


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
