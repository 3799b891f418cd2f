"""One answer in three forms: a page for people, its fragment for htmx, JSON for programs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from sipokat.database import db
from sipokat.demo.accounts import accounts
from sipokat.domain.offices import regions_of
from sipokat.domain.regions import names_of
from sipokat.web import menu
from sipokat.web.present.regions import region_words

DOORS = {401: ("/masuk", "Masuk")}


def wants_json() -> bool:
    """Whether the asker prefers JSON. Photos and bodies in JSON are answered in JSON too."""
    accept = request.accept_mimetypes
    if request.method == "PUT" or request.method == "DELETE":
        return True
    if not accept or (accept.accept_html and accept.accept_json and "*/*" in str(accept)):
        if accept["application/json"] > accept["text/html"]:
            return True
        return request.mimetype == "application/json"
    return accept["application/json"] > accept["text/html"]


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page; a restored history entry is a whole page."""
    by_htmx = bool(request.htmx)  # type: ignore[attr-defined]  # set by htmx-flask
    return by_htmx and "HX-History-Restore-Request" not in request.headers


def respond(
    page: str,
    context: dict[str, Any],
    fragment: str | None = None,
    data: Any = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page, or the fragment that it includes, or `data` as JSON."""
    if data is not None and wants_json():
        response = jsonify(data)
        response.status_code = status
        return response
    template = fragment if fragment and wants_fragment() else page
    return make_response(render_template(template, **context), status)


def see_other(url: str) -> Response:
    """After a plain post: go and look there."""
    return redirect(url, 303)


def error_response(
    status: int, title: str, body: dict[str, Any], headers: dict[str, str]
) -> ResponseReturnValue:
    """An error in the form that was asked for."""
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
            context["way_on"] = (f"/masuk?{urlencode({'lanjut': _page_below()})}", "Masuk")
        return render_template("errors/_error.html", **context)
    if status == 401 and request.method == "GET":
        return render_template(
            "account/sign_in.html",
            message=body["message"],
            values={},
            next=_here(),
        )
    return render_template("errors/error.html", **context)


def _page_below() -> str:
    """The path of the page that htmx asks from; empty when the header is no address."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", "")).path
    except ValueError:
        return ""


def _typed() -> str:
    """What the person had written in a plain form that could not be taken: it is shown again."""
    body = g.get("body")
    form = getattr(body, "typed", body)
    return str(form.get("text") or form.get("note") or "") if isinstance(form, dict) else ""


def _here() -> str:
    return request.full_path.rstrip("?")


def owner() -> dict[str, Any] | None:
    """Who the phone belongs to while this person is signed in on it; with the regions that they
    choose from when they hold more than one."""
    if not current_user.is_authenticated:
        return None
    held = regions_of(current_user) or [term.region_code for term in current_user.terms[-1:]]
    person = {
        "id": current_user.id,
        "name": current_user.name,
        "role": current_user.role,
        "region": held[0] if held else "",
    }
    several = sorted(held)
    if len(several) > 1:
        names = names_of(db.session(), several)
        person["regions"] = [[code, region_words(code, names)] for code in several]
    return person


def asset(name: str) -> str:
    """The address of a bundle, with its content's hash. A template global, so that macros that
    are imported without context know it too."""
    urls: dict[str, str] = current_app.config["ASSET_URLS"]
    return urls.get(name, f"/static/{name}")


def page_context() -> dict[str, Any]:
    """What every template may use. A shell is told nothing about the signed-in person, since the
    phone keeps it for everybody."""
    demo = current_app.config["MODE"] == "demo"
    shared: dict[str, Any] = {"demo": demo, "demo_accounts": accounts() if demo else ()}
    if g.get("shell"):
        return shared
    return shared | {"owner": owner(), "nav": menu.places(), "current_user": current_user}
