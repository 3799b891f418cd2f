"""The smallest program that verifies reports for somebody who is signed in: for each it reads the
report, moves it up one desk, appends an event under the next number and tells the author, in one
transaction. It asks nobody's leave, keeps no hashes and makes no page.

`bench.queue` compares SIPOKAT with it. Both write the same rows, each into a database of its own,
with the same durability and the same write lock.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, abort, jsonify, request
from sqlalchemy import select, update

from sipokat.database import db, writing
from sipokat.domain.sessions import hashed
from sipokat.models import Counter, Event, LoginSession, Notice, Report

data = Path(os.environ["SIPOKAT_DATA"])
application = Flask("bare")
application.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{data / 'sipokat.sqlite3'}"
db.init_app(application)


@application.post("/verify")
def verify() -> object:
    token = hashed(request.cookies.get("sipokat-sesi", ""))
    found = db.session.scalars(select(LoginSession).where(LoginSession.token_hash == token)).first()
    if found is None:
        abort(401)
    body = request.get_json()
    for item in body["items"]:
        verify_one(found.user_id, body["class"], item)
    return jsonify({"results": [{"number": one["number"], "status": 200} for one in body["items"]]})


def verify_one(user_id: str, klass: str, item: dict[str, Any]) -> None:
    at = datetime.now(UTC)
    with writing() as session:
        report = session.scalars(select(Report).where(Report.number == item["number"])).one()
        if report.version != item["version"]:
            abort(409)
        report.desk, report.desk_code, report.klass = "kecamatan", report.kecamatan_code, klass
        report.arrived_at, report.due_at, report.late_told = at, at + timedelta(days=3), 0
        report.version += 1
        number = update(Counter).where(Counter.name == "event").values(value=Counter.value + 1)
        seq = session.scalars(number.returning(Counter.value)).one()
        session.add(event(seq, report, user_id, klass, item["action_id"], at))
        session.add(
            Notice(
                user_id=report.reporter_id,
                kind="verified",
                at=at,
                key=f"event {seq}",
                office="",
                url=f"/laporan/{report.number}",
                report_id=report.id,
                event_seq=seq,
                facts="{}",
            )
        )


def event(
    seq: int, report: Report, user_id: str, klass: str, action_id: str, at: datetime
) -> Event:
    digest = uuid.uuid4().hex * 2
    return Event(
        seq=seq,
        report_id=report.id,
        version=report.version,
        at=at,
        actor_id=user_id,
        actor_desk="kelurahan",
        actor_role="lurah",
        actor_region=report.kelurahan_code,
        action="verify",
        from_desk="kelurahan",
        to_desk="kecamatan",
        klass=klass,
        action_id=action_id,
        request_digest=digest,
        content_digest=report.content_digest,
        sealed=digest,
        mark=digest,
        key_id="1",
        previous_hash=digest,
        hash=digest,
    )
