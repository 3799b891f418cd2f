"""The documented backup: its commands run every day, and what they leave is whole and verifies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from sipokat.database import db
from sipokat.delivery.photo_store import PhotoStore
from sipokat.domain.clock import now
from tests.cast import RAHMAN
from tests.services.pictures import jpeg
from tests.services.speed import patience
from tests.services.tampering import checkpoints
from tests.services.worker import make_all_ready, received
from tests.steps import send

ROOT = Path(__file__).parents[1]
# What not every machine has, as far as the commands use it.
SYSTEMCTL = "#!/bin/sh\nexit 0\n"
SQLITE3 = """#!{python}
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute(sys.argv[2])
"""
RSYNC = """#!{python}
import shutil, sys
source, target = [one for one in sys.argv[1:] if not one.startswith("-")]
if "--delete" in sys.argv:
    shutil.rmtree(target, ignore_errors=True)
shutil.copytree(source, target, dirs_exist_ok=True)
"""


def commands() -> str:
    """The lines of the documented backup."""
    lines = (ROOT / "docs/operations.md").read_text().splitlines()
    begin = lines.index("    systemctl stop sipokat")
    end = lines.index("    systemctl start sipokat")
    return "\n".join(line.strip() for line in lines[begin : end + 1])


def back_up(data: Path, folder: Path) -> None:
    tools = folder / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    for name, text in (("systemctl", SYSTEMCTL), ("sqlite3", SQLITE3), ("rsync", RSYNC)):
        (tools / name).write_text(text.format(python=sys.executable))
        (tools / name).chmod(0o755)
    script = commands().replace("/var/lib/sipokat", str(data)).replace("/backup", str(folder))
    done = subprocess.run(
        ["bash", "-e", "-u", "-c", script],
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"},
        text=True,
        capture_output=True,
        timeout=patience(30),
    )
    assert done.returncode == 0, done.stderr


def verify(data: Path) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / "flask", "--app", "wsgi", "verify-events"],
        cwd=ROOT,
        env=os.environ | {"SIPOKAT_MODE": "test", "SIPOKAT_DATA": str(data)},
        text=True,
        capture_output=True,
        timeout=patience(60),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.whole
@pytest.mark.only("sqlite", why="the commands are SQLite's")
def test_the_documented_backup_works_every_day(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    data, backup = Path(app.config["DATA"]), tmp_path / "backup"
    store: PhotoStore = app.extensions["photo_store"]
    for day in (1, 2, 3):
        send(RAHMAN)
        received(store, jpeg())
        make_all_ready(store)
        checkpoints().write(now())
        db.session.remove()
        back_up(data, backup)
        assert f"{day * 2} events, {day * 2} reports" in verify(backup)
    pictures = [path.name for path in (data / "photos").rglob("*.jpg")]
    assert sorted(pictures) == sorted(path.name for path in (backup / "photos").rglob("*.jpg"))
