"""What is told about the account on home, until it has been read on this phone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import account_news
from sipokat.domain.refusals import NotFound
from sipokat.web import body
from sipokat.web.access import EVERYBODY, allow, me, takes
from sipokat.web.account import plain_form
from sipokat.web.present import administration
from sipokat.web.respond import see_other

pages = Blueprint("account_news", __name__)


def news() -> dict[str, Any]:
    """The lines to show, and the id of the newest; for home."""
    here = g.get("login_session")
    told = here is not None and here.has_news
    found = account_news.unread(db.session(), me(), here.device_id) if told else []
    lines = [administration.news(one) for one in found]
    return {"lines": lines, "last": found[0].id if found else 0}


@pages.post("/akun/kabar")
@allow(*EVERYBODY)
@takes(plain_form)
def read() -> ResponseReturnValue:
    """The person has read it on this phone."""
    try:
        last = body.row_id(g.body.get("last", ""))
    except ValueError:
        raise NotFound from None
    if g.login_session.device_id is not None:
        account_news.read(me(), g.login_session.device_id, last)
    return see_other("/beranda")
