"""How gunicorn serves SIPOKAT. The command `gunicorn` in this folder reads it by itself."""

import gc
import sys

from sipokat.config import read
from sipokat.serving import die_with

settings = read()
wsgi_app = "wsgi:application"
# The application is loaded once, before gunicorn forks its processes. So a setting that config.py
# refuses ends the program with one line, and the processes share memory.
preload_app = True
# The proxy is expected on this machine. GUNICORN_CMD_ARGS or --bind set another address.
bind = f"127.0.0.1:{settings['PORT']}"
# Several processes (two unless set), so that one of them may be busy while another answers. Eight
# threads each, because a phone on a weak signal holds its connection for long with little work.
workers = settings["WEB_CONCURRENCY"]
worker_class = "gthread"
threads = 8
# After 60 s without a sign of life gunicorn kills a process. A slow upload is not cut: a 6 MB photo
# at 20 KB/s takes five minutes in its thread while the process goes on.
timeout = 60
graceful_timeout = 20
keepalive = 15
control_socket_disable = True


def post_fork(server, worker):
    """Take this process along when gunicorn itself is killed, whatever connections it has."""
    die_with(server.pid)
    # A thread that has the write lock lets go of Python at each statement, and gets it back only
    # when this time has passed if another one computes. With the usual five milliseconds a report
    # holds the lock for ten times as long as it needs, and everybody else waits for it.
    sys.setswitchinterval(0.001)


def when_ready(_server: object) -> None:
    """Leave what was loaded at the start out of every later collection of garbage, and collect less
    often: a request leaves little behind that reference counts do not free at once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
