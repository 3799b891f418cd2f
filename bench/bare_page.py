"""The smallest program that shows a page of reports to somebody who is signed in: it looks up the
session, selects 20 joined rows and renders 20 rows of a template.

`bench.pages` compares SIPOKAT with it. Both read the same database.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from sipokat.database import db
from sipokat.domain.sessions import hashed
from sipokat.models import LoginSession, Report

data = Path(os.environ["SIPOKAT_DATA"])
application = Flask("bare", template_folder=str(Path(__file__).parent / "templates"))
application.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{data / 'sipokat.sqlite3'}"
db.init_app(application)


@application.get("/page")
def page() -> str:
    token = hashed(request.cookies.get("sipokat-sesi", ""))
    session = db.session.scalars(
        select(LoginSession).where(LoginSession.token_hash == token)
    ).first()
    if session is None:
        abort(401)
    query = select(Report).join(Report.reporter).options(contains_eager(Report.reporter))
    rows = db.session.scalars(query.order_by(Report.id.desc()).limit(20)).all()
    return render_template("bare_page.html", person=session.user, rows=rows)
