"""A term in an office is ended, or taken back before it begins."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.domain import appointers, endings
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import HOLDER
from sipokat.domain.refusals import NeverAllowed, NotNow, WrongContent
from sipokat.domain.titles import title_of
from sipokat.models import Term
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import given, own_pages
from sipokat.web.administration.posts import (
    APPOINTERS,
    find_term,
    make_change,
    post_page,
    read_days,
    require_appointer,
)
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import posts as present
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_endings")


@pages.post("/pengelolaan/jabatan/<role>/<region>/<term_id>/pengakhiran")
@allow(*APPOINTERS)
@takes(given("last"))
@require_fresh()
def end(role: str, region: str, term_id: str) -> ResponseReturnValue:
    """End a term in this office; one that has not begun is taken back."""
    require_appointer(role, region)
    term = find_term(role, region, term_id)
    if term.kind == HOLDER and not appointers.may_settle(me(), role):
        raise NeverAllowed("Jabatan definitif diakhiri Diskominfo.")
    person = term.user_id  # a term that is taken back is gone
    try:
        said = make_change(role, region, lambda session, by: _end(session, by, term))
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return post_page(role, region, refusal, f"akhir-{term_id}-")
    security.note("office_ended", me().id, subject=person)
    if wants_json():
        return {"message": said}
    tell(said)
    return see_other(present.address(role, region))


def _end(session: Session, by: By, term: Term) -> str:
    person, office = term.user, title_of(session, term)
    if term.since > day_of(now()):
        endings.withdraw(session, by, person, term)
        return f"{person.name} tidak jadi menjadi {office}."
    (last,) = read_days("last")
    endings.end(session, by, person, term, last)
    return f"{person.name} menjadi {office} sampai {present.written(last)}."
