"""Reports per second, with and without a photo, next to the smallest program that stores them.

    .venv/bin/python -m bench.intake [--seconds 3] [--rounds 5] [--clients 1 8 32] [--only sipokat]

Both programs run under the same gunicorn, on the same disk, in turns: in each round first one is
measured and then the other, and the share is the median of the rounds' shares. *By cpu* is the
share by processor time for one report, of server and client: what it would be on a machine with
nothing else to do and a disk that never waits. All limits are on. A client is a connection kept
alive that sends one new report after another, each time as another signed-in RT head; with a photo
it sends the text and then 100 KB. The worker does not run, since it makes photos ready only after
the receipt.

Says where SIPOKAT is below what we aim at. Ends with 1 where its share by cpu is below the floor,
which holds on a busy machine too.
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
import resource
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
PHOTO_BYTES = 100 * 1024
REPORTERS = 200
# What we aim at: the share of the bare program's reports per second, without and with a photo, and
# how many times its p95 we take. The floor is of the share by cpu, without and with a photo.
AIM, TAIL = {False: 0.50, True: 0.40}, 2.5
FLOOR = {False: 0.40, True: 0.36}
Person = tuple[str, str]  # id and session token


@dataclass
class Result:
    per_second: float
    p50: float
    p95: float
    cpu: float  # seconds of processor time for one report, of server and client


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


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
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--log-level", "error", f"{target}:application"],
            cwd=ROOT,
            env=self.env,
        )
        self._wait()

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} did not start")

    def cpu(self) -> float:
        """Seconds of processor time that the program's processes have taken."""
        mother = psutil.Process(self.process.pid)
        times = [one.cpu_times() for one in (mother, *mother.children(recursive=True))]
        return sum(one.user + one.system for one in times)

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
        began, took = time.monotonic(), program.cpu() + _clients_cpu()
        process.start()
        times = sorted(out.get())
        process.join()
        spent = time.monotonic() - began
        took = program.cpu() + _clients_cpu() - took
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return Result(len(times) / spent, statistics.median(times), p95, took / len(times))


def _clients_cpu() -> float:
    """Seconds of processor time that client processes which have ended took."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def compare(
    programs: list[Program], clients: int, photo: bytes, seconds: float, rounds: int
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
    where = f"{clients} clients, {'a photo' if photo else 'no photo'}"
    if share < AIM[bool(photo)]:
        print(f"  below the aim: {share:.0%} of bare, not {AIM[bool(photo)]:.0%}")
    if tail > TAIL:
        print(f"  below the aim: {tail:.2f} times the p95 of bare, not {TAIL}")
    if len(programs) > 1 and thrift < FLOOR[bool(photo)]:
        return [f"{where}: {thrift:.0%} of bare by cpu, the floor is {FLOOR[bool(photo)]:.0%}"]
    return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--photo", choices=["yes", "no"])
    parser.add_argument("--only", choices=["sipokat", "bare"])
    options = parser.parse_args()
    bodies = {"no": [b""], "yes": [jpeg()], None: [b"", jpeg()]}[options.photo]
    below = []
    print(
        "program  photo  clients  reports/s   p50 ms   p95 ms   of bare  p95 : bare   by cpu  load"
    )
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        names = [options.only] if options.only else ["bare", "sipokat"]
        programs = [Program(name, Path(folder) / name) for name in names]
        try:
            for body in bodies:
                for clients in options.clients:
                    below += compare(programs, clients, body, options.seconds, options.rounds)
        finally:
            for program in programs:
                program.stop()
    for line in below:
        print(f"BELOW THE FLOOR: {line}")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
