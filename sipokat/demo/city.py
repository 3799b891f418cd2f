"""Loads the demo city: half a year of made-up reports, played by the domain's own rules and
inserted table by table at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import Session

from sipokat.database import Base, table, writing
from sipokat.delivery.photo_store import PhotoStore
from sipokat.demo import changes, exports, imports, notices, nudges, people, phones
from sipokat.demo.accounts import PASSWORD
from sipokat.demo.plan import plan
from sipokat.demo.play import Play
from sipokat.domain import events, office_hours
from sipokat.domain.clock import day_of, now
from sipokat.domain.participation.closing import close, to_close
from sipokat.domain.participation.counts import fill
from sipokat.domain.participation.facts import share_now
from sipokat.domain.photos import picture_key
from sipokat.models import FirstOpened, Photo, Region, Report, Revision, Tally, User

# Told while the city is filled: how many steps are done, of how many.
Progress = Callable[[int, int], None]


def load(store: PhotoStore, progress: Progress = lambda done, of: None) -> str:
    """Fill an empty database with the demo city. Returns one line that says what is in it.

    Everything is committed in one transaction, after the pictures have been synced to the disk.
    Raises ValueError when the database has an account already.
    """
    moment = now()
    with writing() as session:
        if session.scalars(select(User.id).limit(1)).first() is not None:
            raise ValueError("the database is not empty: nothing was loaded")
        offices = people.settle(session, day_of(moment))
        play = Play(offices, office_hours.overrides(session), events.last_number(session))
        steps = [
            step
            for step in plan(day_of(moment), list(session.scalars(select(Region.code))))
            if step.at <= moment
        ]
        for done, step in enumerate(steps):
            progress(done, len(steps))
            play.step(step)
        _insert(session, play)
        phones.settle(session, day_of(moment))
        notices.tell(session, play, moment, nudges.settle(session, play, moment))
        changes.make(session, offices, steps, day_of(moment))
        notices.tell_of_offices(session, moment)
        imports.load(session)
        exports.ask(session)
        for month in to_close(session, day_of(moment)):
            close(session, month, moment)
        progress(len(steps), len(steps))
        ready = [photo for photo in play.photos if photo.state == "ready"]
        for photo in ready:
            _keep(store, photo, *play.drawn[photo.client_id])
        accounts = len(list(session.scalars(select(User.id))))
        os.sync()  # once for all pictures: no row refers to one of them before the commit
    return (
        f"Demo city: {accounts} accounts, {len(play.stories)} reports, {len(ready)} photos; "
        f"the password of all is {PASSWORD}"
    )


def _insert(session: Session, play: Play) -> None:
    """Insert what was played, each table at once. The database numbers the reports."""
    stories = list(play.stories.values())
    ids = session.scalars(
        insert(table(Report)).returning(table(Report).c.id, sort_by_parameter_order=True),
        _rows(story.report for story in stories),
    )
    for story, number in zip(stories, ids, strict=True):
        report = story.report
        report.id = number
        kept: list[Photo | Revision | FirstOpened] = [*report.photos, *report.revisions]
        for one in (*kept, *story.opened.values()):
            one.report_id = number
    opened = [one for story in stories for one in story.opened.values()]
    for model, objects in ((Photo, play.photos), (Revision, play.revisions), (FirstOpened, opened)):
        session.execute(insert(table(model)), _rows(objects))
    counts = [
        {"region_code": region, "status": status, "count": count}
        for (region, status), count in play.tally.items()
    ]
    session.execute(insert(table(Tally)), counts)
    fill(session, filter(None, (share_now(story.report) for story in stories)))
    events.append_all(session, [(report.id, entry) for report, entry in play.entries])
    for report in play.erased:
        events.blank(session, report.id)


def _rows(objects: Iterable[Base]) -> list[dict[str, Any]]:
    """The rows that would keep these objects, without the ids that the database gives."""
    return [
        {
            column.columns[0].name: getattr(one, column.key)
            for column in inspect(type(one)).column_attrs
            if column.key != "id"
        }
        for one in objects
    ]


def _keep(store: PhotoStore, photo: Photo, picture: bytes, thumbnail: bytes) -> None:
    for size, data in (("photo", picture), ("thumbnail", thumbnail)):
        path = store.path(picture_key(photo, size))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
