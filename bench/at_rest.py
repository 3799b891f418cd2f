"""What the whole program costs while nobody uses it, and how soon a photo is ready all the same.

    .venv/bin/python -m bench.at_rest [--seconds 60] [--photos 10]

Runs `flask start` as systemd does, on a database of its own, adds up the processor time of all its
processes over the seconds, and then sends photos one by one, of 100 KB each.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.intake import jpeg
from bench.measuring import ROOT, free_port, scratch


class Program:
    """`flask start` with one RT head, on a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.env = os.environ | {
            "SIPOKAT_MODE": "test",
            "SIPOKAT_DATA": str(data),
            "PORT": str(self.port),
        }
        self._run("flask", "prepare")
        ((self.user, self.token),) = json.loads(self._run("bench.reporters", "1"))
        self.process = psutil.Popen(
            [sys.executable, "-m", "flask", "start"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            try:
                self.connect().request("GET", "/sehat")
                break
            except OSError:
                time.sleep(0.1)

    def _run(self, *words: str) -> bytes:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True)
        return done.stdout

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port)

    def spent(self) -> dict[int, float]:
        """The processor seconds of each process so far."""
        family = [self.process, *self.process.children(recursive=True)]
        times = {one.pid: one.cpu_times() for one in family}
        return {pid: one.user + one.system for pid, one in times.items()}

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Phone:
    """The RT head's phone."""

    def __init__(self, program: Program) -> None:
        self.connection = program.connect()
        self.headers = {
            "Accept": "application/json",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"sipokat-sesi={program.token}",
            "Sipokat-User": program.user,
        }

    def send(self, method: str, path: str, body: bytes | None = None, **more: str) -> Any:
        kind = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in more.items()
        }
        self.connection.request(method, path, body, self.headers | kind)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), (answer.status, text[:300])
        return json.loads(text)

    def until_ready(self, data: bytes) -> float:
        """Send a report with this photo. Returns the seconds from the photo's receipt until it can
        be seen."""
        digest = hashlib.sha256(data)
        photo = {"id": str(uuid.uuid4()), "sha256": digest.hexdigest()}
        body = {
            "client_id": str(uuid.uuid4()),
            "category": "kesehatan_lingkungan",
            "happened_on": datetime.now(UTC).date().isoformat(),
            "text": "Gotong royong membersihkan selokan gang dua.",
            "fields": {"jenis": "gotong_royong", "peserta": 18},
            "written_at": datetime.now(UTC).isoformat(),
            "photos": [photo],
        }
        receipt = self.send("POST", "/laporan", json.dumps(body).encode())
        mark = base64.b64encode(digest.digest()).decode()
        self.send(
            "PUT",
            f"/laporan/{body['client_id']}/foto/{photo['id']}",
            data,
            Content_Type="image/jpeg",
            Content_Digest=f"sha-256=:{mark}:",
        )
        received = time.monotonic()
        while True:
            report = self.send("GET", f"/laporan/{receipt['number']}")
            if report["photos"][0]["state"] == "ready":
                return time.monotonic() - received
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--photos", type=int, default=10)
    options = parser.parse_args()
    with scratch() as folder:
        program = Program(folder)
        try:
            time.sleep(5)  # what only a start costs is over
            before, began = program.spent(), time.monotonic()
            time.sleep(options.seconds)
            after, passed = program.spent(), time.monotonic() - began
            share = sum(after.values()) - sum(before.values())
            print(
                f"at rest: {share / passed:.2%} of a core over {passed:.0f} s, "
                f"{len(after)} processes"
            )
            phone, photo = Phone(program), jpeg()
            waits = [phone.until_ready(photo + os.urandom(8)) for _ in range(options.photos)]
            print(
                f"a photo is ready {statistics.median(waits):.1f} s after its receipt "
                f"(median of {len(waits)}), {max(waits):.1f} s at most"
            )
        finally:
            program.stop()


if __name__ == "__main__":
    main()
