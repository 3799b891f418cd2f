"""What it costs to write 150,000 reports into a file: seconds, memory, and how long others wait.

    .venv/bin/python -m bench.exports [--reports 150000] [--formats xlsx csv]

Each file is written by a process of its own, as the worker does it. *Memory* is the most that this
process ever held, beside it what it holds with no job. *Longest turn* is how long photos and
notices wait for it. Ends with 1 above 300 MB, when a row is missing, or
when a turn takes more than ten seconds on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ["SIPOKAT_MODE"] = "test"

from bench import big_city
from bench.measuring import ROOT, is_idle, scratch

MOST_MB, MOST_SECONDS = 300, 10


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=big_city.REPORTS)
    parser.add_argument("--formats", nargs="+", default=["xlsx", "csv"])
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.make:
        make(said.make)
        return 0
    idle = is_idle()
    worst, longest = 0.0, 0.0
    with scratch() as folder:
        fill(folder, said.reports)
        for file_format in said.formats:
            ask(folder, file_format)
            command = [sys.executable, "-m", "bench.exports", "--make", str(folder)]
            done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            if told["rows"] != said.reports:
                print(f"{told['rows']} rows instead of {said.reports}")
                return 1
            worst, longest = max(worst, told["mb"]), max(longest, told["longest"])
            print(
                f"{file_format:4} {told['rows']:7} rows  {told['seconds']:6.1f} s"
                f"  {told['cpu']:6.1f} s of processor time  {told['size'] / 1e6:6.1f} MB"
                f"  memory {told['mb']:.0f} MB (idle {told['idle_mb']:.0f})"
                f"  {told['turns']} turns, longest {told['longest']:.1f} s"
            )
    return 1 if worst > MOST_MB or (idle and longest > MOST_SECONDS) else 0


def app_in(folder: Path) -> Any:
    from sipokat import create_app

    url = f"sqlite:///{folder / 'sipokat.sqlite3'}"
    return create_app({"DATA": folder, "SQLALCHEMY_DATABASE_URI": url, "LOG_LEVEL": "error"})


def fill(folder: Path, reports: int) -> None:
    """A city of so many reports, with a lurah, a camat and one of Bag. Pemerintahan."""
    from sipokat.database import db, writing
    from sipokat.domain import accounts, administration, people, regions
    from sipokat.migrations import upgrade

    offices = (("lurah", "16.73.04.1009"), ("camat", "16.73.04"), ("pemerintahan", "16.73"))
    with app_in(folder).app_context():
        upgrade()
        with writing() as session:
            regions.ensure_official(session)
            for number, (role, region) in enumerate(offices):
                phone, by = f"0812000001{number:02d}", administration.operator("bench")
                accounts.create(session, by, phone, role, role, region, people.hash_password(phone))
        big_city.fill(db.engine, datetime.now(UTC), reports, min(reports // 4, big_city.OPEN))


def ask(folder: Path, file_format: str) -> None:
    """Bag. Pemerintahan asks for all reports."""
    from sqlalchemy import select

    from sipokat.database import writing
    from sipokat.domain.exports import asking
    from sipokat.models import User

    with app_in(folder).app_context(), writing() as session:
        user = session.scalars(select(User).where(User.role == "pemerintahan")).one()
        asking.ask(session, user, "laporan", file_format, {}, "", 3)


def make(folder: Path) -> None:
    """Write what waits, and print what it cost as JSON."""
    from sqlalchemy import select

    from sipokat.database import db
    from sipokat.delivery.export_job import ExportJob
    from sipokat.delivery.worker import work_once
    from sipokat.models import Export

    app = app_in(folder)
    with app.app_context():
        db.session.scalar(select(Export.id))
        db.session.remove()
        idle, job, turns = memory(), ExportJob(app.extensions["export_files"]), []
        clock, cpu = time.monotonic(), time.process_time()
        began = clock
        while work_once(job, "bench", tidy=False):
            turns.append(time.monotonic() - began)
            began = time.monotonic()
        seconds, cpu = time.monotonic() - clock, time.process_time() - cpu
        made = db.session.scalars(select(Export).order_by(Export.id.desc()).limit(1)).one()
        told = {"rows": made.done, "size": made.size, "seconds": seconds, "cpu": cpu}
        told |= {"turns": len(turns), "longest": max(turns), "mb": memory(), "idle_mb": idle}
    print(json.dumps(told))


def memory() -> float:
    """The most that this process ever held, in MB. Not of `getrusage`: that counts what the parent
    held when it forked."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1000


if __name__ == "__main__":
    sys.exit(main())
