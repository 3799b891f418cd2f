"""`flask start`, which is what `make run` runs, from a checkout where nothing was built yet."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services.server import free_port

ROOT = Path(__file__).parents[1]
PARTS = ("sipokat", "templates", "static", "migrations", "requirements")
FILES = ("wsgi.py", "service-worker.js", "gunicorn.conf.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The program alone, as it is cloned."""
    copy = tmp_path / "checkout"
    for name in PARTS:
        ignored = shutil.ignore_patterns("gen", "__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, copy / name)
    return copy


@contextmanager
def started(checkout: Path, **settings: str) -> Iterator[str]:
    """The address at which it answers, until the block ends."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {"SIPOKAT_MODE": "test", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "start"],
        cwd=checkout,
        env=environment | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield answering(process, f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def answering(process: subprocess.Popen[str], url: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/sehat", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return url
    process.kill()
    raise AssertionError(process.communicate()[0])


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def bundles(url: str) -> set[str]:
    """The bundles that a page names; each of them is there."""
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


def test_an_unsafe_setting_ends_the_start_in_one_line(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "start"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "SIPOKAT_ORIGIN": "http://sipokat.example"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert "SIPOKAT_ORIGIN" in line or "SECRET_KEY" in line
