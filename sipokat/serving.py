"""Runs the web and the worker side by side, for `flask start`.

Both are forked from a process that has already imported everything, so that Python and the
libraries are loaded once. When the web ends, the worker is ended too; a worker that dies is started
again by itself, since phones need the web and only later what the worker makes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 25  # a little longer than graceful_timeout in gunicorn.conf.py
AGAIN_SECONDS = (1, 30)  # the pause before a program is started again, at first and at most
_PR_SET_PDEATHSIG = 1


class _Stop(Exception):
    """Raised when one of the ENDING signals arrives."""


def together(programs: Mapping[str, Callable[[], object]], again: tuple[str, ...] = ()) -> int:
    """Run each program in a process of its own, until one of them ends or a signal in ENDING
    arrives; then end all of them. The programs named in `again` are started again when they end,
    and nothing else happens.

    Returns 0 after a signal, 1 when a program ended by itself. Since this forks, no thread may run
    and no database connection may be open when it is called.
    """
    running: dict[int, str] = {}
    pause, longest = AGAIN_SECONDS
    for number in ENDING:
        signal.signal(number, _stop)
    try:
        for name, program in programs.items():
            _fork(running, name, program)
        while True:
            began = time.monotonic()
            pid, status = os.wait()
            if pid not in running:
                continue  # as the first process of a container it inherits those of others
            name, code = running.pop(pid), os.waitstatus_to_exitcode(status)
            _kill_group(pid)
            if name not in again:
                print(f"{name} ended with {code}: stopping.", file=sys.stderr, flush=True)
                return 1
            if time.monotonic() - began > 2 * longest:
                pause = AGAIN_SECONDS[0]
            print(f"{name} ended with {code}: starting it again.", file=sys.stderr, flush=True)
            _fork(running, name, programs[name], after=pause)
            pause = min(2 * pause, longest)
    except _Stop:
        return 0
    finally:
        _ignore_signals()
        _end(list(running))


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent`, which has forked it, dies without being able
    to end it. Otherwise the port and the data would still be held when it is started again. Only
    Linux can do that."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


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
    _ignore_signals()  # a second one would cut off the ending
    raise _Stop


def _ignore_signals() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def _fork(
    running: dict[int, str], name: str, program: Callable[[], object], after: float = 0
) -> None:
    """Run the program in a process of its own, after so many seconds, and note it in `running`.

    Signals wait until it is noted. Python would also lose what `_stop` raises inside a function
    that some library has run at each fork.
    """
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    pid = os.fork()
    if pid:
        running[pid] = name
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        return
    code = 1
    try:
        die_with(parent)
        # In a session of its own the terminal's Ctrl-C does not reach it: the parent ends it.
        os.setsid()
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        time.sleep(after)
        program()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
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
