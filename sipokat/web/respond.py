"""Answers in the form that was asked for: a page for people, its fragment for htmx, or JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from sipokat.database import db
from sipokat.demo.accounts import accounts
from sipokat.domain import chain, reasons, texts
from sipokat.domain.clock import day_of, now
from sipokat.domain.former_offices import lately_reporting, reporting_ends
from sipokat.domain.offices import (
    held,
    main_role,
    one_kelurahan,
    one_rt,
    regions_of,
    roles_of,
)
from sipokat.domain.regions import names_of
from sipokat.domain.term_days import runs_on
from sipokat.domain.who_helps import who_helps
from sipokat.web import menu
from sipokat.web.present import people, times
from sipokat.web.present.regions import region_words

DOORS = {401: ("/masuk", "Masuk"), 410: ("/unduhan", "Ke daftar unduhan")}
PROVE = ("/akun/pastikan", "Pastikan ini Anda")  # for a 401 to who is signed in


def wants_json() -> bool:
    """Whether to answer in JSON: always to PUT and DELETE, else when the Accept header prefers it,
    or when it has no preference and the body is JSON."""
    accept = request.accept_mimetypes
    if request.method == "PUT" or request.method == "DELETE":
        return True
    if not accept or (accept.accept_html and accept.accept_json and "*/*" in str(accept)):
        if accept["application/json"] > accept["text/html"]:
            return True
        return request.mimetype == "application/json"
    return accept["application/json"] > accept["text/html"]


def wants_fragment() -> bool:
    """Whether to answer with the fragment: htmx asks, and not to restore a page of its history."""
    by_htmx = bool(request.htmx)  # type: ignore[attr-defined]  # set by htmx-flask
    return by_htmx and "HX-History-Restore-Request" not in request.headers


def is_read() -> bool:
    """Whether somebody looks at the page now: not when a program asks for its headers, nor when the
    browser fetches it for the case that it is opened (Sec-Purpose: prefetch, prerender; in old
    Safaris X-Purpose: preview)."""
    names = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    purposes = " ".join(request.headers.get(name, "") for name in names).lower()
    return request.method == "GET" and not re.search("prefetch|prerender|preview", purposes)


def respond(
    page: str,
    context: Callable[[], dict[str, Any]],
    fragment: str | None,
    data: Callable[[], Any],
    status: int = 200,
) -> ResponseReturnValue:
    """Answer with the page, with the fragment that it includes, or with `data` as JSON. Only what
    is asked for is made."""
    if wants_json():
        response = jsonify(data())
        response.status_code = status
        return response
    template = fragment if fragment and wants_fragment() else page
    return make_response(render_template(template, **context()), status)


def see_other(url: str) -> Response:
    """Send the browser to this address after a plain post."""
    return redirect(url, 303)


def safe_next(url: str) -> str:
    """The path if it leads to a page of ours, else that of home. All our addresses are plain ASCII;
    what else an address may hold turns the text that shows it, or is not seen. Backslashes and
    blanks are refused, since browsers read the first as a slash and skip the others."""
    ours = re.fullmatch(r"/(?!/)[!-\[\]-~]*", url) and not url.startswith(("/masuk", "/keluar"))
    return url if ours else "/beranda"


def error_response(
    status: int, title: str, body: dict[str, Any], headers: dict[str, str]
) -> ResponseReturnValue:
    """Answer an error as a page, a fragment or JSON."""
    response = jsonify(body) if wants_json() else make_response(_error_html(status, title, body))
    response.status_code = status
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _error_html(status: int, title: str, body: dict[str, Any]) -> str:
    context = {
        "title": title,
        "message": body["message"],
        "way_on": DOORS.get(status, ("/beranda", "Ke beranda")),
        "typed": _typed(),
    }
    if wants_fragment():
        if status == 401:
            door, label = PROVE if body["error"] == "prove" else DOORS[401]
            context["way_on"] = (f"{door}?{urlencode({'lanjut': _way_back()})}", label)
        return render_template("errors/_error.html", **context)
    if status == 401:
        # "wait": opening the app signed out is no fault of theirs
        context |= {"values": {}, "next": _way_back(), "tone": "wait"}
        return render_template("account/sign_in.html", **context)
    return render_template("errors/error.html", **context)


def _way_back() -> str:
    """Where signing in again leads: to this page, or to the one on which the refused form stands,
    since the phone keeps there what was typed."""
    return safe_next(_asked_on())


def _asked_on() -> str:
    if request.method == "GET" and not wants_fragment():
        return request.full_path.rstrip("?")
    try:
        below = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "").path
    except ValueError:
        below = ""
    report = re.fullmatch(r"/laporan/(\d+)/([a-z-]+)", request.path)
    if report and report[2] != "perbaikan":
        return f"{below}#kartu-{report[1]}" if below == "/verifikasi" else f"/laporan/{report[1]}"
    if report or request.path == "/laporan":
        return request.path if report else "/laporan/baru"
    return below or "/beranda"


def _typed() -> str:
    """What the person typed and chose in the refused plain form. The error page shows it, so that
    it is not lost."""
    body = g.get("body")
    form = getattr(body, "typed", body)
    if not isinstance(form, dict):
        return ""
    chosen = [chain.CLASSES.get(form.get("class", "")), reasons.words_of(form.get("reason", ""))]
    said = [*chosen, form.get("other"), texts.read(str(form.get("text") or form.get("note") or ""))]
    return "\n".join(one for one in said if one)


def owner(tells_call: bool = True) -> dict[str, Any] | None:
    """The signed-in person as the phone remembers its owner; None when nobody is signed in. `call`
    is whom they ask for a new code, where it is told.

    A person who reports for several regions has them in `regions`, as [code, name], to choose from
    in the form; one who acts in several roles has all of them in `roles`. Where the end of the last
    office in which they report is known, `ends` has its last day and the last one on which its
    reports are taken, so that the form says so, without signal too.
    """
    if not current_user.is_authenticated:
        return None
    filing = [office.region for office in held(current_user) if office.reports]
    filing = filing or lately_reporting(current_user)
    regions = filing or regions_of(current_user)
    regions = regions or [term.region_code for term in current_user.terms[-1:]]
    person = {
        "id": current_user.id,
        "name": current_user.name,
        "role": main_role(current_user).key,
        "region": regions[0] if regions else "",
    }
    if tells_call:
        person["call"] = who_helps(db.session(), current_user._get_current_object())
    roles = roles_of(current_user)
    if len(roles) > 1:
        person["roles"] = sorted(roles)
    if ends := reporting_ends(current_user):
        person["ends"] = [ends.last.isoformat(), ends.until.isoformat()]
    several = sorted(set(filing))
    if len(several) > 1:
        names = names_of(db.session(), several)
        person["regions"] = [[code, region_words(code, names)] for code in several]
    return person


def _tells_call() -> bool:
    """Whether the page tells the phone whom its owner asks for a new code, beside signing in: home
    of an RT head, who signs in twice a year, and the page of the account."""
    if request.endpoint == "home.show":
        return bool(current_user.is_authenticated) and main_role(current_user).key == "rt_head"
    return request.endpoint == "account.show"


def user_json() -> dict[str, Any]:
    """The signed-in person for programs: what the phone remembers of its owner, and the offices
    that they hold today."""
    today = day_of(now())
    offices = [people.office_json(one) for one in current_user.terms if runs_on(one, today)]
    return (owner() or {}) | {"offices": offices}


def asset(name: str) -> str:
    """The address of a bundle, with the hash of its content. It is a template global, because
    macros imported without context do not see what `page_context` gives."""
    urls: dict[str, str] = current_app.config["ASSET_URLS"]
    return urls.get(name, f"/static/{name}")


def page_context() -> dict[str, Any]:
    """What every template may use. A shell is told nothing about the signed-in person, since the
    phone keeps it for everybody."""
    demo = current_app.config["MODE"] == "demo"
    shared: dict[str, Any] = {"demo": demo, "demo_accounts": accounts() if demo else ()}
    if g.get("shell"):
        return shared
    person = current_user if current_user.is_authenticated else None
    return shared | {
        "owner": owner(_tells_call()),
        "nav": menu.places(),
        "copied_at": times.moment(now()),
        "made_at": now().isoformat(timespec="seconds"),
        "current_user": current_user,
        "one_kelurahan": person is not None and one_kelurahan(person),
        "one_rt": person is not None and one_rt(person),
    }
