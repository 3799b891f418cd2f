"""The person's own account: their offices, where they are signed in, and their password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from sipokat import security
from sipokat.database import db
from sipokat.domain import passwords, phones
from sipokat.domain.administration import entries_about
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import main_role
from sipokat.domain.refusals import NotFound, TooMany, WrongContent
from sipokat.domain.regions import names_of
from sipokat.domain.sessions import sessions_of
from sipokat.models import Term
from sipokat.web import body
from sipokat.web.access import EVERYBODY, allow, me, takes
from sipokat.web.cookies import clear_session, device_token
from sipokat.web.messages import tell
from sipokat.web.present import administration, times
from sipokat.web.present.regions import region_words
from sipokat.web.refusals import note_refusal
from sipokat.web.respond import owner, see_other, wants_json

pages = Blueprint("account", __name__)


def _form() -> dict[str, Any]:
    body.is_json()
    return body.read_form()


@pages.get("/akun")
@allow(*EVERYBODY)
def show() -> ResponseReturnValue:
    """The page of the account. As JSON: who is signed in, asked before a page posts a form."""
    if wants_json():
        return jsonify({"user": owner()})
    return _page({})


def _page(
    errors: dict[str, str], status: int = 200, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    names = names_of(db.session(), [term.region_code for term in me().terms])
    html = render_template(
        "account/show.html",
        role=main_role(me()),
        phone=times.phone(me().phone),
        offices=[_office(term, names) for term in me().terms],
        sessions=sessions_of(db.session(), me()),
        this_session=g.login_session,
        changes=[administration.entry(one) for one in entries_about(db.session(), me())],
        errors=errors,
    )
    return make_response(html, status, headers or {})


def _office(term: Term, names: dict[str, str]) -> tuple[str, str]:
    """An office as (label, words): `("Jabatan", "RT 001, Petanang Ulu, sejak 1 Jan")`."""
    text = f"{region_words(term.region_code, names)}, sejak {times.date_words(term.since)}"
    if term.until is None:
        return "Jabatan", text
    over = term.until < day_of(now())
    return "Jabatan dahulu" if over else "Jabatan", f"{text} sampai {times.date_words(term.until)}"


@pages.post("/akun/kata-sandi")
@allow(*EVERYBODY)
@takes(_form)
def change_password() -> ResponseReturnValue:
    """Set a new password. That ends every session of the person, this one too."""
    try:
        passwords.change(me(), g.body.get("old", ""), g.body.get("new", ""), device_token())
    except TooMany as refusal:
        note_refusal(refusal)
        return _page({"old": refusal.message}, 429, {"Retry-After": str(refusal.retry_after)})
    except WrongContent as refusal:
        return _page(refusal.fields, 422)
    security.note("password_changed", me().id)
    tell("Kata sandi sudah diganti. Masuk dengan kata sandi baru.", reader="")
    response = see_other("/masuk")
    clear_session(response)
    return response


@pages.post("/akun/sesi/<session_id>/akhiri")
@allow(*EVERYBODY)
@takes(_form)
def close_session(session_id: str) -> ResponseReturnValue:
    """Sign the person out on another phone or browser of theirs, and end the PIN that opens it."""
    try:
        phones.put_out(me(), body.row_id(session_id))
    except ValueError:
        raise NotFound from None
    security.note("session_ended", me().id)
    tell("HP itu sudah keluar dari akun Anda.")
    return see_other("/akun")
