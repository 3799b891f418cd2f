"""`flask start`, which is what `make run` runs, from a checkout where nothing was built yet."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from sipokat.serving import GRACE_SECONDS
from tests import wire
from tests.cast import PETANANG_ULU
from tests.services.server import free_port
from tests.services.speed import patience, tries

ROOT = Path(__file__).parents[1]
PARTS = ("sipokat", "templates", "static", "migrations", "requirements")
START_SECONDS = 60
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


def begin(folder: Path, **settings: str) -> tuple[subprocess.Popen[str], str]:
    """Run `flask start` in this folder. Returns the process and its address once it answers."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {"SIPOKAT_MODE": "test", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "start"],
        cwd=folder,
        env=environment | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return process, answering(process, f"http://127.0.0.1:{port}")


@contextmanager
def started(folder: Path, **settings: str) -> Iterator[str]:
    """The address of a `flask start` that runs until the block ends."""
    process, url = begin(folder, **settings)
    try:
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=patience(GRACE_SECONDS * 2))


def answering(process: subprocess.Popen[str], url: str) -> str:
    for _ in tries(START_SECONDS):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/sehat", timeout=patience(10)).close()
            return url
    process.kill()
    raise AssertionError(process.communicate()[0])


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=patience(20)) as answer:
        return str(answer.read().decode())


def bundles(url: str) -> set[str]:
    """The bundles that a page names, after a check that each can be fetched."""
    named = set(re.findall(r'"(/static/[^"#]+\.(?:css|js|svg))["#]', get(f"{url}/laporan/baru")))
    for path in named:
        assert get(url + path), path
    return named


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


def test_a_second_start_keeps_all_data(tmp_path: Path) -> None:
    data = {"SIPOKAT_DATA": str(tmp_path)}
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
    with started(ROOT, **data) as url:
        again, _ = post(f"{url}/laporan", sent, cookie, signed_in["user"]["id"])
        assert again == receipt, "the session and the report are there as they were"
        assert post(f"{url}/masuk", words)[0] == signed_in


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A running `flask start`, and all processes below it."""
    process, _ = begin(ROOT, SIPOKAT_DATA=str(tmp_path))
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_web_and_worker_in_order(running: Any, number: signal.Signals) -> None:
    process, family = running
    assert len(family) == 3, "gunicorn with one process of its own, and the worker"
    process.send_signal(number)
    assert process.wait(patience(GRACE_SECONDS)) == 0
    assert gone(family)


@pytest.mark.parametrize("program", ["gunicorn", "worker"])
def test_when_one_dies_the_other_is_ended_and_the_start_fails(running: Any, program: str) -> None:
    process, family = running
    parents = {one.ppid() for one in family}
    own = [one for one in family if one.ppid() == process.pid]
    (died,) = [one for one in own if (one.pid in parents) == (program == "gunicorn")]
    died.kill()
    said = process.communicate(timeout=patience(GRACE_SECONDS * 2))[0]
    assert process.returncode == 1
    assert f"{program} ended with -9: stopping." in said
    assert gone(family)


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
