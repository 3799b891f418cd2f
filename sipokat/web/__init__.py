"""The pages and the JSON of the wire: blueprints, one page group a file."""

from __future__ import annotations

from flask import Flask

from sipokat.delivery.export_files import ExportFiles
from sipokat.delivery.photo_store import PhotoStore
from sipokat.domain import people
from sipokat.domain.limits import LIMITS
from sipokat.domain.roles import DECIDERS, REPORTERS


def register(app: Flask) -> None:
    """Register every route, the check before each request and the headers after it."""
    from sipokat import assets
    from sipokat.web import (
        access,
        account,
        account_news,
        activation,
        bulk,
        cookies,
        decisions,
        exports,
        fresh,
        headers,
        health,
        home,
        intake,
        late_photos,
        messages,
        monitoring,
        notices,
        nudges,
        own_account,
        photos,
        pins,
        places,
        queue,
        report_form,
        reported,
        reports,
        respond,
        shell,
        sign_in,
        unread,
        verification,
    )
    from sipokat.web.administration import activations as new_activations
    from sipokat.web.administration import (
        appointments,
        declared_days,
        deputies,
        endings,
        handouts,
        imports,
        letters,
        new_person,
        people_list,
        person,
        posts,
        region_changes,
    )
    from sipokat.web.present import times

    app.config["ASSET_URLS"] = assets.asset_urls(app)
    app.extensions["photo_store"] = PhotoStore(app.config["DATA"] / "photos")
    app.extensions["export_files"] = ExportFiles(app.config["DATA"] / "exports")
    app.wsgi_app = unread.ReadToTheEnd(app.wsgi_app)  # type: ignore[method-assign]
    people.share_hashes(app.config["WEB_CONCURRENCY"])
    app.session_interface = cookies.Messages()
    access.register(app)
    headers.register(app)
    app.context_processor(respond.page_context)
    app.jinja_env.globals.update(
        asset=respond.asset,
        limits=LIMITS,
        told=messages.told,
        account_news=account_news.news,
        unread_notices=notices.unread,
        pin_people=pins.pin_people,
        code_calls=pins.code_calls,
        reporters=" ".join(REPORTERS),
        deciders=" ".join(DECIDERS),
        senders=" ".join(dict.fromkeys((*REPORTERS, *DECIDERS))),
    )
    for name in ("day", "moment", "ago", "age", "month", "month_name", "figure"):
        app.jinja_env.filters[name] = getattr(times, name)
    for module in (
        account,
        account_news,
        activation,
        bulk,
        appointments,
        decisions,
        declared_days,
        deputies,
        endings,
        exports,
        fresh,
        handouts,
        health,
        home,
        imports,
        intake,
        late_photos,
        letters,
        monitoring,
        new_activations,
        new_person,
        notices,
        nudges,
        own_account,
        people_list,
        person,
        photos,
        pins,
        places,
        posts,
        queue,
        region_changes,
        report_form,
        reported,
        reports,
        shell,
        sign_in,
        verification,
    ):
        app.register_blueprint(module.pages)
