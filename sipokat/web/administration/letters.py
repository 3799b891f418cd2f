"""The number of a deputy's letter, where it followed the naming."""

from __future__ import annotations

from flask import g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from sipokat.domain import letters
from sipokat.domain.administration import By
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.models import Term
from sipokat.web.access import allow, takes
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

pages = own_pages("administration_letters")


@pages.post("/pengelolaan/jabatan/<role>/<region>/<term_id>/surat")
@allow(*APPOINTERS)
@takes(given("letter_number", "letter_date"))
@require_fresh()
def number(role: str, region: str, term_id: str) -> ResponseReturnValue:
    """Write down the number and day of the letter by which somebody acts in this office."""
    require_appointer(role, region)
    term = find_term(role, region, term_id)
    try:
        said = make_change(role, region, lambda session, by: _give(session, by, term))
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return post_page(role, region, refusal, f"surat-{term_id}-")
    if wants_json():
        return {"term": present.term_json(term), "message": said}
    tell(said)
    return see_other(present.address(role, region))


def _give(session: Session, by: By, term: Term) -> str:
    (dated,) = read_days("letter_date")
    letters.give_number(session, by, term, g.body.get("letter_number", ""), dated)
    return f"Surat perintah {term.letter_number} tersimpan."
