"""What people change about their own account: PIN, password and number. Each form asks for the
present PIN, or the password where the phone has none."""

from __future__ import annotations

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from sipokat.domain import own_account
from sipokat.domain.refusals import NotNow, NotSignedIn, Refused, TooMany, WrongContent
from sipokat.web.access import EVERYBODY, allow, me, takes
from sipokat.web.account import account_page, left, plain_form
from sipokat.web.cookies import device_token, renew_token
from sipokat.web.fresh import shut_out
from sipokat.web.messages import tell
from sipokat.web.refusals import note_refusal
from sipokat.web.respond import see_other

pages = Blueprint("own_account", __name__)


@pages.post("/akun/kata-sandi")
@allow(*EVERYBODY)
@takes(plain_form)
def change_password() -> ResponseReturnValue:
    """Set a new password. That ends every session of the person, this one too."""
    try:
        own_account.change_password(me(), _proof(), g.body.get("new", ""), device_token())
    except (WrongContent, TooMany) as refusal:
        return _again("password", refusal)
    except NotSignedIn as refusal:
        return shut_out(refusal)
    return left("Kata sandi sudah diganti. Masuk dengan kata sandi baru.")


@pages.post("/akun/pin")
@allow(*EVERYBODY)
@takes(plain_form)
def change_pin() -> ResponseReturnValue:
    """Set a new PIN on this phone. The session goes on with another token."""
    new, here = g.body.get("pin", ""), g.login_session
    try:
        token = own_account.change_pin(me(), here.id, _proof(), new, device_token())
    except (WrongContent, TooMany, NotNow) as refusal:
        return _again("pin", refusal)
    except NotSignedIn as refusal:
        return shut_out(refusal)
    tell("PIN baru sudah berlaku di HP ini.")
    response = see_other("/akun")
    renew_token(response, token)
    return response


@pages.post("/akun/nomor")
@allow(*EVERYBODY)
@takes(plain_form)
def change_phone() -> ResponseReturnValue:
    """Set another number, with which the person signs in from now on."""
    try:
        own_account.change_phone(me(), _proof(), g.body.get("phone", ""), device_token())
    except (WrongContent, TooMany) as refusal:
        return _again("phone", refusal)
    except NotSignedIn as refusal:
        return shut_out(refusal)
    tell("Nomor HP sudah diganti.")
    return see_other("/akun")


def _proof() -> str:
    return str(g.body.get("proof", ""))


def _again(form: str, refusal: Refused) -> ResponseReturnValue:
    """The page with the form open and what is wrong beside its fields."""
    note_refusal(refusal)
    headers = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, TooMany) else {}
    errors = refusal.fields or {"proof": refusal.message}
    return account_page(form, errors, refusal.status, headers)
