"""The offices right below somebody: who holds each, who acts in it, and what changes that."""

from __future__ import annotations

from datetime import date

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from sipokat import security
from sipokat.database import db, writing
from sipokat.domain import (
    accounts,
    administration,
    deputies,
    endings,
    handovers,
    people,
    posts,
    recording,
    term_checks,
    terms,
    titles,
)
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.deputies import Letter
from sipokat.domain.offices import DEPUTIES, HOLDER
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow, Refused, WrongContent
from sipokat.domain.roles import ROLES
from sipokat.models import Term, User
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import given, own_pages
from sipokat.web.fresh import require_fresh
from sipokat.web.messages import tell
from sipokat.web.present import posts as present
from sipokat.web.respond import see_other, wants_json

pages = own_pages("administration_posts")
APPOINTERS = ("lurah", "camat", "pemerintahan", "diskominfo")
GIVEN = given(
    *("role", "region", "kind", "title", "person", "name", "phone"),
    *("since", "until", "letter_number", "letter_date"),
)
NO_ACCOUNT = "Nomor ini belum punya akun. Pilih orang lain, atau minta Diskominfo membuat akunnya."
OTHER_NAME = "Nomor ini dipakai akun dengan nama lain. Periksa nama dan nomornya."


@pages.get("/pengelolaan/jabatan")
@allow(*APPOINTERS)
def index() -> ResponseReturnValue:
    """The offices right below the person; Diskominfo goes down by `?di=`."""
    asked = request.args.get("di", "")
    if asked:
        posts.require_scope(me(), asked)
        _require_known(asked)
    scopes = [asked] if asked else posts.scopes(me())
    session = db.session()
    groups = [] if asked else present.city_groups(me())
    groups += [present.group(scope, posts.posts_in(session, scope), me()) for scope in scopes]
    return render_template(
        "administration/posts.html",
        groups=groups,
        waiting=present.waiting(me()),
        deeper=bool(asked),
    )


@pages.get("/pengelolaan/jabatan/<role>/<region>")
@allow(*APPOINTERS)
def show(role: str, region: str) -> ResponseReturnValue:
    """One office, with what can be done about it."""
    _appointer(role, region)
    return _page(role, region)


def _appointer(role: str, region: str) -> By:
    """As what the person names who shall act in this office. An office that is none is not found,
    like one of another region."""
    try:
        by = deputies.appointer(me(), role, region)
    except WrongContent:
        raise NotFound("Jabatan ini tidak ada.") from None
    _require_known(region)
    return by


def _require_known(region: str) -> None:
    try:
        term_checks.ensure_known(db.session(), region)
    except WrongContent as unknown:
        raise NotFound(unknown.message) from None


def _page(role: str, region: str, refusal: Refused | None = None) -> ResponseReturnValue:
    session = db.session()
    post = posts.post_of(session, role, region)
    html = render_template(
        "administration/post.html",
        post=present.post(post),
        candidates=[(one.id, present.candidate(one)) for one in posts.candidates(session, post)],
        records=recording.recorder(me(), region, day_of(now())) is not None,
        may_settle=posts.may_settle(me(), role),
        values=present.first_values(post) | (g.get("body") or {}),
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal and not refusal.fields else "",
    )
    return make_response(html, refusal.status if refusal else 200)


@pages.post("/pengelolaan/jabatan")
@allow(*APPOINTERS)
@takes(GIVEN)
@require_fresh()
def appoint() -> ResponseReturnValue:
    """Name a Plh., a Plt., or the new holder of an office."""
    role, region, kind = (g.body.get(name, "") for name in ("role", "region", "kind"))
    _appointer(role, region)  # refused before anybody waits for the lock
    try:
        with writing() as session:
            administration.take_turn(session, me())
            by = _appointer(role, region)
            term = _named(session, by, role, region, kind)
            said = f"{term.user.name} menjadi {titles.title_of(session, term)}."
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return _page(role, region, refusal)
    security.note("office_given", me().id, subject=term.user_id)
    if wants_json():
        return {"term": present.term_json(term), "message": said}, 201
    tell(said)
    return see_other(present.address(role, region))


