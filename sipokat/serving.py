"""Runs the web and the worker side by side, for `flask start`.

Both are forked from a process that has already imported everything, so that Python and the
libraries are loaded once. When one of them ends, the other is ended too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 25  # a little longer than graceful_timeout in gunicorn.conf.py


class _Stop(Exception):
    """Raised when one of the ENDING signals arrives."""


def together(programs: dict[str, Callable[[], object]]) -> int:
    """Run each program in a process of its own, until one of them ends or a signal in ENDING
    arrives; then end all of them.

    Returns 0 after a signal, 1 when a program ended by itself. Since this forks, no thread may run
    and no database connection may be open when it is called.
    """
    running: dict[int, str] = {}
    for number in ENDING:
        signal.signal(number, _stop)
    try:
        for name, program in programs.items():
            running[_fork(program)] = name
        pid, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        print(f"{running.pop(pid)} ended with {code}: stopping.", file=sys.stderr)
        _kill_group(pid)
        return 1
    except _Stop:
        return 0
    finally:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        _end(list(running))


def gunicorn() -> None:
    """Run gunicorn with gunicorn.conf.py, as the command `gunicorn` in this folder does.

    It imports `wsgi` again and so makes a new application: the one of the command line was made
    before this start built new bundles, and does not know their addresses.
    """
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.modules.pop("wsgi", None)
    sys.argv = ["gunicorn"]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


def _stop(_number: int, _frame: object) -> NoReturn:
    raise _Stop


def _fork(program: Callable[[], object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # In a session of its own the terminal's Ctrl-C does not reach it: the parent ends it.
        os.setsid()
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for pid in pids:
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                _kill_group(pid)
            time.sleep(0.05)
        _kill_group(pid)


def _kill_group(pid: int) -> None:
    """Kill whatever processes this program has started and left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
