"""The Flask extensions: made once, bound to each application by `bind`."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_assets import Environment
from flask_compress import Compress
from flask_login import LoginManager
from htmx_flask import Htmx
from whitenoise import WhiteNoise

from sipokat.config import Unsafe
from sipokat.database import db
from sipokat.rates import Limiter

__all__ = ["assets", "bind", "compress", "db", "htmx", "limiter", "login"]

login = LoginManager()
htmx = Htmx()
assets = Environment()
compress = Compress()
limiter = Limiter()


def bind(app: Flask) -> None:
    """Bind every extension to the application."""
    data = Path(app.config["DATA"])
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unsafe(f"SIPOKAT_DATA={data} cannot be made: {error.strerror}") from None
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    app.config.setdefault("COMPRESS_BR_LEVEL", 5)
    app.config.setdefault("COMPRESS_MIN_SIZE", 400)
    app.config.setdefault(
        "COMPRESS_MIMETYPES", ["text/html", "application/json", "text/javascript"]
    )
    db.init_app(app)
    # Who is signed in stands in our own session table. Flask's session cookie carries only what the
    # next page shows once, so Flask-Login has no session to protect.
    login.session_protection = None
    login.init_app(app, add_context_processor=False)
    htmx.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    _serve_static(app)


def _serve_static(app: Flask) -> None:
    """Serve static files before Flask is asked. Bundles are compressed already, and since their
    names carry a hash of their content, browsers may keep them for ever."""
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
