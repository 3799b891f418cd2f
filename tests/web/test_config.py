"""Settings: with which of them production refuses to start, saying why in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sipokat import config, create_app
from sipokat.database import db, writing
from sipokat.models import Setting
from tests.cast import PASSWORD, RAHMAN
from tests.page import Visitor

ROOT = Path(__file__).parents[2]
STRONG = "8Zt3pX0vKq5Lw2Yb7Nc9Rf4Hj6Md1GsA"
RECORD = "Qw7Er2Ty9Ui4Op6As1Df8Gh3Jk5LzXcVb"
FORMER = "Zx1Cv2Bn3Mq4We5Rt6Yu7Io8Pa9SdFgHj"
SOUND = {
    "SECRET_KEY": STRONG,
    "RECORD_KEY": RECORD,
    "SIPOKAT_ORIGIN": "https://sipokat.example",
    "TRUSTED_PROXIES": "1",
}


def refusal(**env: str) -> str:
    """The line that says why it does not start."""
    with pytest.raises(config.Unsafe) as caught:
        config.read(SOUND | env)
    said = str(caught.value)
    assert isinstance(caught.value, SystemExit)
    assert said
    assert "\n" not in said
    return said


def test_production_is_what_it_is_unless_told_otherwise() -> None:
    settings = config.read(SOUND)
    assert settings["MODE"] == "production"
    assert settings["TESTING"] is False
    assert settings["RATELIMIT_ENABLED"] is True
    for mode in ("demo", "test"):
        assert config.read({"SIPOKAT_MODE": mode})["MODE"] == mode


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"SIPOKAT_MODE": "produksi"}, "SIPOKAT_MODE"),
        ({"MAP_TILES": "tile.example/{z}/{x}/{y}.png"}, "MAP_TILES"),
        ({"MAP_TILES": "https://tile.example/{z}/{x}.png"}, "MAP_TILES"),
        ({"MAP_TILES": "https://{s}.tile.example/{z}/{x}/{y}.png"}, "MAP_TILES"),
        ({"MAP_TILES": "https://tile.example; script-src */{z}/{x}/{y}"}, "MAP_TILES"),
        ({"MAP_TILES": "http://tile.example/{z}/{x}/{y}.png"}, "https"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "secret"}, "SECRET_KEY"),
        ({"SECRET_KEY": STRONG[:31]}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"SECRET_KEY": config.read({"SIPOKAT_MODE": "demo"})["SECRET_KEY"]}, "SECRET_KEY"),
        ({"SECRET_KEY": "abcabcabcabcabcabcabcabcabcabcabcabc"}, "SECRET_KEY"),
        ({"RECORD_KEY": ""}, "RECORD_KEY"),
        ({"RECORD_KEY": RECORD[:31]}, "RECORD_KEY"),
        ({"RECORD_KEY": "a" * 64}, "RECORD_KEY"),
        ({"RECORD_KEY": STRONG}, "RECORD_KEY"),
        ({"RECORD_KEY": config.PUBLISHED_RECORD_KEY}, "RECORD_KEY"),
        ({"RECORD_KEY": f"{RECORD},{STRONG}"}, "comma"),
        ({"RECORD_KEY": f",{RECORD}"}, "comma"),
        ({"SIPOKAT_MODE": "demo", "RECORD_KEY": f"{RECORD},"}, "comma"),
        ({"RECORD_FORMER_KEYS": FORMER}, "RECORD_FORMER_KEYS"),
        ({"RECORD_FORMER_KEYS": f"{FORMER}@"}, "RECORD_FORMER_KEYS"),
        ({"RECORD_FORMER_KEYS": f"{FORMER}@-1"}, "RECORD_FORMER_KEYS"),
        ({"RECORD_FORMER_KEYS": f"{FORMER}@²"}, "RECORD_FORMER_KEYS"),
        ({"RECORD_FORMER_KEYS": "short@5"}, "RECORD_FORMER_KEYS"),
        ({"RECORD_FORMER_KEYS": f"{FORMER}@5,{STRONG}@5"}, "RECORD_FORMER_KEYS"),
        ({"RECORD_FORMER_KEYS": f"{RECORD}@5"}, "RECORD_FORMER_KEYS"),
        ({"SIPOKAT_ORIGIN": ""}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "http://sipokat.example"}, "https"),
        ({"SIPOKAT_ORIGIN": "sipokat.example"}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "https://sipokat.example/app"}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "https://"}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "ftp://sipokat.example"}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "https://sipokat.example?a=b"}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "https://admin@sipokat.example"}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "https://satu.example https://dua.example"}, "SIPOKAT_ORIGIN"),
        ({"SIPOKAT_ORIGIN": "https://[sipokat/"}, "SIPOKAT_ORIGIN"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "x"}, "DATABASE_URL"),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "99"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "²"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "9" * 5000}, "TRUSTED_PROXIES"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65536"}, "PORT"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
        ({"WEB_CONCURRENCY": "auto"}, "WEB_CONCURRENCY"),
        ({"NUDGE_DAYS": "29"}, "NUDGE_DAYS"),
        ({"NUDGE_DAYS": "0,5"}, "NUDGE_DAYS"),
        ({"NUDGE_DAYS": "5;9"}, "NUDGE_DAYS"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_production_refuses(env: dict[str, str], says: str) -> None:
    assert says in refusal(**env)


@pytest.mark.parametrize(
    ("said", "days"), [("", (5, 9)), ("9, 5,9", (5, 9)), ("1", (1,)), ("-", ())]
)
def test_the_days_on_which_missing_reports_are_asked_for(said: str, days: tuple[int, ...]) -> None:
    found = config.read({"SIPOKAT_MODE": "demo", "NUDGE_DAYS": said})["NUDGE_DAYS"]
    assert found == days


def test_a_secret_is_never_shown() -> None:
    assert "hunter2" not in refusal(SECRET_KEY="hunter2")


def test_the_demo_needs_nothing() -> None:
    settings = config.read({"SIPOKAT_MODE": "demo"})
    assert settings["SESSION_COOKIE_SECURE"] is False
    assert settings["COOKIE_PREFIX"] == ""
    assert settings["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{ROOT / 'instance/sipokat.sqlite3'}"


def test_production_has_secure_cookies() -> None:
    settings = config.read(SOUND)
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["COOKIE_PREFIX"] == "__Host-"
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")


def test_the_cookies_it_sets_are_bound_to_https_and_this_host(app: Flask) -> None:
    settings = config.read(SOUND)
    app.config.update({key: settings[key] for key in ("COOKIE_PREFIX", "SESSION_COOKIE_SECURE")})
    body = {"phone": RAHMAN.phone, "password": PASSWORD}
    answer = Visitor(app).request("POST", "/masuk", json=body)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {one.partition("=")[0] for one in cookies} == {
        "__Host-sipokat-sesi",
        "__Host-sipokat-hp",
    }
    for one in cookies:
        parts = {part.strip() for part in one.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@db/sipokat", "postgresql+psycopg://u:p@db/sipokat"),
        ("postgresql://u:p@db/sipokat", "postgresql+psycopg://u:p@db/sipokat"),
        ("postgresql+psycopg://u:p@db/sipokat", "postgresql+psycopg://u:p@db/sipokat"),
        ("sqlite:////srv/sipokat.sqlite3", "sqlite:////srv/sipokat.sqlite3"),
    ],
)
def test_databases_by_their_usual_names(given: str, used: str) -> None:
    assert config.read(SOUND | {"DATABASE_URL": given})["SQLALCHEMY_DATABASE_URI"] == used


def test_the_folder_for_everything(tmp_path: Path) -> None:
    settings = config.read(SOUND | {"SIPOKAT_DATA": str(tmp_path)})
    assert settings["DATA"] == tmp_path
    assert settings["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/sipokat.sqlite3"


def in_production(app: Flask, **more: Any) -> Flask:
    return create_app(
        {
            "MODE": "production",
            "DATA": app.config["DATA"],
            "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
            **more,
        }
    )


def test_production_refuses_a_demo_database(app: Flask) -> None:
    made = in_production(app)
    with made.app_context():
        db.engine.dispose()
    with app.app_context(), writing() as session:
        session.add(Setting(key="demo", value="1"))
    with pytest.raises(config.Unsafe, match="demo"):
        in_production(app)


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_demo_and_test_refuse_a_production_database(app: Flask, mode: str) -> None:
    """There everybody may sign in as anybody."""
    own = {name: app.config[name] for name in ("DATA", "SQLALCHEMY_DATABASE_URI")}
    create_app(own | {"MODE": mode})
    made = in_production(app)
    done = made.test_cli_runner().invoke(args=["prepare"])
    assert done.exit_code == 0, done.output
    with made.app_context():
        db.engine.dispose()
    with pytest.raises(config.Unsafe, match="production"):
        create_app(own | {"MODE": mode})
    in_production(app)


@pytest.mark.parametrize("mode", config.MODES)
def test_asking_whose_database_it_is_makes_none(app: Flask, tmp_path: Path, mode: str) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    create_app({"MODE": mode, "DATA": tmp_path, "SQLALCHEMY_DATABASE_URI": url})
    assert list(tmp_path.iterdir()) == []


def outcome(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The result of the command with these settings of SIPOKAT and no others."""
    ours = ("SIPOKAT", "SECRET_KEY", "PORT", "WEB_CONCURRENCY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(command, cwd=ROOT, env=kept | env, capture_output=True, text=True)


def test_it_ends_with_one_line_and_no_traceback() -> None:
    done = outcome(sys.executable, "-c", "import wsgi")
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    ("command", "name"),
    [("gunicorn", "PORT"), ("flask start", "PORT"), ("flask start", "WEB_CONCURRENCY")],
)
def test_a_wrong_setting_ends_the_server_in_one_line(command: str, name: str) -> None:
    program, *words = command.split()
    path = str(Path(sys.executable).parent / program)
    done = outcome(path, *words, **{"SIPOKAT_MODE": "test", name: "banyak"})
    assert done.returncode != 0
    (line,) = (done.stdout + done.stderr).splitlines()
    assert name in line


def test_each_key_of_the_record_has_its_range() -> None:
    """A former key is good for the entries up to its last number and for nothing after it."""
    keys = config.read(SOUND | {"RECORD_FORMER_KEYS": f"{FORMER}@5, {STRONG}@9"})["RECORD_KEYS"]
    secrets = [keys.of(seq).secret.decode() for seq in (1, 5, 6, 9, 10, 999)]
    assert secrets == [FORMER, FORMER, STRONG, STRONG, RECORD, RECORD]
    assert len({key.id for key in (keys.present, *keys.former)}) == 3
    assert RECORD not in repr(keys), "no key stands in a log"
