"""The extensions, made once and bound to an application in `create_app`."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_assets import Environment
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from htmx_flask import Htmx
from whitenoise import WhiteNoise

from sipokat.database import db

__all__ = ["assets", "bind", "compress", "db", "htmx", "limiter", "login", "migrate"]

login = LoginManager()
htmx = Htmx()
assets = Environment()
compress = Compress()
limiter = Limiter(key_func=get_remote_address, default_limits=[])
migrate = Migrate(compare_type=True, render_as_batch=True)


def bind(app: Flask) -> None:
    """Bind every extension to the application."""
    root, data = Path(app.config["ROOT"]), Path(app.config["DATA"])
    data.mkdir(parents=True, exist_ok=True)
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    app.config.setdefault("COMPRESS_BR_LEVEL", 5)
    app.config.setdefault("COMPRESS_MIN_SIZE", 400)
    app.config.setdefault(
        "COMPRESS_MIMETYPES", ["text/html", "application/json", "text/javascript"]
    )
    db.init_app(app)
    migrate.init_app(app, db, directory=str(root / "migrations"))
    # Sessions are rows of ours; Flask's own cookie carries nothing but messages.
    login.session_protection = None
    login.init_app(app, add_context_processor=False)
    htmx.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    _serve_static(app)


def _serve_static(app: Flask) -> None:
    """Static files bypass Flask: compressed beforehand, and for ever where the name has a hash."""
    static = Path(app.static_folder or "")

    def mark(headers: object, _path: str, _url: str) -> None:
        headers["Sipokat"] = "1"  # type: ignore[index]
        headers["X-Content-Type-Options"] = "nosniff"  # type: ignore[index]
        headers["Cross-Origin-Resource-Policy"] = "same-origin"  # type: ignore[index]

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(static),
        prefix="static/",
        immutable_file_test=r"^/static/gen/[^/]+\.[0-9a-f]{8}\.\w+$",
        max_age=86400,
        allow_all_origins=False,
        add_headers_function=mark,
        mimetypes={".json": "application/manifest+json"},
    )
