"""The pages and the wire: blueprints, one page group a file."""

from __future__ import annotations

from flask import Flask

from sipokat.delivery.photo_store import PhotoStore


def register(app: Flask) -> None:
    """Put every route, the gate before them and the headers behind them."""
    from sipokat import assets
    from sipokat.web import (
        account,
        gate,
        headers,
        health,
        home,
        intake,
        outbox,
        photos,
        reports,
        respond,
        sign_in,
        verification,
        words,
    )

    app.config["ASSET_URLS"] = assets.asset_urls(app)
    app.extensions["photo_store"] = PhotoStore(app.config["DATA"] / "photos")
    gate.register(app)
    headers.register(app)
    app.context_processor(respond.page_context)
    app.jinja_env.globals["asset"] = respond.asset
    for name in ("day", "moment", "ago", "age", "month", "month_name", "figure"):
        app.jinja_env.filters[name] = getattr(words, name)
    for module in (
        account,
        health,
        home,
        intake,
        outbox,
        photos,
        reports,
        sign_in,
        verification,
    ):
        app.register_blueprint(module.pages)
