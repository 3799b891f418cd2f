"""A session for tests that do not ask how somebody signs in.

What the page to sign in does takes as long as a whole page: the password, the tries that are
counted, the entry in the record. Here are the rows of the session and the phone alone, and the two
cookies. `tests/web/test_sign_in.py` holds them to what signing in stores.
"""

from __future__ import annotations

import secrets

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from sipokat.database import table, writing
from sipokat.domain import account_news
from sipokat.domain.clock import now
from sipokat.domain.people import normal_phone
from sipokat.domain.sessions import hashed
from sipokat.models import KnownDevice, LoginSession, User
from tests.cast import Person

DEVICE = "Aplikasi lain"  # what the client of the tests is


def open_for(client: FlaskClient, person: Person) -> str | None:
    """Sign the person in on a phone that the account has not known, without news of it. Returns the
    id of the account; None if it is closed."""
    app, at = client.application, now()
    phone_token, token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with app.app_context(), writing() as session:
        account = select(User.id).where(User.phone == normal_phone(person.phone), User.active)
        user: str | None = session.scalar(account)
        if user is None:
            return None
        phone = {"user_id": user, "token_hash": hashed(phone_token), "device": DEVICE}
        phone |= {"last_used_at": at, "read_entry_id": account_news.newest(session, user)}
        known = session.execute(insert(table(KnownDevice)).values(phone)).inserted_primary_key[0]
        opened = {"user_id": user, "device_id": known, "token_hash": hashed(token)}
        opened |= {"device": DEVICE, "created_at": at, "last_used_at": at, "has_news": False}
        session.execute(insert(table(LoginSession)).values(opened))
    client.set_cookie(f"{app.config['COOKIE_PREFIX']}sipokat-hp", phone_token)
    client.set_cookie(f"{app.config['COOKIE_PREFIX']}sipokat-sesi", token)
    return user
