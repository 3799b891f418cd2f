"""Builds the bundles of styles and scripts. Each has a hash of its content in its name.

The web reads `asset_urls()` once at start. Templates get addresses from it through `asset()`, and
the service worker gets its list of files to keep offline.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import os
import time
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

import brotli
from flask import Flask
from flask_assets import Bundle
from webassets.script import CommandLineEnvironment

from sipokat.extensions import assets

# What a report is made with, on the form and on home, which sends nihil reports. So it is in two
# bundles; the outbox page has both, and runs it twice.
REPORTING = ("form/texts.js", "pages/install.js", "form/submission.js")

# Files under static/js by bundle, in the order in which they run. The worker runs the core bundle
# too, and the one of its own. `person` and `pages` have what only people who have signed in need: a
# first visit to the form does not load them, and the worker keeps them once somebody has. So the
# scripts of the outbox page are there, and those of the form of a returned report.
SCRIPTS = {
    "core": (
        "phone/data.js",
        "phone/store.js",
        "phone/causes.js",
        "phone/identity.js",
        "phone/kinds.js",
        "phone/outbox.js",
        "phone/answers.js",
        "phone/copies.js",
        "phone/wire.js",
        "phone/replay.js",
    ),
    "app": (
        "pages/cause-words.js",
        "pages/page.js",
        "pages/enter.js",
        "pages/typed.js",
        "pages/owner.js",
        "pages/updates.js",
        "pages/offline.js",
        "pages/whom-to-call.js",
        "pages/app.js",
    ),
    "person": ("pages/adoption.js", "pages/made-for.js"),
    "pages": (
        *REPORTING,
        "pages/beside.js",
        "pages/outbox-words.js",
        "pages/sign-in.js",
        "pages/posting.js",
        "pages/search.js",
        "pages/password.js",
        "pages/outbox-entries.js",
        "pages/home.js",
        "pages/offers.js",
        "pages/ahead.js",
        "form/asked.js",
        "form/kept-photos.js",
        "form/carry.js",
        "pages/nihil.js",
        "pages/lightbox.js",
        "pages/report-list.js",
        "pages/copy.js",
        "pages/notices.js",
        "pages/outbox-cards.js",
        "pages/outbox-removal.js",
        "pages/outbox-page.js",
    ),
    "form": (
        "form/whole.js",
        *REPORTING,
        "form/numbers.js",
        "form/unsaved.js",
        "form/photos.js",
        "form/fields.js",
        "form/former.js",
        "form/place.js",
        "form/aids.js",
        "form/photo-picker.js",
        "form/draft-keeper.js",
        "form/view.js",
        "form/readiness.js",
        "form/sending.js",
        "form/leaving.js",
        "form/address.js",
        "form/saved-panel.js",
        "form/report-form.js",
    ),
    "straight": ("pages/outbox-entries.js", "form/straight.js"),
    "worker": ("worker/changes.js", "worker/kept-pages.js", "worker/pictures.js"),
    "officer": (
        "desk/decided.js",
        "desk/kept-decisions.js",
        "desk/decision-drafts.js",
        "desk/decisions.js",
        "desk/ready-sentences.js",
        "desk/same-report.js",
        "desk/cards.js",
        "desk/groups.js",
        "desk/more.js",
        "desk/sending.js",
        "desk/standing.js",
        "desk/without-signal.js",
        "desk/keys.js",
        "desk/reading-pane.js",
    ),
    "bulk": (
        "desk/decided.js",
        "desk/kept-decisions.js",
        "desk/bulk-run.js",
        "desk/bulk.js",
        "desk/ticks.js",
        "desk/ticks-decided.js",
    ),
    "activation": ("pages/activation.js",),
    "nudges": ("pages/nudges.js",),
    "map": ("map/places.js",),
    "late-photos": ("form/photos.js", "pages/late-photos.js"),
}
STALE_SECONDS = 30 * 86400
MANIFEST = "manifest.json"
COPIED = {
    "htmx.js": "vendor/htmx/htmx.min.js",
    "leaflet.js": "vendor/leaflet/leaflet.js",
    "sprite.svg": "icons/sprite.svg",
}
MAP_STYLES = ("vendor/leaflet/leaflet.css", "css/map.css")


# Limits of which no script asks: the phone does without them.
SERVER_ALONE = (
    "note",
    "password_min",
    "form_bytes",
    "body_bytes",
    "together",
    "former_days",
)

# Components that no shell shows: a first visit to the form does without them.
PAGES_ALONE = (
    "bulk",
    "chart",
    "changes",
    "code",
    "copy",
    "decide",
    "facts",
    "handout",
    "list",
    "login",
    "monitoring",
    "news",
    "pager",
    "point",
    "queue",
    "rail",
    "report",
    "rows",
)


def _styles(static: Path) -> list[str]:
    parts = sorted(path.stem for path in (static / "css/components").glob("*.css"))
    components = [f"css/components/{name}.css" for name in parts if name not in PAGES_ALONE]
    return ["css/tokens.css", "css/base.css", *components]


def _page_styles() -> list[str]:
    return [*(f"css/components/{name}.css" for name in PAGES_ALONE), "css/print.css"]


def shared_data() -> str:
    """As JSON, what `phone/data.js` tells the phone of `sipokat/data/`."""

    def table(name: str) -> dict[str, Any]:
        return tomllib.loads(files("sipokat.data").joinpath(f"{name}.toml").read_text("utf-8"))

    limits = {key: value for key, value in table("limits").items() if key not in SERVER_ALONE}
    needs_photo = [key for key, one in table("categories").items() if one.get("photo_required")]
    shared: dict[str, Any] = {"limits": limits, "levels": table("levels")}
    shared |= {"needs_photo": needs_photo, "signs": table("signs")}
    return json.dumps(shared, separators=(",", ":"), default=str)


def _put_data(source: TextIO, built: TextIO, **_options: Any) -> None:
    """A filter of the core bundle."""
    built.write(source.read().replace("SHARED_DATA", shared_data()))


def register(app: Flask) -> None:
    """Declare the bundles. Requests never build them: `flask build-assets` or `flask prepare` does,
    before the start."""
    static = Path(app.static_folder or "")
    app.config.update(
        ASSETS_DEBUG=False,
        ASSETS_AUTO_BUILD=False,
        ASSETS_CACHE=False,
        ASSETS_URL_EXPIRE=False,
        ASSETS_MANIFEST=f"json:{static / 'gen/manifest.json'}",
    )
    assets.init_app(app)
    assets.app = app
    assets._named_bundles.clear()  # an application made earlier in this process has registered them
    for name, styles in (
        ("app", _styles(static)),
        ("pages", _page_styles()),
        ("map", MAP_STYLES),
    ):
        bundle = Bundle(*styles, filters="rcssmin", output=f"gen/{name}.%(version)s.css")
        assets.register(f"{name}.css", bundle)
    for name, scripts in SCRIPTS.items():
        sources = [f"js/{file}" for file in scripts]
        filters = (_put_data, "rjsmin") if name == "core" else "rjsmin"
        output = f"gen/{name}.%(version)s.js"
        assets.register(f"{name}.js", Bundle(*sources, filters=filters, output=output))
    for name, source in COPIED.items():
        stem, _, ending = name.rpartition(".")
        assets.register(name, Bundle(source, output=f"gen/{stem}.%(version)s.{ending}"))


def build(app: Flask) -> list[str]:
    """Build every bundle and compress it with brotli and gzip. Returns the names of the bundles.

    Anybody may read them, whatever the umask is: another user may serve them than builds them.
    """
    before = os.umask(0o022)
    try:
        return _build(app)
    finally:
        os.umask(before)


def _build(app: Flask) -> list[str]:
    static = Path(app.static_folder or "")
    folder = static / "gen"
    folder.mkdir(exist_ok=True)
    date_what_is_in_use(folder, _in_use(app))
    with app.app_context():
        bundler = CommandLineEnvironment(assets, logging.getLogger("assets"))  # type: ignore[no-untyped-call]
        bundler.build()
    drop_superseded(folder, _in_use(app))
    made = bundles(folder)
    # The manifest keeps its name, but a first visit loads it too.
    for path in [*made, static / MANIFEST]:
        data = path.read_bytes()
        path.with_name(path.name + ".br").write_bytes(brotli.compress(data, quality=11))
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
    (folder / "sources").write_text(fingerprint(app))
    return [path.name for path in made]


def bundles(folder: Path) -> list[Path]:
    """The bundles of every version that lie here, without their compressed twins."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".css", ".js", ".svg"))


