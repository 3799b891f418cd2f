"""What pages cost, in a city of the demo's size and in one of 150,000 reports and 600,000 events.

    .venv/bin/python -m bench.pages [--seconds 3] [--rounds 3] [--clients 8] [--only throughput]

First the processor time of each page in both cities, in turns, the median of many. In the small one
862 reports come from 16 RT and most lie on a desk, so that both show full pages, and in both four
bencana are open. Then pages per
second of the queue and the list, in the large city under gunicorn, next to the smallest program
that shows somebody who is signed in 20 joined rows: `bench/bare_page.py`, on the same database, in
turns. *By cpu* is the share by processor time of one page, server and client together: what it
would be on a machine with nothing else to do.

Says where a page is below what we aim at, and ends with 1 when one is below the floor: on a machine
that is idle at the start the aims themselves, on a busy one the share by cpu.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import big_city
from bench.measuring import clients_cpu, free_port, is_idle, scratch, serve, server_cpu

os.environ["SIPOKAT_MODE"] = "test"
# What we aim at: the share of the bare page's rate, and how many times the small city's time a page
# of the large one takes. On a busy machine only these floors are judged.
AIM, GROWTH = 0.50, 1.5
CPU_FLOOR, BUSY_GROWTH = 0.45, 2.0
PEOPLE = {
    "rt_head": "16.73.04.1009.001",
    "lurah": "16.73.04.1009",
    "camat": "16.73.04",
    "pemerintahan": "16.73",
    "viewer": "16.73",
}
HTML, JSON = "text/html", "application/json"
CITIES: dict[str, dict[str, Any]] = {
    "small": {"reports": 862, "still_open": 700, "offices": 16, "bencana": 160},
    "large": {},
}


def make(folder: Path, name: str, city: dict[str, Any]) -> Any:
    """The application on a city of its own in this folder, filled as `big_city.fill` is told, with
    one session for each role, whose token is the role's name."""
    from bench.signed_in import sign_in
    from sipokat import create_app
    from sipokat.database import db, writing
    from sipokat.domain import accounts, administration, people, regions
    from sipokat.migrations import upgrade

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
                by = administration.operator("bench")
                user = accounts.create(
                    session, by, phone, role, role, region, people.hash_password(phone)
                )
                sign_in(session, user, role, at)
        big_city.fill(db.engine, at, **city)
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


def compare(apps: dict[str, Any], repeat: int, idle: bool) -> list[str]:
    """Processor time in both cities, page by page. What grows by more than it may, if so."""
    below, most = [], GROWTH if idle else BUSY_GROWTH
    print("page                          small ms  large ms  large : small")
    asked = {name: pages(app) for name, app in apps.items()}
    for page in asked["small"]:
        times: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(repeat):
            for name, app in apps.items():
                times[name].append(cost(app, asked[name][page]) * 1000)
        small, large = (statistics.median(times[name][2:]) for name in ("small", "large"))
        growth = large / small
        print(f"{page:28} {small:9.1f} {large:9.1f} {growth:10.2f}", flush=True)
        if growth > GROWTH:
            print(f"  above the aim: {growth:.2f} times, not {GROWTH}")
        if growth > most:
            below.append(f"{page}: {growth:.2f} times the small city's, at most {most}")
    return below


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


@dataclass
class Rate:
    """How many pages a second, and the seconds of processor of one, server and client together."""

    per_second: float
    cpu: float


def rate(
    server: subprocess.Popen[bytes], port: int, path: str, kind: str, clients: int, seconds: float
) -> Rate:
    out: Any = multiprocessing.Queue()
    for length in (0.5, seconds):  # the first is for warming up
        args = (port, path, kind, clients, length, out)
        process = multiprocessing.Process(target=looks, args=args)
        took = server_cpu(server) + clients_cpu()
        process.start()
        found = out.get()
        process.join()
        took = server_cpu(server) + clients_cpu() - took
    return Rate(found / seconds, took / found)


def throughput(data: Path, clients: int, seconds: float, rounds: int, idle: bool) -> list[str]:
    """Pages a second beside the bare page, in turns. What is below the floor, if so."""
    print(f"\npages a second, {clients} clients    pages/s   of bare   by cpu    cpu ms  load")
    below = []
    ports = {target: free_port() for target in ("bench.bare_page", "wsgi")}
    env = os.environ | {"SIPOKAT_DATA": str(data)}
    servers = {name: serve(name, port, env | {"PORT": str(port)}) for name, port in ports.items()}

    def measured(target: str, path: str, kind: str) -> Rate:
        return rate(servers[target], ports[target], path, kind, clients, seconds)

    try:
        for name, path, kind in (
            ("list, JSON", "/laporan", JSON),
            ("list", "/laporan", HTML),
            ("queue", "/verifikasi", HTML),
            ("queue, JSON", "/verifikasi", JSON),
        ):
            pairs = [
                (measured("bench.bare_page", "/page", HTML), measured("wsgi", path, kind))
                for _ in range(rounds)
            ]
            share = statistics.median(ours.per_second / bare.per_second for bare, ours in pairs)
            thrift = statistics.median(bare.cpu / ours.cpu for bare, ours in pairs)
            for label, place in (("bare", 0), (name, 1)):
                per_second = statistics.median(pair[place].per_second for pair in pairs)
                cpu = statistics.median(pair[place].cpu for pair in pairs)
                shares = f"{share:9.0%} {thrift:8.0%}" if place else " " * 18
                load = os.getloadavg()[0]
                print(f"{label:30} {per_second:9.1f} {shares} {cpu * 1000:9.1f} {load:5.1f}")
            judged, floor = (share, AIM) if idle else (thrift, CPU_FLOOR)
            if share < AIM:
                print(f"  below the aim: {share:.0%} of bare, not {AIM:.0%}", flush=True)
            if judged < floor:
                how = "of bare" if idle else "of bare by cpu"
                below.append(f"{name}: {judged:.0%} {how}, the floor is {floor:.0%}")
    finally:
        for server in servers.values():
            server.terminate()
            server.wait()
    return below


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=25)
    parser.add_argument("--only", choices=["cost", "throughput"])
    options = parser.parse_args()
    idle, below = is_idle(), []
    cities = [name for name in CITIES if name == "large" or options.only != "throughput"]
    with scratch() as folder:
        apps = {name: make(folder, name, CITIES[name]) for name in cities}
        if options.only != "throughput":
            below += compare(apps, options.repeat, idle)
        if options.only != "cost":
            large = folder / "large"
            below += throughput(large, options.clients, options.seconds, options.rounds, idle)
    for line in below:
        print(f"BELOW THE FLOOR: {line}")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
