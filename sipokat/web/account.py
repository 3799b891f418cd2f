"""The page of the person's own account: their offices, and the phones that open it, each of which
they can end. `web/own_account.py` has what they change about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import fresh, phones
from sipokat.domain.administration import entries_about, oneself
from sipokat.domain.offices import main_role
from sipokat.domain.phones import Phone
from sipokat.domain.refusals import NotFound
from sipokat.domain.regions import names_of
from sipokat.web import body
from sipokat.web.access import EVERYBODY, allow, me, takes
from sipokat.web.cookies import clear_session, device_token
from sipokat.web.messages import tell
from sipokat.web.notices import note_opened
from sipokat.web.present import administration, times
from sipokat.web.present.people import office_fact
from sipokat.web.respond import see_other, user_json, wants_json

pages = Blueprint("account", __name__)


def plain_form() -> dict[str, Any]:
    """The texts of a plain form. Raises WrongType for anything else."""
    body.is_json()
    return body.read_form()


@pages.get("/akun")
@allow(*EVERYBODY)
def show() -> ResponseReturnValue:
    """The page of the account. As JSON: who is signed in, asked before a page posts a form, and the
    phones that open the account."""
    if wants_json():
        return jsonify({"user": user_json(), "phones": [_phone_json(one) for one in _phones()]})
    note_opened("/akun")
    return account_page()


def account_page(
    form: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """The page, with what is wrong in one of its forms: `password`, `pin` or `phone`."""
    names = names_of(db.session(), [term.region_code for term in me().terms])
    role, by_pin = main_role(me()), fresh.by_pin(me(), device_token())
    html = render_template(
        "account/show.html",
        role=role,
        phone=times.phone(me().phone),
        offices=[office_fact(term, names) for term in me().terms],
        phones=_phones(),
        this_phone=this_phone,
        by_pin=by_pin,
        has_password=role.key != "rt_head" or not by_pin,  # who was activated has none
        changes=administration.entries(entries_about(db.session(), me())),
        form=form,
        errors=errors or {},
        typed=g.get("body") or {},
    )
    return make_response(html, status, headers or {})


def _phones() -> list[Phone]:
    """Those that open the account, this one first."""
    mine = [one for one in phones.phones_of(db.session(), me()) if one.opens]
    return sorted(mine, key=lambda one: not this_phone(one))


def this_phone(phone: Phone) -> bool:
    """Whether it is the phone that asks."""
    here = g.login_session
    return phone.session_id == here.id or (phone.id is not None and phone.id == here.device_id)


def _phone_json(phone: Phone) -> dict[str, Any]:
    return {
        "id": phone.id,
        "name": phone.device,
        "last_used_at": phone.last_used_at.isoformat(),
        "signed_in": phone.session_id is not None,
        "pin": phone.by_pin,
        "this": this_phone(phone),
    }


@pages.post("/akun/hp/<phone_id>/hilang")
@allow(*EVERYBODY)
@takes(plain_form)
def lose_phone(phone_id: str) -> ResponseReturnValue:
    """Shut the person out of a phone of theirs, as one that was lost: also of this one."""
    number = _row_id(phone_id)
    with writing() as session:
        phones.lose(session, oneself(me()), me(), number)
    security.note("phone_lost", me().id, subject=me().id)
    if number == g.login_session.device_id:
        return left("HP ini sudah keluar dari akun Anda.")
    tell("HP itu sudah keluar dari akun Anda.")
    return see_other("/akun")


@pages.post("/akun/sesi/<session_id>/akhiri")
@allow(*EVERYBODY)
@takes(plain_form)
def close_session(session_id: str) -> ResponseReturnValue:
    """The same for a session that does not say which phone it is on."""
    phones.put_out(me(), _row_id(session_id))
    security.note("session_ended", me().id)
    tell("HP itu sudah keluar dari akun Anda.")
    return see_other("/akun")


def _row_id(given: str) -> int:
    try:
        return body.row_id(given)
    except ValueError:
        raise NotFound from None


def left(message: str) -> ResponseReturnValue:
    """To the sign-in page, where the message stands: this phone's own session has ended."""
    tell(message, reader="")
    response = see_other("/masuk")
    clear_session(response)
    return response
