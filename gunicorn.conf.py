"""How gunicorn serves SIPOKAT: `gunicorn` in this folder reads it by itself."""

from sipokat.config import read

settings = read()
wsgi_app = "wsgi:application"
# Loaded once, before the processes are forked: a setting that is refused ends the program with its
# one line, and memory is shared.
preload_app = True
# Behind a proxy on the same machine by default; GUNICORN_CMD_ARGS or --bind widen it.
bind = f"127.0.0.1:{settings['PORT']}"
# Two processes, so that one blocked in the database never stops the sign-in page; threads, because
# phones on a weak signal hold a connection for long and do little with it.
workers = settings["WEB_CONCURRENCY"]
worker_class = "gthread"
threads = 8
# A 6 MB photo at 20 KB/s takes five minutes, but that waits in a thread; this is about the process.
timeout = 60
graceful_timeout = 20
keepalive = 15
control_socket_disable = True
