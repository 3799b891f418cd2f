"""`flask start`, which is what `make run` runs, from a checkout where nothing was built yet."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from sipokat.serving import GRACE_SECONDS
from sipokat.starting import PRIVATE
from tests import wire
from tests.cast import PETANANG_ULU
from tests.services.matrix import lacking, some
from tests.services.program import ROOT, begin, started
from tests.services.server import free_port
from tests.services.speed import patience, tries

PARTS = ("sipokat", "templates", "static", "migrations", "requirements")
FILES = ("wsgi.py", "service-worker.js", "gunicorn.conf.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program as it is cloned, without anything that is built."""
    copy = tmp_path / "checkout"
    for name in PARTS:
        ignored = shutil.ignore_patterns("gen", "__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, copy / name)
    return copy


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=patience(20)) as answer:
        return str(answer.read().decode())


def bundles(url: str) -> set[str]:
    """The bundles that a page names, after a check that each can be fetched."""
    named = set(re.findall(r'"(/static/[^"#]+\.(?:css|js|svg))["#]', get(f"{url}/laporan/baru")))
    for path in named:
        assert get(url + path), path
    return named


@pytest.mark.whole
def test_the_first_start_serves_what_it_has_just_built_and_so_does_one_after_an_update(
    checkout: Path,
) -> None:
    with started(checkout) as url:
        first = bundles(url)
        assert len(first) >= 4
        assert all(re.search(r"\.[0-9a-f]{8}\.\w+$", path) for path in first), first
        assert "/laporan/baru" in get(f"{url}/service-worker.js")
    tokens = checkout / "static/css/tokens.css"
    tokens.write_text(f"{tokens.read_text()}\n.new {{ color: red }}\n")
    with started(checkout) as url:
        changed = bundles(url) - first
        assert [path for path in changed if path.endswith(".css")] == list(changed)
        assert ".new" in get(url + changed.pop())


# The tests below run in this checkout, where everything is built, with a data folder of their own.


def post(url: str, body: dict[str, object], cookie: str = "", user: str = "") -> tuple[Any, str]:
    """Send JSON as the phone's script does. Returns the answer and its session cookie."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    headers |= {"Cookie": cookie, "Sipokat-User": user, "Sec-Fetch-Site": "same-origin"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=patience(20)) as answer:
        session = str(answer.headers["Set-Cookie"] or "").partition(";")[0]
        return json.load(answer), session


@pytest.mark.whole
def test_a_second_start_keeps_all_data_for_nobody_else_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    data = {"SIPOKAT_DATA": str(folder)}
    words = {"phone": "081300000001", "password": "kata sandi Budi"}
    office = {"name": "Budi", "role": "rt_head", "region": f"{PETANANG_ULU}.009"}
    with started(ROOT, **data) as url:
        subprocess.run(
            [sys.executable, "-m", "flask", "create-user"]
            + [f"--{name}={value}" for name, value in (words | office).items()],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "SIPOKAT_MODE": "test"} | data,
            capture_output=True,
            check=True,
            timeout=patience(60),
        )
        signed_in, cookie = post(f"{url}/masuk", words)
        sent = wire.body()
        receipt, _ = post(f"{url}/laporan", sent, cookie, signed_in["user"]["id"])
        assert folder.stat().st_mode & PRIVATE == 0
        assert modes(folder) == {}
    # A version before this one let everybody read them.
    (folder / "photos").mkdir(exist_ok=True)
    for place in (folder / "photos", folder / "sipokat.sqlite3"):
        place.chmod(0o755)
    with started(ROOT, **data) as url:
        assert modes(folder) == {}
        again, _ = post(f"{url}/laporan", sent, cookie, signed_in["user"]["id"])
        assert again == receipt, "the session and the report are there as they were"
        assert post(f"{url}/masuk", words)[0] == signed_in


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A running `flask start`, and all processes below it."""
    process, process.url = begin(ROOT, SIPOKAT_DATA=str(tmp_path))  # type: ignore[attr-defined]
    family = psutil.Process(process.pid).children(recursive=True)
    try:
        yield process, family
    finally:
        for one in (process, *family):
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                one.kill()
        process.communicate()


def gone(family: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(family, timeout=patience(GRACE_SECONDS))[1]


@pytest.mark.whole
def test_ctrl_c_ends_web_and_worker_in_order(running: Any) -> None:
    """As SIGTERM does, by which the other tests end it."""
    process, family = running
    assert len(family) == 3, "gunicorn with one process of its own, and the worker"
    process.send_signal(signal.SIGINT)
    assert process.wait(patience(GRACE_SECONDS)) == 0
    assert gone(family)


def halves(
    process: subprocess.Popen[str], family: list[psutil.Process]
) -> tuple[psutil.Process, psutil.Process]:
    """gunicorn's first process and the worker."""
    parents = {one.ppid() for one in family}
    own = [one for one in family if one.ppid() == process.pid]
    web = next(one for one in own if one.pid in parents)
    return web, next(one for one in own if one != web)


@pytest.mark.whole
def test_when_the_web_dies_the_worker_is_ended_and_the_start_fails(running: Any) -> None:
    process, family = running
    halves(process, family)[0].kill()
    said = process.communicate(timeout=patience(GRACE_SECONDS * 2))[0]
    assert process.returncode == 1
    assert "gunicorn ended with -9: stopping." in said
    assert gone(family)


def test_a_worker_that_dies_is_started_again_and_the_web_goes_on(running: Any) -> None:
    process, family = running
    web, first = halves(process, family)
    first.kill()
    for _ in tries(30):
        others = [one for one in psutil.Process(process.pid).children() if one != web]
        if others and others[0] != first and others[0].status() != psutil.STATUS_ZOMBIE:
            break
    (second,) = others
    assert second != first
    assert web.is_running()
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=patience(GRACE_SECONDS * 2))[0]
    assert "worker ended with -9: starting it again." in said
    assert process.returncode == 0
    assert gone([*family, second])