def _named(session: Session, by: By, role: str, region: str, kind: str) -> Term:
    if kind in DEPUTIES:
        days = _days("since", "until", "letter_date")
        number = g.body.get("letter_number", "")
        letter = Letter(role, region, kind, days[0], days[1], number, days[2])
        return deputies.appoint(session, by, _person(session), letter)
    if kind != HOLDER:
        raise WrongContent("Pilih Plh. atau Plt.", {"kind": "Pilih Plh. atau Plt."})
    if not posts.may_settle(me(), role):
        raise NeverAllowed("Pejabat definitif diangkat Diskominfo. Tunjuk Plt. untuk sementara.")
    (since,) = _days("since")
    found = _chosen(session)
    if found is not None:
        field = "person" if g.body.get("person") else "phone"
        term_checks.require_another(by, found, field)
        posts.require_own(by, found, field)
    seat = term_checks.require_seat(role, g.body.get("title"))
    if not seat and ROLES[role].level != "kota":
        return _head(session, by, found, role, region, since)
    if found is not None:
        return terms.begin(session, by, found, role, region, since, seat=seat)
    return _newcomer(session, by, role, region, since, seat)


def _head(
    session: Session, by: By, found: User | None, role: str, region: str, since: date
) -> Term:
    """The new head of the office, in the place of the present one."""
    if found is not None:
        return handovers.hand_over(session, by, found, role, region, since)
    handovers.vacate(session, by, role, region, since)
    return _newcomer(session, by, role, region, since)


def _newcomer(
    session: Session, by: By, role: str, region: str, since: date, seat: str | None = None
) -> Term:
    """Somebody without an account gets one. It has no password: a code opens it."""
    typed = g.body.get("phone", ""), g.body.get("name", "")
    user = accounts.create(session, by, *typed, role, region, people.NO_PASSWORD, since, seat)
    return user.terms[0]


def _person(session: Session) -> User:
    found = _chosen(session)
    if found is None:
        raise WrongContent(NO_ACCOUNT, {"phone": NO_ACCOUNT})
    return found


def _chosen(session: Session) -> User | None:
    """The person who was chosen, or whose name and number were typed; None where nobody has that
    number."""
    if chosen := g.body.get("person", ""):
        person = session.get(User, chosen)
        if person is None:
            raise WrongContent("Pilih orangnya.", {"person": "Pilih orangnya."})
        return person
    name = people.require_name(g.body.get("name", ""))
    person = people.find_by_phone(session, people.require_phone(g.body.get("phone", "")))
    if person is not None and person.name.casefold() != name.casefold():
        raise WrongContent(OTHER_NAME, {"phone": OTHER_NAME})
    return person


def _days(*names: str) -> list[date]:
    """The days of these fields. Raises WrongContent for each that is none."""
    found, wrong = [], {}
    for name in names:
        try:
            found.append(date.fromisoformat(g.body.get(name, "").strip()))
        except ValueError:
            wrong[name] = "Isi tanggalnya."
    if wrong:
        raise WrongContent("Ada tanggal yang perlu diperbaiki.", wrong)
    return found


@pages.post("/pengelolaan/jabatan/<role>/<region>/<term_id>/pengakhiran")
@allow(*APPOINTERS)
@takes(given("last"))
@require_fresh()
def end(role: str, region: str, term_id: str) -> ResponseReturnValue:
    """End a term in this office; one that has not begun is taken back."""
    _appointer(role, region)  # refused before anybody waits for the lock
    term = _term(role, region, term_id)
    if term.kind == HOLDER and not posts.may_settle(me(), role):
        raise NeverAllowed("Jabatan definitif diakhiri Diskominfo.")
    try:
        with writing() as session:
            administration.take_turn(session, me())
            by = _appointer(role, region)
            person, office = term.user, titles.title_of(session, term)
            if term.since > day_of(now()):
                endings.withdraw(session, by, person, term)
                said = f"{person.name} tidak jadi menjadi {office}."
            else:
                (last,) = _days("last")
                endings.end(session, by, person, term, last)
                said = f"{person.name} menjadi {office} sampai {present.written(last)}."
    except (NotNow, WrongContent) as refusal:
        if wants_json():
            raise
        return _page(role, region, refusal)
    security.note("office_ended", me().id, subject=person.id)
    if wants_json():
        return {"message": said}
    tell(said)
    return see_other(present.address(role, region))


def _term(role: str, region: str, term_id: str) -> Term:
    try:
        term = db.session.get(Term, body.row_id(term_id))
    except ValueError:
        term = None
    if term is None or (term.role, term.region_code) != (role, region):
        raise NotFound("Jabatan ini tidak ditemukan.")
    return term
