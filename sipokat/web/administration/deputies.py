"""Naming a Plh. or a Plt.: the form, filled with who is likely and until when."""

from __future__ import annotations

from flask import g, make_response, render_template
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import appointers, posts
from sipokat.domain.clock import day_of, now
from sipokat.domain.letters import number_due
from sipokat.domain.likely_deputies import likely
from sipokat.domain.refusals import NotFound, Refused
from sipokat.domain.roles import ROLES
from sipokat.web.access import allow, me
from sipokat.web.administration import own_pages
from sipokat.web.administration.posts import APPOINTERS, require_appointer
from sipokat.web.present import deputies as present
from sipokat.web.present import posts as present_posts

pages = own_pages("administration_deputies")


@pages.get("/pengelolaan/jabatan/<role>/<region>/wakil")
@allow(*APPOINTERS)
def show(role: str, region: str) -> ResponseReturnValue:
    """The form of this office."""
    require_appointer(role, region)
    if ROLES[role].desk is None:
        raise NotFound("Untuk jabatan ini tidak ada Plh. atau Plt.")
    return deputy_page(role, region)


def deputy_page(role: str, region: str, refusal: Refused | None = None) -> ResponseReturnValue:
    """The form of this office; with a refusal, what was typed and why not."""
    session = db.session()
    (found,) = likely(session, [posts.post_of(session, role, region)])
    values = present.proposed(found) | (g.get("body") or {})
    html = render_template(
        "administration/deputy.html",
        post=present_posts.post(found.post),
        people=[(one.id, present.candidate(one, found.post)) for one in found.people],
        values=values,
        days=present.days(values),
        makes_accounts=appointers.may_settle(me(), role),
        follows_until=present_posts.written(number_due(day_of(now()))),
        errors=refusal.fields if refusal else {},
        message=refusal.message if refusal and not refusal.fields else "",
    )
    return make_response(html, refusal.status if refusal else 200)
