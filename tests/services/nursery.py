"""A process that imports SIPOKAT once and then forks servers, each in 0.1 s.

    nursery = Nursery()
    pid = nursery.start("gunicorn", environment, log)
    pid = nursery.start("gunicorn", environment, log, days=8)    # its clock is so far ahead
    pid = nursery.start("worker", environment, log, stops=pipe)

With a pipe the program stops whenever it has inserted notices and not committed them, until another
process has opened the pipe for writing and closed it again.

The programs are gunicorn and the worker themselves. All of them are killed when the nursery's input
ends, so that nothing outlives a test run that was killed.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Nursery:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C must not reach it: it ends with its input
        )

    def start(
        self,
        program: str,
        environment: dict[str, str],
        log: Path,
        days: float = 0,
        stops: Path | None = None,
    ) -> int:
        """Run `gunicorn` or `worker` in a new session. Returns the pid, also its group's."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"program": program, "environment": environment, "log": str(log), "days": days}
        order["stops"] = str(stops) if stops else ""
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


def main() -> None:
    import gunicorn.app.wsgiapp
    import gunicorn.workers.gthread  # noqa: F401

    import sipokat
    from tests.services import shared

    shared.share_templates()
    for module in pkgutil.walk_packages(sipokat.__path__, "sipokat."):
        importlib.import_module(module.name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel removes ended children
    started = []
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(**order)
        started.append(pid)
        print(pid, flush=True)
    for pid in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def run(program: str, environment: dict[str, str], log: str, days: float, stops: str) -> None:
    from sipokat import serving

    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for old, new in ((0, nothing), (1, output), (2, output)):
            os.dup2(new, old)
        os.environ.clear()
        os.environ.update(environment)
        if days:
            import time_machine

            time_machine.travel(datetime.now(UTC) + timedelta(days=days)).start()
        if stops:
            stop_at(stops)
        if program == "gunicorn":
            serving.gunicorn()
        else:
            from flask.cli import main as flask

            sys.argv = ["flask", program]
            flask()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def stop_at(pipe: str) -> None:
    from sipokat.domain.notices import rows

    add = rows.add

    def add_and_stop(*given: Any) -> None:
        add(*given)
        with open(pipe) as end:
            end.read()

    rows.add = add_and_stop


if __name__ == "__main__":
    main()
