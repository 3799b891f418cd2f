"""How many bytes an activation weighs, from the link until the phone is activated.

    .venv/bin/python -m bench.activation_load [--chromium current|106]

Counted as they come over the network, with headers, by the browser's debugging protocol: the pages
of the code and of the person, the answer to the PIN, and all that they load. What the service
worker keeps in any case is counted apart, since the form and the outbox need it too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

from bench.form_load import ENGINES, ROOT, Server, new_context
from bench.measuring import scratch

PHONE = "081200000101"
HEAD = ("--name=Rahman", "--role=rt_head", "--region=16.73.04.1009.001", "--activation")
PIN = "385026"


def command(server: Server, folder: Path, *words: str) -> str:
    env = os.environ | {"SIPOKAT_MODE": "test", "SIPOKAT_DATA": str(folder), "FLASK_APP": "wsgi"}
    env |= {"PORT": str(server.port)}
    run = [sys.executable, "-m", "flask", *words]
    return subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


def precached(server: Server) -> set[str]:
    """The paths that the worker keeps for everybody."""
    with urlopen(f"http://localhost:{server.port}/service-worker.js") as answer:
        head = answer.readline().decode()
    told: dict[str, Any] = json.loads(head.removeprefix("self.SHELL = ").rstrip().rstrip(";"))
    return {*told["precache"], "/service-worker.js"}


def weigh(context: Any, link: str) -> dict[str, int]:
    """Activate by the link; the bytes of each path until home is asked for."""
    weights: dict[str, int] = {}
    paths: dict[str, str] = {}
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        request = event["request"]
        paths[event["requestId"]] = f"{request['method']} {urlsplit(request['url']).path}"

    def came(event: dict[str, Any]) -> None:
        path = paths.get(event["requestId"], "?")
        weights[path] = weights.get(path, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", came)
    page.goto(link)
    page.wait_for_selector("[name=last4]")
    page.wait_for_load_state("networkidle")
    page.fill("[name=last4]", PHONE[-4:])
    page.fill("[name=pin]", PIN)
    with page.expect_response(lambda one: urlsplit(one.url).path == "/aktivasi"):
        page.locator("form[action='/aktivasi'] button").click()
    page.wait_for_url("**/beranda")
    return {path: size for path, size in weights.items() if path != "GET /beranda"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", choices=list(ENGINES), default="current")
    options = parser.parse_args()
    with scratch() as folder:
        server = Server(folder)
        try:
            said = command(server, folder, "create-user", f"--phone={PHONE}", *HEAD)
            found = re.search(r"/aktivasi#\S+", said)
            assert found is not None, said
            with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
                url = f"http://localhost:{server.port}"
                context = new_context(playwright, options.chromium, url, profile)
                weights, kept = weigh(context, found[0]), precached(server)
                context.close()
        finally:
            server.process.terminate()
            server.process.wait()
    beside = {path: size for path, size in weights.items() if path.split(" ")[1] not in kept}
    print(f"Chromium {options.chromium}")
    print(f"  beside the precache: {sum(beside.values()) / 1000:.1f} KB")
    print(f"  with it: {sum(weights.values()) / 1000:.1f} KB")
    for path, size in sorted(weights.items(), key=lambda one: -one[1]):
        print(f"  {size / 1000:6.1f} KB {path}{'' if path in beside else ' (kept)'}")


if __name__ == "__main__":
    main()
