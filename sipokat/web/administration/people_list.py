"""The list of people: those who need a hand, page by page, and a search.

A search is a post, so that no name and no number stands in an address, a log or a history.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import g, request
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import directory, people_list, texts
from sipokat.domain.people import looks_like_phone, normal_phone
from sipokat.domain.people_list import Filter, Found
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed
from sipokat.domain.regions import names_of
from sipokat.domain.roles import ROLES
from sipokat.web import body
from sipokat.web.access import allow, me, takes
from sipokat.web.administration import MANAGERS, given, own_pages
from sipokat.web.present import people, times
from sipokat.web.respond import respond

pages = own_pages("administration_people_list")
SEARCH_MAX = 80  # characters


@pages.get("/pengelolaan")
@allow(*MANAGERS)
def index() -> ResponseReturnValue:
    """Whom this person looks after, narrowed as the address says."""
    names = ("region", "role", "state")
    return _answer(Filter(**{name: request.args.get(name, "").strip() for name in names}))


@pages.post("/pengelolaan")
@allow(*MANAGERS)
@takes(given("cari", "region", "role", "state"))
def search() -> ResponseReturnValue:
    """The same for what was typed: the first page alone."""
    typed = {name: g.body.get(name, "").strip() for name in ("region", "role", "state")}
    return _answer(Filter(**typed, said=texts.plain(g.body.get("cari"))[:SEARCH_MAX]))


def _answer(wanted: Filter) -> ResponseReturnValue:
    require_known(wanted)
    page = 1 if wanted.said else _page()
    found = people_list.list_people(db.session(), me(), wanted, page)
    following = _next_url(wanted, page) if found.more and not wanted.said else None
    names_of(db.session(), [term.region_code for one in found.people for term in one.person.terms])

    def context() -> dict[str, Any]:
        return _context(wanted, found) | {"next_url": following, "first_page": page == 1}

    def data() -> dict[str, Any]:
        return {
            "items": [people.as_json(one) for one in found.people],
            "total": found.total,
            "next": following,
        }

    return respond(
        "administration/people_list.html", context, "administration/_people_list.html", data
    )


def require_known(wanted: Filter) -> None:
    """Raises Malformed for what no form of ours asks."""
    if (
        (wanted.role and wanted.role not in ROLES)
        or (wanted.state and wanted.state not in people_list.STATE_NAMES)
        or (wanted.region and not re.fullmatch(r"[0-9.]{2,20}", wanted.region))
    ):
        raise Malformed(UNKNOWN_CHOICE)


def _page() -> int:
    try:
        return max(1, min(1000, body.row_id(request.args.get("page", "1"))))
    except ValueError:
        raise Malformed("Halaman ini tidak dikenal. Mulai dari awal daftar.") from None


def _next_url(wanted: Filter, page: int) -> str:
    asked = {"region": wanted.region, "role": wanted.role, "state": wanted.state}
    chosen = {name: value for name, value in asked.items() if value}
    return f"/pengelolaan?{urlencode(chosen | {'page': page + 1})}"


def _context(wanted: Filter, found: Found) -> dict[str, Any]:
    session = db.session()
    regions = people_list.regions_of(session, me())
    roles = [key for office in directory.looking_after(me()) for key in office.role.activates]
    counts = people_list.count_states(session, me())
    return {
        "wanted": wanted,
        "people": [people.row(one) for one in found.people],
        "total": found.total,
        "more": found.more,
        "export": {"region": wanted.region, "role": wanted.role, "state": wanted.state},
        "incomplete": looks_like_phone(wanted.said) and normal_phone(wanted.said) is None,
        "chosen": chosen(wanted, dict(regions)),
        "regions": regions,
        "roles": [(key, ROLES[key].label) for key in ROLES if key in roles],
        "states": list(people_list.STATE_NAMES.items()),
        "figures": [
            {
                "value": times.figure(counts[key]),
                "label": label,
                "tone": "warn",
                "href": f"/pengelolaan?state={key}",
            }
            for key, label in people_list.STATE_NAMES.items()
            if key != "closed"
        ],
        "everywhere": directory.everywhere(me()),
    }


def chosen(wanted: Filter, regions: dict[str, str]) -> str:
    """What the list was narrowed to, behind `506 orang`: `, Ketua RT, di Taba Baru, lama tidak
    masuk`."""
    region = regions.get(wanted.region, wanted.region).removeprefix("– ")
    state = people_list.STATE_NAMES.get(wanted.state, "")
    parts = [
        ROLES[wanted.role].label if wanted.role else "",
        f"di {region}" if region else "",
        state[:1].lower() + state[1:],
    ]
    return "".join(f", {part}" for part in parts if part)
