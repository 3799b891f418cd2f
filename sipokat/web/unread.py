"""Reads what a refused request still sends, so that its answer arrives.

A refusal may be known before the body was read: nobody is signed in, or it is too large. If the
connection were closed then, the kernel would reset it, and a phone or proxy that still sends might
never see the answer. (RFC 9112, 9.6.)
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BYTES_MAX = 32 * 1024 * 1024
SECONDS_MAX = 30
_PIECE = 64 * 1024


class ReadToTheEnd:
    """The application, with the rest of each body read after its answer was sent."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # The view may put another stream into the environment.
        connection, body = environ.get("gunicorn.socket"), environ["wsgi.input"]
        answer = self.application(environ, start_response)
        if connection is None or environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return answer
        return ClosingIterator(answer, partial(_read_rest, connection, body))


def _read_rest(connection: Any, body: Any) -> None:
    """Read and forget. Gives up on what is too much, too slow or cut off: the connection is closed
    then all the same."""
    until, left = time.monotonic() + SECONDS_MAX, BYTES_MAX
    try:
        while left > 0 and (seconds := until - time.monotonic()) > 0:
            connection.settimeout(seconds)
            piece = body.read(_PIECE)
            if not piece:
                return
            left -= len(piece)
    except Exception:  # gunicorn has its own for chunks that break the rules
        return
