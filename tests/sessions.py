"""A session for tests that do not ask how somebody signs in.

What the page to sign in does takes as long as a whole page: the password, the tries that are
counted, the entry in the record. Here are the session, the phone and the cookies alone, stored and
set by the functions that signing in uses.
"""

from __future__ import annotations

from flask import Response
from flask.testing import FlaskClient

from sipokat.database import writing
from sipokat.domain import clock, people, sign_in
from sipokat.web import cookies
from tests.cast import Person


def open_for(client: FlaskClient, person: Person) -> str | None:
    """Sign the person in on a phone that the account has not known, without news of it. Returns the
    id of the account; None if it is closed."""
    answer = Response()
    with client.application.app_context(), writing() as session:
        user = people.find_by_phone(session, person.phone)
        if user is None or not user.active:
            return None
        token = sign_in.phone_token(session, None)
        cookies.set_cookies(answer, sign_in.open_session(session, user, token, "", clock.now()))
        known: str = user.id
    for cookie in answer.headers.getlist("Set-Cookie"):
        name, _, rest = cookie.partition("=")
        client.set_cookie(name, rest.partition(";")[0])
    return known
