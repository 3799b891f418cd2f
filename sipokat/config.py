"""Settings, read from the environment through typed readers that refuse nonsense."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sipokat import keys
from sipokat.database import to_json

MODES = ("production", "demo", "test")
# The keys of the demo and the tests. They are published with the source: production refuses them.
PUBLISHED = "only-for-demo-and-test-never-in-production"
PUBLISHED_RECORD_KEY = "published-record-key-only-for-demo-and-test"
WEAK_SECRETS = {"dev", "secret", "changeme", "sipokat", "sipokat-demo", "password", PUBLISHED}


class Unsafe(SystemExit):
    """A setting that the program refuses to start with. Its one line says why."""


def _text(env: Mapping[str, str], name: str, default: str = "") -> str:
    return env.get(name, default).strip()


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = _text(env, name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", raw) or not low <= int(raw) <= high:
        raise Unsafe(f"{name} must be a whole number from {low} to {high}, not {raw!r}")
    return int(raw)


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    raw = _text(env, name) or default
    if raw not in choices:
        raise Unsafe(f"{name} must be one of {', '.join(choices)}, not {raw!r}")
    return raw


def _origin(env: Mapping[str, str], mode: str) -> str:
    raw = _text(env, "SIPOKAT_ORIGIN").rstrip("/")
    if not raw:
        if mode == "production":
            raise Unsafe("SIPOKAT_ORIGIN is missing: set it to the public https:// address")
        return ""
    if not re.fullmatch(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", raw):
        raise Unsafe(f"SIPOKAT_ORIGIN must look like https://host, not {raw!r}")
    if mode == "production" and not raw.startswith("https://"):
        raise Unsafe("SIPOKAT_ORIGIN must be https: cookies never travel over plain HTTP")
    return raw


def _hosts(env: Mapping[str, str], mode: str, origin: str) -> frozenset[str]:
    """The names that count as ours: in production that of the origin and those of SIPOKAT_HOSTS."""
    own = "" if mode == "production" else "localhost,127.0.0.1,[::1]"
    names = {name.strip().lower() for name in _text(env, "SIPOKAT_HOSTS", own).split(",")}
    if mode == "production":
        names.add((urlsplit(origin).hostname or "").lower())
    return frozenset(names - {""})


def _secret(env: Mapping[str, str], mode: str) -> str:
    raw = _text(env, "SECRET_KEY")
    if mode != "production":
        return raw or PUBLISHED
    if len(raw) < 32 or raw.lower() in WEAK_SECRETS or len(set(raw)) < 10:
        raise Unsafe(
            "SECRET_KEY is missing or weak: "
            'make one with python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return raw


def _record_keys(env: Mapping[str, str], mode: str, secret_key: str) -> keys.RecordKeys:
    raw = _text(env, "RECORD_KEY")
    if mode == "production":
        if keys.is_weak(raw) or raw == PUBLISHED_RECORD_KEY:
            raise Unsafe(
                "RECORD_KEY is missing or weak: "
                'make one with python -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        if raw == secret_key:
            raise Unsafe("RECORD_KEY must be another than SECRET_KEY: the record has its own key")
    if "," in raw:
        raise Unsafe("RECORD_KEY must not have a comma: RECORD_FORMER_KEYS could not name it later")
    try:
        former = keys.read_former(_text(env, "RECORD_FORMER_KEYS"))
        return keys.together(raw or PUBLISHED_RECORD_KEY, former)
    except ValueError as error:
        raise Unsafe(f"RECORD_FORMER_KEYS is wrong: {error}") from None


def _database_url(env: Mapping[str, str], data: Path) -> str:
    raw = _text(env, "DATABASE_URL")
    if not raw:
        return f"sqlite:///{data / 'sipokat.sqlite3'}"
    if raw.startswith("postgres://"):
        raw = "postgresql://" + raw.removeprefix("postgres://")
    if raw.startswith("postgresql://"):
        raw = "postgresql+psycopg://" + raw.removeprefix("postgresql://")
    if not raw.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Unsafe("DATABASE_URL must begin with sqlite:/// or postgresql://")
    return raw


def _targets(env: Mapping[str, str], root: Path) -> dict[str, int]:
    """What the city wants to reach, each in percent or hours: `TARGET_ACTIVE` for `active`. The
    file has what holds without a setting."""
    usual = tomllib.loads((root / "sipokat/data/targets.toml").read_text("utf-8"))
    return {
        name: _whole(env, f"TARGET_{name.upper()}", value, 1, 100) for name, value in usual.items()
    }


def _nudge_days(env: Mapping[str, str], root: Path) -> tuple[int, ...]:
    """The days of a month on which SIPOKAT asks by itself for missing reports; `-` means none."""
    raw = _text(env, "NUDGE_DAYS")
    if raw == "-":
        return ()
    usual = tomllib.loads((root / "sipokat/data/nudges.toml").read_text("utf-8"))["auto"]["days"]
    days = [one.strip() for one in raw.split(",")] if raw else [str(day) for day in usual]
    if not all(re.fullmatch(r"[0-9]{1,2}", one) and 1 <= int(one) <= 28 for one in days):
        raise Unsafe(f"NUDGE_DAYS must be days from 1 to 28, such as 5,9, or -, not {raw!r}")
    return tuple(sorted({int(one) for one in days}))


def _exports_waiting(root: Path) -> int:
    """How many exports of one person may wait, without a setting."""
    rules = tomllib.loads((root / "sipokat/data/exports.toml").read_text("utf-8"))
    return int(rules["waiting"])


def _tiles(env: Mapping[str, str], mode: str) -> str:
    """The address of a tile of the map. No page loads anything from another host than its own and
    this one."""
    raw = _text(env, "MAP_TILES")
    if not raw:
        return ""
    place = r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9_.~/?=&{}@-]*"
    if not re.fullmatch(place, raw) or sorted(re.findall(r"{(.*?)}", raw)) != ["x", "y", "z"]:
        raise Unsafe(f"MAP_TILES must look like https://host/{{z}}/{{x}}/{{y}}.png, not {raw!r}")
    if mode == "production" and not raw.startswith("https://"):
        raise Unsafe("MAP_TILES must be https: a page over https loads no picture over plain HTTP")
    return raw


def read(env: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Read all settings from the environment. Raises `Unsafe` when one is missing or wrong."""
    mode = _choice(env, "SIPOKAT_MODE", "production", MODES)
    root = Path(__file__).resolve().parent.parent
    data = Path(_text(env, "SIPOKAT_DATA") or root / "instance").resolve()
    origin = _origin(env, mode)
    secure = origin.startswith("https://")
    url = _database_url(env, data)
    secret = _secret(env, mode)
    if mode == "production" and not _text(env, "TRUSTED_PROXIES"):
        raise Unsafe("TRUSTED_PROXIES is missing: set it to how many proxies of yours are in front")
    return {
        "MODE": mode,
        "ROOT": root,
        "DATA": data,
        "ORIGIN": origin,
        "HOSTS": _hosts(env, mode, origin),
        "SECRET_KEY": secret,
        "RECORD_KEYS": _record_keys(env, mode, secret),
        "CHECKPOINTS": _text(env, "SIPOKAT_CHECKPOINTS"),
        "SQLALCHEMY_DATABASE_URI": url,
        # Errors must not show the parameters of a statement: the text of reports is in them.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "json_serializer": to_json}
        | ({} if url.startswith("sqlite") else {"pool_pre_ping": True, "pool_size": 8}),
        "COOKIE_PREFIX": "__Host-" if secure else "",
        "SESSION_COOKIE_NAME": "__Host-sipokat-pesan" if secure else "sipokat-pesan",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # We do not use Flask-Login's remember cookie. If a request had a cookie of that name, from
        # another application on this host, Flask-Login would read it instead of calling our
        # request_loader. So the name is one that no browser can send.
        "REMEMBER_COOKIE_NAME": ";",
        "TARGETS": _targets(env, root),
        "NUDGE_DAYS": _nudge_days(env, root),
        "EXPORTS_WAITING": _whole(env, "EXPORTS_WAITING", _exports_waiting(root), 1, 50),
        "MAP_TILES": _tiles(env, mode),
        "MAP_CREDIT": _text(env, "MAP_CREDIT", "© OpenStreetMap"),
        "PORT": _whole(env, "PORT", 5000, 1, 65535),
        "WEB_CONCURRENCY": _whole(env, "WEB_CONCURRENCY", 2, 1, 64),
        "TRUSTED_PROXIES": _whole(env, "TRUSTED_PROXIES", 0, 0, 5),
        "RATELIMIT_STORAGE_URI": _text(env, "RATELIMIT_STORAGE_URI", "memory://"),
        "RATELIMIT_ENABLED": mode != "test",
        "LOG_LEVEL": _choice(env, "LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "MAX_FORM_PARTS": 200,
        "TESTING": mode == "test",
    }
