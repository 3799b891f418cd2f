"""Builds the bundles of styles and scripts. Each has a hash of its content in its name.

The web reads `asset_urls()` once at start. Templates get addresses from it through `asset()`, and
the service worker gets its list of files to keep offline.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import brotli
from flask import Flask
from flask_assets import Bundle
from webassets.script import CommandLineEnvironment

from sipokat.extensions import assets

SCRIPTS = {
    "core": ("store.js", "outbox.js", "answers.js", "wire.js", "replay.js"),
    "app": (
        "page.js",
        "owner.js",
        "updates.js",
        "install.js",
        "submission.js",
        "app.js",
    ),
    "pages": ("sign-in.js", "password.js", "home.js", "nihil.js", "lightbox.js"),
    "form": (
        "photos.js",
        "form-fields.js",
        "place.js",
        "photo-picker.js",
        "draft-keeper.js",
        "form-view.js",
        "form-phone.js",
        "form-sending.js",
        "saved-panel.js",
        "report-form.js",
    ),
    "outbox-page": ("outbox-words.js", "outbox-page.js"),
    "officer": ("verification.js",),
}
STALE_SECONDS = 30 * 86400
COPIED = {"htmx.js": "vendor/htmx/htmx.min.js", "sprite.svg": "icons/sprite.svg"}


def _styles(static: Path) -> list[str]:
    first = ["css/tokens.css", "css/base.css"]
    parts = sorted(
        f"css/components/{path.name}" for path in (static / "css/components").glob("*.css")
    )
    last = [
        f"css/{name}" for name in ("pages.css", "print.css") if (static / "css" / name).exists()
    ]
    return [name for name in first if (static / name).exists()] + parts + last


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
    assets.register(
        "app.css",
        Bundle(*_styles(static), filters="rcssmin", output="gen/app.%(version)s.css"),
    )
    for name, files in SCRIPTS.items():
        there = [f"js/{file}" for file in files if (static / "js" / file).exists()]
        if there:
            output = f"gen/{name}.%(version)s.js"
            assets.register(f"{name}.js", Bundle(*there, filters="rjsmin", output=output))
    for name, source in COPIED.items():
        stem, _, ending = name.rpartition(".")
        if (static / source).exists():
            output = f"gen/{stem}.%(version)s.{ending}"
            assets.register(name, Bundle(source, output=output))


def build(app: Flask) -> list[str]:
    """Build every bundle and compress it with brotli and gzip. Returns the names of the bundles."""
    import gzip
    import logging

    static = Path(app.static_folder or "")
    folder = static / "gen"
    folder.mkdir(exist_ok=True)
    _drop_stale(folder)
    with app.app_context():
        bundler = CommandLineEnvironment(assets, logging.getLogger("assets"))  # type: ignore[no-untyped-call]
        bundler.build()
    made = []
    for path in sorted(folder.iterdir()):
        if path.suffix in (".css", ".js", ".svg"):
            data = path.read_bytes()
            path.with_name(path.name + ".br").write_bytes(brotli.compress(data, quality=11))
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))
            made.append(path.name)
    (folder / "sources").write_text(fingerprint(app))
    return made


def _drop_stale(folder: Path) -> None:
    """Delete bundles older than a month. Younger ones stay, since open pages and service workers of
    an earlier version still ask for them."""
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - STALE_SECONDS:
            old.unlink()


def fingerprint(app: Flask) -> str:
    """A digest of all sources of the bundles. It changes whenever they must be built again."""
    static = Path(app.static_folder or "")
    summary = hashlib.sha256(Path(__file__).read_bytes())
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