def _in_use(app: Flask) -> set[str]:
    """The names of the files that the manifest names now."""
    return {url.rpartition("/")[2] for url in asset_urls(app).values()}


def date_what_is_in_use(folder: Path, in_use: set[str]) -> None:
    """Give the bundles in use today's date. So the date of a file is that of the last build which
    found it in use. Without a manifest nobody knows which are in use, so all get it."""
    for path in bundles(folder):
        if path.name in in_use or not in_use:
            path.touch()


def drop_superseded(folder: Path, in_use: set[str]) -> None:
    """Delete bundles that fell out of use more than a month ago. Younger ones stay, since open
    pages, kept pages and service workers of an earlier version still ask for them."""
    for path in bundles(folder):
        if path.name in in_use or path.stat().st_mtime >= time.time() - STALE_SECONDS:
            continue
        for twin in (path, path.with_name(path.name + ".br"), path.with_name(path.name + ".gz")):
            twin.unlink(missing_ok=True)


def fingerprint(app: Flask) -> str:
    """A digest of everything the bundles are made of. It changes whenever they must be rebuilt."""
    static = Path(app.static_folder or "")
    summary = hashlib.sha256(Path(__file__).read_bytes() + shared_data().encode())
    summary.update((static / MANIFEST).read_bytes())
    for folder in ("css", "js", "vendor", "icons"):
        for path in sorted((static / folder).rglob("*")):
            if path.is_file():
                summary.update(str(path.relative_to(static)).encode() + path.read_bytes())
    return summary.hexdigest()


def is_built(app: Flask) -> bool:
    """Whether the bundles in static/gen were built from the present sources."""
    mark = Path(app.static_folder or "") / "gen/sources"
    return mark.exists() and mark.read_text() == fingerprint(app)


def asset_urls(app: Flask) -> dict[str, str]:
    """The address of every bundle by its name. Empty before the first build."""
    manifest = Path(app.static_folder or "") / "gen/manifest.json"
    if not manifest.exists():
        return {}
    versions: dict[str, Any] = json.loads(manifest.read_text())
    urls = {}
    for name, bundle in assets._named_bundles.items():
        version = versions.get(bundle.output)
        if version:
            urls[name] = "/static/" + bundle.output % {"version": version}
    return urls
