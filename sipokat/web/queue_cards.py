"""The cards of the queue and the rows to pick from, each rendered once for as long as it says and
offers the same."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup

from sipokat.database import db
from sipokat.domain import deadlines
from sipokat.domain.cards import CardFacts, facts_of
from sipokat.domain.clock import day_of, now
from sipokat.domain.listed import Listed
from sipokat.domain.offices import one_kelurahan
from sipokat.models import User
from sipokat.web import present
from sipokat.web.decision_forms import decision_forms
from sipokat.web.kept import kept
from sipokat.web.present import times
from sipokat.web.present.acting import acting_desk, choices

# Stands where the id of a decision comes. Nobody can write it into a report.
_ACTION = secrets.token_hex(16)


Render = Callable[[present.Full, "Facts"], str]


class Facts(NamedTuple):
    """All that a card depends on, but for the id of a decision that is made on it."""

    card: CardFacts
    names: tuple[tuple[str, str], ...]
    one_kelurahan: bool
    today: date
    standing: tuple[str, bool] | None
    age: str
    acting: tuple[tuple[str, str], ...]


def queue_cards(reports: Sequence[Listed], user: User) -> list[Markup]:
    """These reports as cards before this person, with the forms of the decisions where it is theirs
    to decide, each with a fresh id for their action."""
    return _shown("cards", _card, reports, user)


def tick_rows(reports: Sequence[Listed], user: User, ticked: bool) -> list[Markup]:
    """These reports as rows, each with a box where it may be verified together with others, and a
    fresh id for that action."""
    kind = "ticked" if ticked else "unticked"
    return _shown(kind, partial(_tick, ticked=ticked), reports, user)


def _shown(kind: str, render: Render, reports: Sequence[Listed], user: User) -> list[Markup]:
    """Each report, rendered once for as long as it says and offers the same."""
    names, overridden = present.shared(reports)
    in_one_kelurahan = one_kelurahan(user)
    rendered = kept(kind)
    at_desks: dict[str, tuple[tuple[str, str], ...]] = {}
    shown = []
    for card in facts_of(db.session(), user, reports):
        of_region = present.names_near(names, card.report)
        desk = acting_desk(card.report)
        if desk not in at_desks:
            at_desks[desk] = choices(user, card.report)
        parts = rendered.get(
            partial(_facts, card, of_region, in_one_kelurahan, overridden, at_desks[desk]),
            partial(_render, render, overridden),
        )
        shown.append(Markup(str(uuid.uuid4()).join(parts)))  # noqa: S704 -- see _render
    return shown


def _facts(
    card: CardFacts,
    names: tuple[tuple[str, str], ...],
    in_one_kelurahan: bool,
    overridden: dict[date, bool],
    acting: tuple[tuple[str, str], ...],
) -> Facts:
    at = now()
    standing = deadlines.standing(card.report.due_at, at, overridden)
    age = times.age_words(card.report.arrived_at)
    return Facts(card, names, in_one_kelurahan, day_of(at), standing, age, acting)


def _render(render: Render, overridden: dict[date, bool], facts: Facts) -> list[str]:
    """The report, in the parts between which the id of an action comes. Its template, which
    escapes, is given these facts alone, and nothing of the request."""
    card = facts.card.card()
    full = present.Full(card.report, dict(facts.names), overridden, card)
    return render(full, facts).split(_ACTION)


def _card(full: present.Full, facts: Facts) -> str:
    forms = decision_forms(full, _ACTION, facts.acting) if "verify" in full.allowed else ""
    template = current_app.jinja_env.get_template("verification/_cards.html")
    shown = [SimpleNamespace(report=full, decide=forms)]
    return template.render(shown=shown, one_kelurahan=facts.one_kelurahan)


def _tick(full: present.Full, facts: Facts, ticked: bool) -> str:
    template = current_app.jinja_env.get_template("verification/_tick.html")
    desk = acting_desk(full.report) if facts.acting else ""
    return template.render(
        report=full,
        action_id=_ACTION,
        ticked=ticked,
        one_kelurahan=facts.one_kelurahan,
        acting_desk=desk,
    )
