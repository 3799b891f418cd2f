"""The network between phone and server, with the faults that a test asks for.

It is a small HTTP proxy. Each phone has an address of its own in it, its line; a test says which
requests meet which fault. Each answer closes its connection, so that the browser never resends by
itself.

    network.when("POST", "/laporan", lose_answer(then=server.kill))
    network.when("PUT", "/laporan/*", cut_upload(after=20_000))
    portal = network.when("*", "*", somebody_elses(200, "<h1>Wi-Fi</h1>"), times=None)
    network.lift(portal)                                    # or heal(), which lifts everything
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.services.speed import patience

WORKER = "/service-worker.js"
# The short time-outs of the phone, 4 seconds for a page, 8 for a sign-out and 5 for its own storage
# (in ticks of 1.25), would go off on a slow machine although network and storage are sound. This
# makes them as many times longer as the machine is slower, those for the storage three times at
# most, since its tests wait for them. Other timers are left alone: they are retries, or long
# enough.
SLOWER_TIMEOUTS = """(() => {
  const { setTimeout } = self;
  const pace = %d;
  const stretched = (delay) => {
    if (delay === 1250) return delay * Math.min(pace, 3);
    return delay === 4000 || delay === 8000 ? delay * pace : delay;
  };
  self.setTimeout = (work, delay = 0, ...rest) => setTimeout(work, stretched(delay), ...rest);
})();
"""
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@cache
def slower_timeouts() -> str:
    """The script that does so in a page or worker; "" on a fast machine. It stays the same for the
    whole run, because another worker script would be an update."""
    pace = int(patience(1))
    return SLOWER_TIMEOUTS % pace if pace > 1 else ""


@dataclass
class Exchange:
    """A request that reached the network, and the status and body of the answer to the phone."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    status: int | None = None
    answer: bytes = b""


@dataclass
class Rule:
    method: str
    path: str
    fault: Fault
    times: int | None

    def takes(self, exchange: Exchange) -> bool:
        path = exchange.path.partition("?")[0]
        return fnmatchcase(exchange.method, self.method) and fnmatchcase(path, self.path)


