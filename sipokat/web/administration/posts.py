"""The offices right below somebody: who holds each, and who acts in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import administration, appointers, directory, posts, recording, term_checks
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.posts import Post
from sipokat.domain.refusals import NotFound, Refused, WrongContent
from sipokat.models import Term
from sipokat.web import body
from sipokat.web.access import allow, me
from sipokat.web.administration import own_pages
from sipokat.web.notices import note_opened
from sipokat.web.present import deputies
from sipokat.web.present import posts as present
from sipokat.web.present.letters import numberless

pages = own_pages("administration_posts")
Made = TypeVar("Made")
APPOINTERS = ("lurah", "camat", "pemerintahan", "diskominfo")


@pages.get("/pengelolaan/jabatan")
@allow(*APPOINTERS)
def index() -> ResponseReturnValue:
    """The offices right below the person; Diskominfo goes down by `?di=`."""
    asked = request.args.get("di", "")
    if asked:
        appointers.require_scope(me(), asked)
        _require_known(asked)
    scopes = [asked] if asked else appointers.scopes(me())
    if not asked:
        note_opened("/pengelolaan/jabatan")
    session = db.session()
    groups = [] if asked else present.city_groups(me())
    groups += [present.group(scope, posts.posts_in(session, scope), me()) for scope in scopes]
    return render_template(
        "administration/posts.html",
        groups=groups,
        barred=[] if asked else deputies.barred_below(me()),
        numberless=[] if asked else numberless(me()),
        deeper=bool(asked),
        export={"di": asked},
    )


@pages.get("/pengelolaan/jabatan/<role>/<region>")
@allow(*APPOINTERS)
def show(role: str, region: str) -> ResponseReturnValue:
    """One office, with what can be done about it."""
    require_appointer(role, region)
    note_opened(f"/pengelolaan/jabatan/{role}/{region}")
    return post_page(role, region)


def require_appointer(role: str, region: str) -> By:
    """As what the person names who shall act in this office. An office that is none is not found,
    like one of another region."""
    try:
        by = appointers.appointer(me(), role, region)
    except WrongContent:
        raise NotFound("Jabatan ini tidak ada.") from None
    _require_known(region)
    return by


def _require_known(region: str) -> None:
    try:
        term_checks.ensure_known(db.session(), region)
    except WrongContent as unknown:
        raise NotFound(unknown.message) from None


def make_change(role: str, region: str, change: Callable[[Session, By], Made]) -> Made:
    """Make a change in this office in a transaction of its own, as whoever may name who acts in it.
    They were asked before, so that nobody else waits for the lock; here once more. Returns what
    `change` does; refusals are the caller's to show."""
    with writing() as session:
        administration.take_turn(session, me())
        return change(session, require_appointer(role, region))


def find_term(role: str, region: str, term_id: str) -> Term:
    """A term in this office. Raises NotFound for any other."""
    try:
        term = db.session.get(Term, body.row_id(term_id))
    except ValueError:
        term = None
    if term is None or (term.role, term.region_code) != (role, region):
        raise NotFound("Jabatan ini tidak ditemukan.")
    return term


def post_page(
    role: str, region: str, refusal: Refused | None = None, form: str = ""
) -> ResponseReturnValue:
    """The page of this office; with a refusal, what was typed in which `form` and why not."""
    session, day = db.session(), day_of(now())
    post, there = posts.post_of(session, role, region), recording.is_there(session, region, day)
    html = render_template(
        "administration/post.html",
        post=present.post(post),
        looked_after=_looked_after(post),
        records=there and recording.recorder(me(), region, day) is not None,
        may_settle=appointers.may_settle(me(), role),
        form=form,
        today=day.isoformat(),
        values=g.get("body") or {},
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal and not refusal.fields else "",
    )
    return make_response(html, refusal.status if refusal else 200)


def _looked_after(post: Post) -> set[str]:
    """The ids of those in this office whose page the person may open."""
    there = {term.user for term in (*post.heads, *post.deputies, *post.staff, *post.coming)}
    return {one.id for one in there if directory.looks_after(me(), one)}


def read_days(*names: str) -> list[date]:
    """The days of these fields of the body. Raises WrongContent for each that is none."""
    found, wrong = [], {}
    for name in names:
        try:
            found.append(date.fromisoformat(g.body.get(name, "").strip()))
        except ValueError:
            wrong[name] = "Isi tanggalnya."
    if wrong:
        raise WrongContent("Ada tanggal yang perlu diperbaiki.", wrong)
    return found