AT_A_FORK = """
import os, signal, time
from sipokat import serving

def library():  # which has asked to be run in the parent at each fork
    os.kill(os.getpid(), signal.SIGTERM)

os.register_at_fork(after_in_parent=library)
print("ended with", serving.together({"web": lambda: time.sleep(600)}))
"""


def test_a_signal_that_comes_at_a_fork_ends_everything_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_A_FORK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=patience(GRACE_SECONDS * 2),
    )
    assert (done.stdout, done.stderr) == ("ended with 0\n", "")


@pytest.mark.whole
def test_a_killed_supervisor_takes_both_with_it_and_leaves_the_port(
    running: Any, tmp_path: Path
) -> None:
    """Even while slow phones are connected, for which gunicorn would wait."""
    process, family = running
    port = int(process.url.rpartition(":")[2])
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    for one in slow:
        one.sendall(b"POST /masuk HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
    process.kill()
    assert not psutil.wait_procs(family, timeout=patience(5))[1]
    with started(ROOT, port, SIPOKAT_DATA=str(tmp_path)):
        pass
    for one in slow:
        one.close()


def modes(folder: Path) -> dict[str, str]:
    """What others than the owner may do with each file below, where that is anything."""
    found = {str(one.relative_to(folder)): one.stat().st_mode for one in folder.rglob("*")}
    return {name: oct(mode) for name, mode in found.items() if mode & PRIVATE}


# What cannot be is said in one line.


def last_words(command: str = "start", **settings: str) -> str:
    """The only line that `flask …` says before it ends. Root is asked to do without its right to
    write everywhere."""
    bounded = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*bounded, sys.executable, "-m", "flask", command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SIPOKAT_MODE": "test"} | settings,
        capture_output=True,
        text=True,
        timeout=patience(60),
    )
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).strip().splitlines()
    return line


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port()))
        other.listen()
        port = str(other.getsockname()[1])
        said = last_words(PORT=port, SIPOKAT_DATA=str(tmp_path))
    assert port in said
    assert "PORT" in said
    assert list(tmp_path.iterdir()) == [], "before the data of whoever has the port is touched"


@pytest.mark.parametrize(
    ("place", "command"),
    some([("", "start"), ("photos", "prepare"), ("sipokat.sqlite3", "worker")], 1),
)
def test_what_is_not_ours_to_write(tmp_path: Path, place: str, command: str) -> None:
    if os.geteuid() != 0:
        lacking("only root can make what is somebody else's")
    theirs = tmp_path / place
    if place:
        theirs.touch()
    os.chown(theirs, 65534, 65534)
    theirs.chmod(0o755)
    said = last_words(command, PORT=str(free_port()), SIPOKAT_DATA=str(tmp_path))
    assert f"{theirs} is not writable" in said


@pytest.mark.whole
def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = last_words(PORT=str(free_port()), SIPOKAT_DATA=str(tmp_path / "file" / "data"))
    assert f"{tmp_path}/file/data cannot be made" in said


@pytest.mark.whole
@pytest.mark.parametrize("command", ["start", "worker"])
def test_a_database_that_is_newer_than_the_program(tmp_path: Path, command: str) -> None:
    with closing(sqlite3.connect(tmp_path / "sipokat.sqlite3")) as newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
        newer.commit()
    said = last_words(command, PORT=str(free_port()), SIPOKAT_DATA=str(tmp_path))
    assert "newer" in said
    assert "9999" in said


@pytest.mark.whole
@pytest.mark.parametrize(
    "url", ["postgresql://sipokat:x@127.0.0.1:1/sipokat", "sqlite:///{folder}/letter.txt"]
)
def test_a_database_that_does_not_answer(tmp_path: Path, url: str) -> None:
    (tmp_path / "letter.txt").write_text("This is no database. " * 100)
    said = last_words(
        PORT=str(free_port()), SIPOKAT_DATA=str(tmp_path), DATABASE_URL=url.format(folder=tmp_path)
    )
    assert "database does not answer" in said
    assert "sipokat:x" not in said


@pytest.mark.whole
def test_an_unsafe_setting_ends_the_start_in_one_line(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "start"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "SIPOKAT_ORIGIN": "http://sipokat.example"},
        capture_output=True,
        text=True,
        timeout=patience(60),
    )
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert "SIPOKAT_ORIGIN" in line or "SECRET_KEY" in line
