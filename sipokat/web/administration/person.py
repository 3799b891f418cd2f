"""One person: their offices, their phones, what was changed, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import accounts, activations, administration, directory, phones
from sipokat.domain.administration import By
from sipokat.domain.refusals import NotFound, NotNow, Refused, WrongContent
from sipokat.domain.regions import names_of
from sipokat.models import User
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import MANAGERS, given, own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import administration as present
from sipokat.web.present import times
from sipokat.web.present.people import office_fact
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_person")
MOST = 200  # entries of the record on one page
NAMED = "Nama dan nomor disimpan."
LOST = "{} tidak bisa lagi membuka akun ini. Buat kode aktivasi untuk HP yang baru."


@pages.get("/pengelolaan/orang/<person_id>")
@allow(*MANAGERS)
def show(person_id: str) -> ResponseReturnValue:
    """The person's page."""
    person, _ = directory.find(db.session(), me(), person_id)
    return _page(person)


def _page(person: User, refusal: Refused | None = None) -> ResponseReturnValue:
    session = db.session()
    names = names_of(session, [term.region_code for term in person.terms])
    known = phones.phones_of(session, person)
    typed = g.get("body") or {}
    html = render_template(
        "administration/person.html",
        person=person,
        phone=times.phone(person.phone),
        offices=[office_fact(term, names) for term in person.terms],
        phones=[phone for phone in known if phone.id and phone.opens],
        former=[phone for phone in known if not phone.opens],
        last_contact=times.ago(known[0].last_used_at) if known else "belum pernah masuk",
        open_code=activations.open_until(session, person),
        changes=present.entries(administration.entries_about(session, person, MOST), own=False),
        may_close=directory.everywhere(me()),
        values={"name": typed.get("name", person.name), "phone": typed.get("phone", "")},
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal and not refusal.fields else "",
    )
    return make_response(html, refusal.status if refusal else 200)


@pages.post("/pengelolaan/orang/<person_id>/hp/<phone_id>/hilang")
@allow(*MANAGERS)
@takes(given())
@require_fresh()
def lose(person_id: str, phone_id: str) -> ResponseReturnValue:
    """One phone of the person was lost, or with `semua` it is not known which one."""

    def end(session: Session, by: By, person: User) -> str:
        if phone_id == "semua":
            accounts.end_sessions(session, by, person)
            return LOST.format("Semua HP")
        try:
            return LOST.format(phones.lose(session, by, person, body.row_id(phone_id)))
        except ValueError:
            raise NotFound from None

    return _changed(person_id, "phone_lost", end)


@pages.post("/pengelolaan/orang/<person_id>/data")
@allow(*MANAGERS)
@takes(given("name", "phone"))
@require_fresh()
def rename(person_id: str) -> ResponseReturnValue:
    """Another name, another number, or both."""

    def change(session: Session, by: By, person: User) -> str:
        accounts.change_name(session, by, person, g.body.get("name", ""))
        if g.body.get("phone", "").strip():
            accounts.change_phone(session, by, person, g.body["phone"])
        return NAMED

    return _changed(person_id, "account_changed", change)


@pages.post("/pengelolaan/orang/<person_id>/penutupan")
@allow("diskominfo")
@takes(given())
@require_fresh()
def close(person_id: str) -> ResponseReturnValue:
    """Close the account: nobody gets in with it any more."""

    def end(session: Session, _by: By, person: User) -> str:
        accounts.disable(session, administration.diskominfo(me()), person)
        return f"Akun {person.name} ditutup."

    return _changed(person_id, "account_closed", end)


@pages.post("/pengelolaan/orang/<person_id>/pembukaan")
@allow("diskominfo")
@takes(given())
@require_fresh()
def reopen(person_id: str) -> ResponseReturnValue:
    """Open a closed account again."""

    def begin(session: Session, _by: By, person: User) -> str:
        accounts.enable(session, administration.diskominfo(me()), person)
        return f"Akun {person.name} dibuka lagi. Buat kode aktivasi untuk HP-nya."

    return _changed(person_id, "account_opened", begin)


def _changed(
    person_id: str, event: str, change: Callable[[Session, By, User], str]
) -> ResponseReturnValue:
    """Make the change and lead back to the person's page, which says what was done, or why not."""
    directory.find(db.session(), me(), person_id)  # refused before anybody waits for the lock
    try:
        with writing() as session:
            person, by = directory.hold(session, me(), person_id)
            said = change(session, by, person)
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return _page(directory.find(db.session(), me(), person_id)[0], refusal)
    security.note(event, me().id, subject=person.id)
    if wants_json():
        return {"id": person.id, "name": person.name, "active": person.active, "message": said}
    tell(said)
    return see_other(f"/pengelolaan/orang/{person.id}")
