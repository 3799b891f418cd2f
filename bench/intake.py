"""Reports per second, with and without a photo, next to the smallest program that stores them.

    .venv/bin/python -m bench.intake [--seconds 6] [--clients 1 8 32] [--only sipokat]

Both programs run under the same gunicorn, one after the other, on the same disk. A client is a
connection kept alive that sends one new report after another; with a photo it sends the text and
then 100 KB. The worker does not run, since it makes photos ready only after the receipt.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import multiprocessing
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PHOTO_BYTES = 100 * 1024
PHONE, PASSWORD = "081200000101", "sipokat-demo"


@dataclass
class Result:
    program: str
    photo: bool
    clients: int
    per_second: float
    p50: float
    p95: float


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Program:
    """SIPOKAT or the bare program under gunicorn, with a data folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.port = name, free_port()
        self.env = os.environ | {
            "SIPOKAT_MODE": "test",
            "SIPOKAT_DATA": str(folder),
            "PORT": str(self.port),
            "FLASK_APP": "wsgi",
        }
        folder.mkdir()
        self.cookie, self.user = "", ""
        if name == "sipokat":
            self._people()
        else:  # make its table now, since two gunicorn processes would both try to
            make = [sys.executable, "-c", "import bench.bare"]
            subprocess.run(make, cwd=ROOT, env=self.env, check=True)
        target = "wsgi" if name == "sipokat" else "bench.bare"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--log-level", "error", f"{target}:application"],
            cwd=ROOT,
            env=self.env,
        )
        self._wait()
        if name == "sipokat":
            self._sign_in()

    def _people(self) -> None:
        flask = [sys.executable, "-m", "flask"]
        for command in (["db", "upgrade"], ["load-regions"]):
            subprocess.run(
                [*flask, *command], cwd=ROOT, env=self.env, check=True, capture_output=True
            )
        person = ["create-user", "--phone", PHONE, "--name", "Pak Rahman", "--role", "rt_head"]
        region = ["--region", "16.73.04.1009.001", "--password", PASSWORD]
        subprocess.run(
            [*flask, *person, *region], cwd=ROOT, env=self.env, check=True, capture_output=True
        )

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} did not start")

    def _sign_in(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        body = json.dumps({"phone": PHONE, "password": PASSWORD})
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        connection.request("POST", "/masuk", body, headers)
        answer = connection.getresponse()
        self.user = json.loads(answer.read())["user"]["id"]
        cookies = [value for name, value in answer.getheaders() if name == "Set-Cookie"]
        self.cookie = "; ".join(value.split(";")[0] for value in cookies)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def jpeg() -> bytes:
    """A JPEG of at least 100 KB."""
    import io

    from PIL import Image

    noise = Image.frombytes("RGB", (256, 256), secrets.token_bytes(256 * 256 * 3))
    for quality in range(40, 96):
        out = io.BytesIO()
        noise.resize((640, 480)).save(out, "JPEG", quality=quality)
        if out.tell() >= PHOTO_BYTES:
            break
    return out.getvalue()


def client(
    port: int, headers: dict[str, str], photo: bytes, until: float, times: list[float]
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
        sent = headers | {"Sipokat-Sent-At": datetime.now(UTC).isoformat()}
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
    port: int, headers: dict[str, str], photo: bytes, seconds: float, clients: int, out: object
) -> None:
    times: list[list[float]] = [[] for _ in range(clients)]
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=client, args=(port, headers, photo, until, one)) for one in times
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out.put([value for one in times for value in one])  # type: ignore[attr-defined]


def measure(program: Program, clients: int, photo: bytes, seconds: float) -> Result:
    headers = {
        "Accept": "application/json",
        "Cookie": program.cookie,
        "Sipokat-User": program.user,
        "Sec-Fetch-Site": "same-origin",
    }
    out: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    for length in (1.0, seconds):  # the first round only warms the program up
        arguments = (program.port, headers, photo, length, clients, out)
        process = multiprocessing.Process(target=_load, args=arguments)
        began = time.monotonic()
        process.start()
        times = sorted(out.get())
        process.join()
        spent = time.monotonic() - began
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return Result(
        program.name, bool(photo), clients, len(times) / spent, statistics.median(times), p95
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--only", choices=["sipokat", "bare"])
    options = parser.parse_args()
    photo = jpeg()
    print("program  photo  clients  reports/s   p50 ms   p95 ms   of bare  p95 : bare")
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        names = [options.only] if options.only else ["bare", "sipokat"]
        programs = [Program(name, Path(folder) / name) for name in names]
        try:
            for body in (b"", photo):
                for clients in options.clients:
                    rows = [measure(one, clients, body, options.seconds) for one in programs]
                    for row in rows:
                        share = row.per_second / rows[0].per_second
                        tail = row.p95 / rows[0].p95
                        print(
                            f"{row.program:8} {'yes' if row.photo else 'no':5} {row.clients:8}"
                            f" {row.per_second:10.1f} {row.p50 * 1000:8.1f} {row.p95 * 1000:8.1f}"
                            f" {share:8.0%} {tail:10.2f}x",
                            flush=True,
                        )
        finally:
            for program in programs:
                program.stop()


if __name__ == "__main__":
    main()
