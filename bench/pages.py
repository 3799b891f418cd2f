"""What pages cost, in a city of the demo's size and in one of 150,000 reports and 600,000 events.

    .venv/bin/python -m bench.pages [--seconds 5] [--clients 8] [--repeat 25]

First the processor time of each page in both cities, in turns, the median of many. In the small one
862 reports come from 16 RT and most lie on a desk, so that both show full pages. Then pages per
second of the queue and the list, in the large city under gunicorn, next to the smallest program
that shows somebody who is signed in 20 joined rows: `bench/bare_page.py`, on the same database.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import big_city

os.environ["SIPOKAT_MODE"] = "test"
ROOT = Path(__file__).resolve().parent.parent
PEOPLE = {
    "rt_head": "16.73.04.1009.001",
    "lurah": "16.73.04.1009",
    "camat": "16.73.04",
    "pemerintahan": "16.73",
    "viewer": "16.73",
}
HTML, JSON = "text/html", "application/json"
CITIES: dict[str, dict[str, Any]] = {
    "small": {"reports": 862, "still_open": 700, "offices": 16},
    "large": {},
}


def make(folder: Path, name: str) -> Any:
    """The application on a city of its own in this folder, with one session for each role, whose
    token is the role's name."""
    from flask_migrate import upgrade

    from sipokat import create_app
    from sipokat.database import db, writing
    from sipokat.domain import people, regions
    from sipokat.domain.sign_in import hashed
    from sipokat.models import LoginSession

    data = folder / name
    data.mkdir()
    url = f"sqlite:///{data / 'sipokat.sqlite3'}"
    app = create_app({"DATA": data, "SQLALCHEMY_DATABASE_URI": url})
    at = datetime.now(UTC)
    with app.app_context():
        upgrade()
        with writing() as session:
            regions.ensure_official(session)
            for number, (role, region) in enumerate(PEOPLE.items()):
                phone = f"0812000001{number:02d}"
                user = people.create(
                    session, phone, role, role, region, people.hash_password(phone)
                )
                session.add(
                    LoginSession(
                        user_id=user.id,
                        token_hash=hashed(role),
                        device="bench",
                        created_at=at,
                        last_used_at=at,
                    )
                )
        big_city.fill(db.engine, at, **CITIES[name])
        db.session.remove()
    return app


def pages(app: Any) -> dict[str, tuple[str, str, str]]:
    """Name of each page: (role, address, form)."""
    from sqlalchemy import select

    from sipokat.database import db
    from sipokat.models import Report

    with app.app_context():
        lying = select(Report.number).where(Report.region_code == PEOPLE["rt_head"])
        number = db.session.scalar(lying.order_by(Report.id.desc()).limit(1))
    homes = {f"home of {role}": (role, "/beranda", HTML) for role in PEOPLE}
    return homes | {
        "queue of the lurah": ("lurah", "/verifikasi", HTML),
        "queue of the camat": ("camat", "/verifikasi", HTML),
        "queue of Bag. Pemerintahan": ("pemerintahan", "/verifikasi", HTML),
        "queue, JSON": ("pemerintahan", "/verifikasi", JSON),
        "list of the RT head": ("rt_head", "/laporan", HTML),
        "list of the lurah": ("lurah", "/laporan", HTML),
        "list of the city": ("pemerintahan", "/laporan", HTML),
        "list of the city, JSON": ("pemerintahan", "/laporan", JSON),
        "list, one status": ("pemerintahan", "/laporan?status=verified", HTML),
        "list, what is late": ("pemerintahan", "/laporan?late=all", HTML),
        "one report": ("lurah", f"/laporan/{number}", HTML),
    }


def cost(app: Any, page: tuple[str, str, str]) -> float:
    """Seconds of processor for one look at the page."""
    role, path, kind = page
    client = app.test_client()
    client.set_cookie("sipokat-sesi", role)
    began = time.process_time()
    answer = client.get(path, headers={"Accept": kind})
    spent = time.process_time() - began
    assert answer.status_code == 200, (path, answer.status_code)
    return spent


def compare(apps: dict[str, Any], repeat: int) -> None:
    print("page                          small ms  large ms  large : small")
    asked = {name: pages(app) for name, app in apps.items()}
    for page in asked["small"]:
        times: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(repeat):
            for name, app in apps.items():
                times[name].append(cost(app, asked[name][page]) * 1000)
        small, large = (statistics.median(times[name][2:]) for name in ("small", "large"))
        print(f"{page:28} {small:9.1f} {large:9.1f} {large / small:10.2f}", flush=True)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def look(port: int, path: str, kind: str, until: float, count: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while time.monotonic() < until:
        headers = {"Cookie": "sipokat-sesi=pemerintahan", "Accept": kind}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        count.append(1)


def looks(port: int, path: str, kind: str, clients: int, seconds: float, out: Any) -> None:
    """Run in a process of its own, so that clients do not share the server's interpreter."""
    count: list[int] = []
    until = time.monotonic() + seconds
    args = (port, path, kind, until, count)
    threads = [threading.Thread(target=look, args=args) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put(len(count))


def per_second(port: int, path: str, kind: str, clients: int, seconds: float) -> float:
    out: Any = multiprocessing.Queue()
    for length in (1.0, seconds):  # the first is for warming up
        args = (port, path, kind, clients, length, out)
        process = multiprocessing.Process(target=looks, args=args)
        process.start()
        found = out.get()
        process.join()
    return float(found) / seconds


def serve(target: str, data: Path, port: int) -> subprocess.Popen[bytes]:
    env = os.environ | {"SIPOKAT_DATA": str(data), "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "--log-level", "error", f"{target}:application"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return process
        except OSError:
            time.sleep(0.05)
    process.terminate()
    raise SystemExit(f"{target} did not start")


def throughput(data: Path, clients: int, seconds: float) -> None:
    print(f"\npages a second, {clients} clients    pages/s   of bare")
    ports = {target: free_port() for target in ("bench.bare_page", "wsgi")}
    servers = [serve(target, data, port) for target, port in ports.items()]
    try:
        bare = 0.0
        for name, target, path, kind in (
            ("bare", "bench.bare_page", "/page", HTML),
            ("list, JSON", "wsgi", "/laporan", JSON),
            ("list", "wsgi", "/laporan", HTML),
            ("queue", "wsgi", "/verifikasi", HTML),
            ("queue, JSON", "wsgi", "/verifikasi", JSON),
        ):
            found = per_second(ports[target], path, kind, clients, seconds)
            bare = bare or found
            print(f"{name:30} {found:9.1f} {found / bare:9.0%}", flush=True)
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--repeat", type=int, default=25)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        apps = {name: make(Path(folder), name) for name in CITIES}
        compare(apps, options.repeat)
        throughput(Path(folder) / "large", options.clients, options.seconds)


if __name__ == "__main__":
    main()
