"""Tells a monitoring program whether SIPOKAT works."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from sipokat.database import db
from sipokat.models import Region
from sipokat.web.access import ANYONE, allow

pages = Blueprint("health", __name__)


@pages.get("/sehat")
@allow(ANYONE)
def show() -> ResponseReturnValue:
    """200 when the database answers and has our tables; otherwise the usual 503."""
    db.session.execute(select(Region.code).limit(1))
    return jsonify({"sehat": True})
