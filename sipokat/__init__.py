"""SIPOKAT, the reporting system of the neighbourhood heads of Kota Lubuklinggau."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from sipokat import assets, commands, config, errors, extensions, logs, starting, web


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the application from the settings of the environment; `settings` override them."""
    values = {**config.read(), **(settings or {})}
    root = values["ROOT"]
    app = Flask("sipokat", root_path=str(root), template_folder="templates", static_folder="static")
    app.config.update(values)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    logs.configure(app)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    extensions.bind(app)
    assets.register(app)
    errors.register(app)
    web.register(app)
    commands.register(app)
    _refuse_foreign_database(app)
    return app


def _refuse_foreign_database(app: Flask) -> None:
    """Raises Unsafe for the demo's database in production, and for production's in any other mode:
    there everybody may sign in."""
    production = app.config["MODE"] == "production"
    with app.app_context():
        starting.check_database(app)
        mark = commands.mark()
    if production and mark == "demo":
        raise config.Unsafe("this database holds the demo city: give production its own")
    if not production and mark == "production":
        raise config.Unsafe(
            f"this database is production's: SIPOKAT_MODE={app.config['MODE']} must not open it"
        )
