"""Reports per second, with and without a photo, next to the smallest program that stores them.

    .venv/bin/python -m bench.intake [--seconds 3] [--rounds 5] [--clients 1 8 32] [--only sipokat]

Both programs run under the same gunicorn, on the same disk, in turns: in each round first one is
measured and then the other, and the share is the median of the rounds' shares. *By cpu* is the
share by processor time for one report, of server and client: what it would be on a machine with
nothing else to do and a disk that never waits. All limits are on. A client is a connection kept
alive that sends one new report after another, each time as another signed-in RT head; with a photo
it sends the text and then 100 KB. The worker does not run, since it makes photos ready only after
the receipt.

Says where SIPOKAT is below what we aim at, and ends with 1 when it is below the floor. That are the
aims themselves on a machine that is idle at the start; on a busy one rates and times depend on the
others, and the share by cpu is judged instead.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import io
import itertools
import json
import multiprocessing
import os
import secrets
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.measuring import ROOT, clients_cpu, free_port, is_idle, scratch, serve, server_cpu

PHOTO_BYTES = 100 * 1024
REPORTERS = 200
# What we aim at: the share of the bare program's reports per second, without and with a photo, and
# how many times its p95 we take. The floor on a busy machine is of the share by cpu.
AIM, TAIL = {False: 0.50, True: 0.40}, 2.5
CPU_FLOOR = {False: 0.42, True: 0.38}
Person = tuple[str, str]  # id and session token


@dataclass
class Result:
    per_second: float
    p50: float
    p95: float
    cpu: float  # seconds of processor time for one report, of server and client


class Program:
    """SIPOKAT or the bare program under gunicorn, with a data folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.port = name, free_port()
        self.env = os.environ | {
            "SIPOKAT_MODE": "demo",
            "SIPOKAT_DATA": str(folder),
            "PORT": str(self.port),
            "FLASK_APP": "wsgi",
        }
        folder.mkdir()
        if name == "sipokat":
            self._run("flask", "db", "upgrade")
            self.people: list[Person] = json.loads(self._run("bench.reporters", str(REPORTERS)))
        else:  # make its table now, since two gunicorn processes would both try to
            self._run("bench.bare")
            self.people = [("", "")]
        target = "wsgi" if name == "sipokat" else "bench.bare"
        self.process = serve(target, self.port, self.env)

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def jpeg() -> bytes:
    """A JPEG of at least 100 KB."""
    from PIL import Image

    noise = Image.frombytes("RGB", (256, 256), secrets.token_bytes(256 * 256 * 3))
    for quality in range(40, 96):
        out = io.BytesIO()
        noise.resize((640, 480)).save(out, "JPEG", quality=quality)
        if out.tell() >= PHOTO_BYTES:
            break
    return out.getvalue()


