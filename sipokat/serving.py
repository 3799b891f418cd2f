"""The web and the photo worker side by side, from one start of Python.

Both are forked from a process that has already imported everything, so that a start costs one
import and not three. When one of them ends, the other is ended too.
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
GRACE_SECONDS = 25  # a little more than gunicorn's own graceful_timeout


class _Stop(Exception):
    """Somebody asked us to end."""


def together(programs: dict[str, Callable[[], object]]) -> int:
    """Run each program in a process of its own until one ends or a signal says so.

    Returns 0 when asked to end, 1 when a program ended by itself. No threads and no open database
    connection may exist when this is called.
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
    """gunicorn, as `gunicorn` in this folder would run: gunicorn.conf.py says how.

    It makes an application of its own: the one that the command line has made knows only the
    bundles that were there before this start built new ones.
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
        # A session of its own: Ctrl-C reaches it once and in order, through the parent.
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
    """What a program that was killed has left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
