"""The smallest program that stores a report: one Flask view, one insert and one synced file.

`bench.intake` compares SIPOKAT with it. Both have the same durability and the same write lock.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from flask import Flask, jsonify, request
from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from sipokat.database import Base, db, writing
from sipokat.delivery.photo_store import PhotoStore


class Bare(Base):
    __tablename__ = "bare"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    body: Mapped[dict[str, object]] = mapped_column(JSON)


data = Path(os.environ["SIPOKAT_DATA"])
store = PhotoStore(data / "photos")
application = Flask("bare")
application.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{data / 'bare.sqlite3'}"
db.init_app(application)
with application.app_context():
    Base.metadata.create_all(db.engine, tables=[Bare.__table__], checkfirst=True)
    db.engine.dispose()  # gunicorn forks after this, and processes must not share a connection


@application.post("/laporan")
def insert() -> object:
    body = request.get_json()
    with writing() as session:
        session.add(Bare(id=body["client_id"], body=body))
    return jsonify({"client_id": body["client_id"]}), 201


@application.put("/laporan/<client_id>/foto/<photo_id>")
def keep(client_id: str, photo_id: str) -> object:
    store.keep(
        f"original/{photo_id[:2]}/{uuid.UUID(client_id)}-{uuid.UUID(photo_id)}", request.get_data()
    )
    return jsonify({"client_id": client_id})