def client(
    port: int, people: Iterator[Person], photo: bytes, until: float, times: list[float]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while time.monotonic() < until:
        data = photo + secrets.token_bytes(8) if photo else b""  # every photo has other bytes
        digest = hashlib.sha256(data)
        client_id, photo_id = str(uuid.uuid4()), str(uuid.uuid4())
        claims = [{"id": photo_id, "sha256": digest.hexdigest()}] if photo else []
        body = {
            "client_id": client_id,
            "category": "kesehatan_lingkungan",
            "happened_on": datetime.now(UTC).date().isoformat(),
            "text": "Gotong royong membersihkan selokan gang dua.",
            "fields": {"jenis": "gotong_royong", "peserta": 18},
            "written_at": datetime.now(UTC).isoformat(),
            "photos": claims,
        }
        user_id, token = next(people)
        sent = {
            "Accept": "application/json",
            "Cookie": f"sipokat-sesi={token}",
            "Sipokat-User": user_id,
            "Sec-Fetch-Site": "same-origin",
            "Sipokat-Sent-At": datetime.now(UTC).isoformat(),
        }
        began = time.monotonic()
        connection.request(
            "POST", "/laporan", json.dumps(body), sent | {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
        if photo:
            mark = base64.b64encode(digest.digest()).decode()
            kind = {"Content-Type": "image/jpeg", "Content-Digest": f"sha-256=:{mark}:"}
            connection.request("PUT", f"/laporan/{client_id}/foto/{photo_id}", data, sent | kind)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
        times.append(time.monotonic() - began)


def _load(
    port: int, people: list[Person], photo: bytes, seconds: float, clients: int, out: object
) -> None:
    times: list[list[float]] = [[] for _ in range(clients)]
    until, turns = time.monotonic() + seconds, itertools.cycle(people)
    threads = [
        threading.Thread(target=client, args=(port, turns, photo, until, one)) for one in times
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put([value for one in times for value in one])  # type: ignore[attr-defined]


def measure(program: Program, clients: int, photo: bytes, seconds: float) -> Result:
    out: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    for length in (0.5, seconds):  # the first only warms the program up
        secrets.SystemRandom().shuffle(program.people)
        arguments = (program.port, program.people, photo, length, clients, out)
        process = multiprocessing.Process(target=_load, args=arguments)
        began, took = time.monotonic(), server_cpu(program.process) + clients_cpu()
        process.start()
        times = sorted(out.get())
        process.join()
        spent = time.monotonic() - began
        took = server_cpu(program.process) + clients_cpu() - took
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return Result(len(times) / spent, statistics.median(times), p95, took / len(times))


def compare(
    programs: list[Program], clients: int, photo: bytes, seconds: float, rounds: int, idle: bool
) -> list[str]:
    """Measure the programs in turns and print a line for each. What is below the floor, if so."""
    results: dict[str, list[Result]] = {one.name: [] for one in programs}
    for _ in range(rounds):
        for program in programs:
            results[program.name].append(measure(program, clients, photo, seconds))
    first = results[programs[0].name]
    for name, mine in results.items():
        pairs = list(zip(mine, first, strict=True))
        share = statistics.median(one.per_second / other.per_second for one, other in pairs)
        tail = statistics.median(one.p95 / other.p95 for one, other in pairs)
        thrift = statistics.median(other.cpu / one.cpu for one, other in pairs)
        rate, p50, p95 = (
            statistics.median(getattr(one, figure) for one in mine)
            for figure in ("per_second", "p50", "p95")
        )
        print(
            f"{name:8} {'yes' if photo else 'no':5} {clients:8} {rate:10.1f} {p50 * 1000:8.1f}"
            f" {p95 * 1000:8.1f} {share:8.0%} {tail:10.2f}x {thrift:8.0%}"
            f" {os.getloadavg()[0]:5.1f}",
            flush=True,
        )
    if len(programs) < 2:
        return []
    below = []
    if share < AIM[bool(photo)]:
        below.append(f"{share:.0%} of bare, not {AIM[bool(photo)]:.0%}")
    if tail > TAIL:
        below.append(f"{tail:.2f} times the p95 of bare, not {TAIL}")
    for line in below:
        print(f"  below the aim: {line}")
    if not idle:
        floor = CPU_FLOOR[bool(photo)]
        below = [f"{thrift:.0%} of bare by cpu, not {floor:.0%}"] if thrift < floor else []
    where = f"{clients} clients, {'a photo' if photo else 'no photo'}"
    return [f"{where}: {line}" for line in below]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--photo", choices=["yes", "no"])
    parser.add_argument("--only", choices=["sipokat", "bare"])
    options = parser.parse_args()
    idle = is_idle()
    bodies = {"no": [b""], "yes": [jpeg()], None: [b"", jpeg()]}[options.photo]
    below = []
    print(
        "program  photo  clients  reports/s   p50 ms   p95 ms   of bare  p95 : bare   by cpu  load"
    )
    with scratch() as folder:
        names = [options.only] if options.only else ["bare", "sipokat"]
        programs = [Program(name, folder / name) for name in names]
        try:
            for body in bodies:
                for clients in options.clients:
                    below += compare(programs, clients, body, options.seconds, options.rounds, idle)
        finally:
            for program in programs:
                program.stop()
    for line in below:
        print(f"BELOW THE FLOOR: {line}")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
