"""How many slow phones the program bears: alone (the demo) and behind the nginx of the docs.

    .venv/bin/python -m bench.slow_clients [--clients 0 8 15 16 50]

Each phone has a session and sends a photo, a byte a second. Meanwhile somebody else asks for
/sehat: how long until the answer, `none` when there is none in ten seconds.
"""

from __future__ import annotations

import argparse
import http.client
import socket
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from bench.at_rest import Program
from bench.measuring import scratch
from tests.services.proxy import Proxy, proxied

PATIENCE_SECONDS = 10
ASKED = 5


def send_slowly(
    connect: Callable[[], socket.socket], program: Program, end: threading.Event
) -> None:
    """Begin to send a photo, and go on until the end."""
    path = f"/laporan/{uuid.uuid4()}/foto/{uuid.uuid4()}"
    digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    lines = (
        f"PUT {path} HTTP/1.1",
        "Host: localhost",
        f"Cookie: sipokat-sesi={program.token}",
        f"Sipokat-User: {program.user}",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: image/jpeg",
        f"Content-Digest: sha-256=:{digest}:",
        "Content-Length: 102400",
    )
    with connect() as phone:
        phone.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while not end.wait(1):
            try:
                phone.sendall(b"x")
            except OSError:
                return  # the program has had enough of it


@contextmanager
def slow(count: int, connect: Callable[[], socket.socket], program: Program) -> Iterator[None]:
    """So many slow phones, while the block runs."""
    end = threading.Event()
    threads = [
        threading.Thread(target=send_slowly, args=(connect, program, end)) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    time.sleep(3)
    try:
        yield
    finally:
        end.set()
        for thread in threads:
            thread.join()


def ask(connect: Callable[[], socket.socket]) -> float | None:
    """The seconds until /sehat is answered, None for no answer."""
    connection = http.client.HTTPConnection("localhost")
    began = time.monotonic()
    try:
        connection.sock = connect()
        connection.sock.settimeout(PATIENCE_SECONDS)
        connection.request("GET", "/sehat")
        connection.getresponse().read()
        return time.monotonic() - began
    except OSError:
        return None
    finally:
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[0, 8, 15, 16, 50])
    options = parser.parse_args()
    with scratch() as folder, ExitStack() as ends:
        data, site = folder / "data", folder / "nginx"
        site.mkdir()
        program = Program(data)
        ends.callback(program.stop)
        proxy: Proxy = ends.enter_context(proxied(site, program.port))
        ways = {
            "alone": lambda: socket.create_connection(("127.0.0.1", program.port)),
            "behind nginx": proxy.connect,
        }
        print("slow phones  way           median answer  answered")
        for count in options.clients:
            for name, connect in ways.items():
                with slow(count, connect, program):
                    times = [ask(connect) for _ in range(ASKED)]
                answered = [one for one in times if one is not None]
                median = f"{statistics.median(answered) * 1000:.0f} ms" if answered else "none"
                print(
                    f"{count:11}  {name:12}  {median:>13}  {len(answered)} of {ASKED}", flush=True
                )


if __name__ == "__main__":
    main()