class Line:
    """A phone's own address in the network. While it is `cut`, no request gets through.

    The address outlives the test: `network` is that of the test which uses the line now, or None.
    """

    def __init__(self) -> None:
        self.network: Network | None = None
        self.cut = False
        handler = type("Handler", (_Handler,), {"line": self})
        self._server = _Listener(("127.0.0.1", 0), handler)
        self.url = f"http://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @contextlib.contextmanager
    def untouched(self) -> Iterator[None]:
        """Within the block no request on this line meets a fault or is listed in `exchanges`."""
        assert self.network
        used, self.network = self.network, Network(self.network.upstream)
        yield
        self.network = used

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Lines:
    """The lines of this process, which outlive a test because a profile belongs to one address."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def take(self, place: int, network: Network) -> Line:
        """The line of the first, second, third phone of a test, connected to this network."""
        while len(self._lines) <= place:
            self._lines.append(Line())
        line = self._lines[place]
        line.network, line.cut = network, False
        return line

    def release(self) -> None:
        """The test is over: disconnect its lines until the next test takes them."""
        for line in self._lines:
            line.network = None

    def close(self) -> None:
        for line in self._lines:
            line.close()


@dataclass
class Network:
    """`exchanges` lists the requests that came, oldest first."""

    upstream: tuple[str, int]
    exchanges: list[Exchange] = field(default_factory=list)
    _rules: list[Rule] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def when(self, method: str, path: str, fault: Fault, times: int | None = 1) -> Rule:
        """The next `times` requests that match (all of them with None) meet `fault`.

        `path` may hold shell wildcards and is compared without the query.
        """
        rule = Rule(method, path, fault, times)
        with self._lock:
            self._rules.append(rule)
        return rule

    def lift(self, rule: Rule) -> None:
        """Remove this fault."""
        with self._lock:
            self._rules = [one for one in self._rules if one is not rule]

    def heal(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._rules.clear()

    def passed(self, method: str = "*", path: str = "*") -> list[Exchange]:
        rule = Rule(method, path, pass_on, None)
        return [exchange for exchange in list(self.exchanges) if rule.takes(exchange)]

    def fault_for(self, exchange: Exchange) -> Fault:
        with self._lock:
            for rule in self._rules:
                if rule.takes(exchange):
                    if rule.times is not None:
                        rule.times -= 1
                        if rule.times == 0:
                            self._rules = [one for one in self._rules if one is not rule]
                    return rule.fault
        return pass_on


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a browser that was killed leaves broken connections, which is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Line
    network: Network

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        self.close_connection = True
        network = self.line.network
        if network is None or self.line.cut:
            return
        if not self.raw_requestline or not self.parse_request():
            return
        self.network = (
            network  # for all of this request, even if another test takes the line meanwhile
        )
        self.close_connection = True
        exchange = Exchange(self.command, self.path, dict(self.headers.items()))
        self.network.exchanges.append(exchange)
        # If the server is down, the phone sees a connection that breaks.
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.network.fault_for(exchange)(self, exchange)

    def read_body(self, exchange: Exchange) -> bytes:
        exchange.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return exchange.body

    def forward(self, exchange: Exchange) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send the request on to the server. Returns the status, headers and body of its answer."""
        upstream = http.client.HTTPConnection(*self.network.upstream, timeout=patience(60))
        try:
            upstream.putrequest(
                exchange.method, exchange.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in exchange.headers.items():
                # The worker's script must come uncompressed, because lines are put before it.
                packed = exchange.path == WORKER and name.lower() == "accept-encoding"
                if name.lower() not in HOP_BY_HOP and not packed:
                    upstream.putheader(name, value)
            if exchange.body or exchange.method in ("POST", "PUT", "PATCH"):
                upstream.putheader("Content-Length", str(len(exchange.body)))
            upstream.endheaders(exchange.body)
            response = upstream.getresponse()
            body = response.read()
            if exchange.path == WORKER and response.status == 200:
                body = slower_timeouts().encode() + body
            return response.status, response.getheaders(), body
        finally:
            upstream.close()

    def reply(
        self, exchange: Exchange, status: int, headers: list[tuple[str, str]], body: bytes
    ) -> None:
        # Before the phone gets the answer, so that a test never sees what came of it too early.
        exchange.status, exchange.answer = status, body
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `exchanges` is the log."""


Fault = Callable[[_Handler, Exchange], None]


def pass_on(handler: _Handler, exchange: Exchange) -> None:
    handler.read_body(exchange)
    handler.reply(exchange, *handler.forward(exchange))


def refuse(handler: _Handler, exchange: Exchange) -> None:
    """The request never reaches the server."""


def lose_answer(then: Callable[[], object] = lambda: None) -> Fault:
    """The server answers, `then` is called, and the phone gets no answer."""

    def fault(handler: _Handler, exchange: Exchange) -> None:
        handler.read_body(exchange)
        handler.forward(exchange)
        then()

    return fault


def cut_upload(after: int) -> Fault:
    """The connection breaks at both ends after this many bytes of the body."""

    def fault(handler: _Handler, exchange: Exchange) -> None:
        exchange.body = handler.rfile.read(after)
        with socket.create_connection(handler.network.upstream, timeout=patience(20)) as upstream:
            head = [f"{exchange.method} {exchange.path} HTTP/1.1"]
            head += [f"{name}: {value}" for name, value in exchange.headers.items()]
            upstream.sendall("\r\n".join([*head, "", ""]).encode() + exchange.body)

    return fault


def somebody_elses(
    status: int, body: str = "<h1>Wi-Fi</h1>", content_type: str = "text/html", **headers: str
) -> Fault:
    """A captive portal or a proxy answers instead of the server."""

    def fault(handler: _Handler, exchange: Exchange) -> None:
        handler.read_body(exchange)
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        handler.reply(exchange, status, [("Content-Type", content_type), *named], body.encode())

    return fault


def hold(gate: threading.Event, seconds: float = 30) -> Fault:
    """The request waits until `gate` is set, then goes through."""

    def fault(handler: _Handler, exchange: Exchange) -> None:
        handler.read_body(exchange)
        gate.wait(patience(seconds))
        handler.reply(exchange, *handler.forward(exchange))

    return fault
