"""Reports as JSON, for programs and the phone's script."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sipokat.database import db
from sipokat.domain import decided, events
from sipokat.domain.cards import CardFacts, facts_of
from sipokat.domain.listed import Listed
from sipokat.models import Event, Photo, Report, User
from sipokat.web.kept import kept
from sipokat.web.present.content import photo_view


def item_json(report: Report | Listed) -> dict[str, Any]:
    """A report as an item of a list."""
    return {
        "number": report.number,
        "client_id": report.client_id,
        "category": report.category,
        "region": report.region_code,
        "happened_on": report.happened_on.isoformat(),
        "received_at": report.received_at.isoformat(),
        "text": report.text,
        "status": report.status,
        "desk": report.desk,
        "version": report.version,
        "class": report.klass,
        "url": f"/laporan/{report.number}",
        # As what somebody of the kelurahan wrote it for an RT.
        **({"recorded_as": report.recorded_as} if report.recorded_as else {}),
    }


def queue_items(reports: Sequence[Listed], user: User) -> list[dict[str, Any]]:
    """The reports of a queue as items, each with the actions that the person `may` take on it now,
    and in words why another holder decides one that lies on their desk (`barred`)."""
    items = kept("queue_item")
    return [
        items.get(partial(_same, facts), _queue_item)
        for facts in facts_of(db.session(), user, reports)
    ]


def _same(facts: CardFacts) -> CardFacts:
    return facts


def _queue_item(facts: CardFacts) -> dict[str, Any]:
    card = facts.card()
    barred = {"barred": card.barred} if card.barred else {}
    return item_json(facts.report) | {"may": list(card.allowed)} | barred


def report_json(report: Report) -> dict[str, Any]:
    """The whole report, as it is now."""
    return item_json(report) | {
        "fields": report.fields,
        "place": {
            "lat": report.lat,
            "lon": report.lon,
            "accuracy_m": report.accuracy_m,
            "text": report.place_text,
        },
        "photos": [_photo_json(report, photo) for photo in report.photos if photo.current],
        "events": [event_json(one) for one in events.moves_of(db.session(), report)],
    }


def _photo_json(report: Report, photo: Photo) -> dict[str, Any]:
    view = photo_view(report, photo)
    ready = photo.state == "ready"
    return {
        "id": photo.client_id,
        "sha256": photo.sha256,
        "state": photo.state,
        "url": view["url"] if ready else None,
        "thumbnail": view["thumbnail_url"] if ready else None,
    }


def event_json(event: Event) -> dict[str, Any]:
    """One event of a report."""
    other = events.other_of(event)
    return {
        "seq": event.seq,
        "at": event.at.isoformat(),
        "actor": {
            "name": event.actor.name,
            "role": event.actor_role,  # as what they acted, whatever they are now
            "desk": event.actor_desk,
        },
        "action": event.action,
        "from": event.from_desk,
        "to": event.to_desk,
        "reason": event.reason,
        "note": event.note,
        # Where it was decided before it was received: on a phone that waited for a signal.
        **({"decided_at": at.isoformat()} if (at := decided.of_event(event)) != event.at else {}),
        **({"other": other} if other else {}),  # the report that says the same
    }
