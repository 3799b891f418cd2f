"""Shells: pages with the same bytes for everybody, which the service worker keeps. Here are the
outbox, the offline page, and the service worker itself."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from sipokat.web import menu
from sipokat.web.access import ANYONE, allow

pages = Blueprint("shell", __name__)
SHELLS = ("/laporan/baru", "/kotak-keluar", "/luring")
PRECACHED = ("app.css", "core.js", "app.js", "form.js", "sprite.svg")
SIGNED_IN = ("person.js", "pages.js")  # kept as well once somebody has signed in on the phone


@cache
def _version(root: Path, urls: str) -> str:
    """A digest of all that the shells are made of."""
    summary = hashlib.sha256(urls.encode())
    sources = [
        *sorted((root / "templates").rglob("*.html")),
        *sorted((root / "sipokat/data").glob("*.toml")),
        *sorted((root / "sipokat/domain").glob("*.py")),
        *sorted((root / "sipokat/web").rglob("*.py")),
    ]
    for path in [root / "service-worker.js", *sources]:
        summary.update(path.read_bytes())
    return summary.hexdigest()[:12]


def shell_version() -> str:
    """The version of the shells. Reports name it as the version of the form."""
    urls = json.dumps(current_app.config["ASSET_URLS"], sort_keys=True)
    return _version(current_app.config["ROOT"], urls)


def shell(template: str, **context: object) -> ResponseReturnValue:
    """Answer with a shell, marked by the header Sipokat-Shell."""
    g.shell = True
    html = render_template(
        template,
        shell=True,
        owner=None,
        nav=menu.places(shell=True),
        form_version=shell_version(),
        **context,
    )
    response = make_response(html)
    response.headers["Sipokat-Shell"] = shell_version()
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


@pages.get("/kotak-keluar")
@allow(ANYONE)
def show() -> ResponseReturnValue:
    """The outbox. The phone's script fills it."""
    return shell("outbox/index.html")


@pages.get("/luring")
@allow(ANYONE)
def offline() -> ResponseReturnValue:
    """What the service worker shows offline for a page that it has not kept."""
    return shell("offline.html")


@pages.get("/service-worker.js")
@allow(ANYONE)
def worker() -> ResponseReturnValue:
    """The service worker, preceded by the list of what to keep, the import of the core bundle (the
    same outbox and replay that the page runs, which the browser has just loaded and only asks about
    once more) and by its own bundle, which nothing else loads."""
    urls, root = current_app.config["ASSET_URLS"], current_app.config["ROOT"]
    told = {
        "version": shell_version(),
        "precache": [*SHELLS, *(urls[name] for name in PRECACHED if name in urls)],
        "signed_in": [urls[name] for name in SIGNED_IN if name in urls],
    }
    head = f"self.SHELL = {json.dumps(told)};\nimportScripts({json.dumps(urls['core.js'])});"
    parts = (root / urls["worker.js"].lstrip("/"), root / "service-worker.js")
    response = make_response("\n".join([head, *(path.read_text("utf-8") for path in parts)]))
    response.mimetype = "text/javascript"
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Sipokat-Shell"] = shell_version()
    response.add_etag()
    return response.make_conditional(request)
