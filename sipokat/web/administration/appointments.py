"""Somebody is named for an office: a Plh., a Plt., or its new holder."""

from __future__ import annotations

from flask import g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.domain import appointers, appointments
from sipokat.domain.administration import By
from sipokat.domain.appointments import Whom
from sipokat.domain.clock import day_of, now
from sipokat.domain.letters import Letter
from sipokat.domain.offices import DEPUTIES, HOLDER
from sipokat.domain.refusals import NeverAllowed, NotNow, WrongContent
from sipokat.models import Term
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import given, own_pages
from sipokat.web.administration.deputies import deputy_page
from sipokat.web.administration.posts import (
    APPOINTERS,
    make_change,
    post_page,
    read_days,
    require_appointer,
)
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import posts as present
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_appointments")
GIVEN = given(
    *("role", "region", "kind", "title", "person", "name", "phone"),
    *("since", "until", "letter_number", "letter_date"),
)


@pages.post("/pengelolaan/jabatan")
@allow(*APPOINTERS)
@takes(GIVEN)
@require_fresh()
def appoint() -> ResponseReturnValue:
    """Name a Plh., a Plt., or the new holder of an office."""
    role, region, kind = (g.body.get(name, "") for name in ("role", "region", "kind"))
    require_appointer(role, region)
    try:
        term = make_change(
            role, region, lambda session, by: _named(session, by, role, region, kind)
        )
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        if kind in DEPUTIES:
            return deputy_page(role, region, refusal)
        return post_page(role, region, refusal, "baru-")
    security.note("office_given", me().id, subject=term.user_id)
    said = present.named(term)
    if wants_json():
        return {"term": present.term_json(term), "message": said}, 201
    tell(said)
    return see_other(present.address(role, region))


def _named(session: Session, by: By, role: str, region: str, kind: str) -> Term:
    whom = Whom(*(g.body.get(name, "") for name in ("person", "name", "phone")))
    if kind in DEPUTIES:
        number = g.body.get("letter_number", "")
        if not number.strip() and not g.body.get("letter_date"):
            g.body["letter_date"] = day_of(now()).isoformat()  # both follow
        days = read_days("since", "until", "letter_date")
        letter = Letter(role, region, kind, days[0], days[1], number, days[2])
        return appointments.name_deputy(session, by, whom, letter)
    if kind != HOLDER:
        raise WrongContent("Pilih Plh. atau Plt.", {"kind": "Pilih Plh. atau Plt."})
    if not appointers.may_settle(me(), role):
        raise NeverAllowed("Pejabat definitif diangkat Diskominfo. Tunjuk Plt. untuk sementara.")
    (since,) = read_days("since")
    seat = g.body.get("title")
    return appointments.name_holder(session, by, whom, role, region, since, seat)
