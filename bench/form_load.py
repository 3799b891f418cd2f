"""How many bytes the form weighs, and how soon a person can type, on a slow phone and signal.

    .venv/bin/python -m bench.form_load [--runs 5] [--chromium current|106]

Time is measured in Chromium at 360x640, slowed by its debugging protocol to 400 kbps, 400 ms and a
sixth of the processor's speed. It runs from the start of the navigation until the first field of a
category can be typed into; the category's tile is tapped as soon as the page's scripts have run.
The figures are medians of the runs. Offline is with the network off, after a single visit.

Weight is all bytes of all connections of a first visit, counted between browser and server. It
includes what the service worker fetches to keep.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from bench.measuring import ROOT, free_port, scratch

BYTES_PER_SECOND = 400_000 / 8
ENGINES = {
    "current": (Path("/usr/bin/chromium"), ["--no-sandbox"]),
    "106": (ROOT / ".tools/chromium-106/chromium", ["--no-sandbox", "--no-zygote", "--headless"]),
}
TAP = """
self.benchmark = new Promise((usable) => addEventListener("DOMContentLoaded", () => {
  if (location.pathname !== "/laporan/baru") return;
  document.querySelector('[data-tiles] [data-category="pemerintahan"]').click();
  const tapped = performance.now();
  const look = () => {
    const field = document.querySelector("[data-report-form]:not([hidden]) [name='fields.jenis']");
    if (!field || !field.getClientRects().length || field.matches(":disabled")) {
      requestAnimationFrame(look);
      return;
    }
    usable({ usable: performance.now(), tap: performance.now() - tapped });
  };
  look();
}));
"""


class Meter:
    """A proxy between browser and server that counts requests and bytes."""

    def __init__(self, upstream: int) -> None:
        self.upstream, self.port = upstream, free_port()
        self.received = self.sent = 0
        self.requests: list[str] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._pipe, "127.0.0.1", self.port))
        self._loop.run_forever()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        up = self._copy(reader, far_writer, upward=True)
        down = self._copy(far_reader, writer, upward=False)
        await asyncio.gather(up, down, return_exceptions=True)

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upward: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if upward:
                    self.sent += len(data)
                    self.requests += re.findall(rb"(?m)^(?:GET|POST|PUT) (\S+) HTTP", data)
                else:
                    self.received += len(data)
                writer.write(data)
                await writer.drain()
        writer.close()


class Server:
    """SIPOKAT under gunicorn on an empty database."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        env = os.environ | {
            "SIPOKAT_MODE": "test",
            "SIPOKAT_DATA": str(folder),
            "PORT": str(self.port),
            "FLASK_APP": "wsgi",
        }
        prepare = [sys.executable, "-m", "flask", "prepare"]
        subprocess.run(prepare, cwd=ROOT, env=env, check=True, capture_output=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--log-level", "error"], cwd=ROOT, env=env
        )
        time.sleep(2)


def new_context(playwright: Playwright, name: str, url: str, profile: str) -> BrowserContext:
    executable, arguments = ENGINES[name]
    return playwright.chromium.launch_persistent_context(
        profile,
        executable_path=executable,
        args=[*arguments, "--disable-background-networking", "--disable-component-update"],
        base_url=url,
        viewport={"width": 360, "height": 640},
        device_scale_factor=1.5,
        is_mobile=True,
        has_touch=True,
    )


def slow(context: BrowserContext, page: object) -> None:
    session = context.new_cdp_session(page)  # type: ignore[arg-type]
    session.send("Network.enable")
    conditions = {"offline": False, "latency": 400}
    speed = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    session.send("Network.emulateNetworkConditions", conditions | speed)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})


def visit(context: BrowserContext) -> dict[str, float]:
    page = context.new_page()
    slow(context, page)
    page.add_init_script(TAP)
    page.goto("/laporan/baru", wait_until="commit")
    result: dict[str, float] = page.evaluate("self.benchmark")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_load_state("networkidle")
    page.close()
    return result


def one_run(playwright: Playwright, name: str, port: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as profile:
        context = new_context(playwright, name, f"http://localhost:{port}", profile)
        out = {"first": visit(context), "second": visit(context)}
        context.set_offline(True)
        out["offline"] = visit(context)
        context.close()
    return out


def weigh(playwright: Playwright, name: str, port: int) -> dict[str, object]:
    meter = Meter(port)
    with tempfile.TemporaryDirectory() as profile:
        context = new_context(playwright, name, f"http://localhost:{meter.port}", profile)
        page = context.new_page()
        page.goto("/laporan/baru")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_load_state("networkidle")
        time.sleep(2)  # the service worker may still fetch what it wants to keep
        context.close()
    return {
        "requests": len(meter.requests),
        "received": meter.received,
        "paths": [path.decode() for path in meter.requests],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--chromium", choices=list(ENGINES), default="current")
    options = parser.parse_args()
    with scratch() as folder:
        server = Server(folder)
        try:
            with sync_playwright() as playwright:
                weight = weigh(playwright, options.chromium, server.port)
                one = options.chromium
                runs = [one_run(playwright, one, server.port) for _ in range(options.runs)]
        finally:
            server.process.terminate()
            server.process.wait()
    scripts = {str(path).split("/")[-1] for path in weight["paths"] if str(path).endswith(".js")}
    compressed = sum(
        (ROOT / "static/gen" / f"{script}.br").stat().st_size
        for script in scripts
        if (ROOT / "static/gen" / f"{script}.br").exists()
    )
    print(f"Chromium {options.chromium}, median of {options.runs}")
    print(f"  first visit: {weight['requests']} requests, {weight['received'] / 1000:.1f} KB")
    print(f"  scripts, compressed: {compressed / 1000:.1f} KB")
    print(f"  {json.dumps(weight['paths'])}")
    for kind in ("first", "second", "offline"):
        usable = statistics.median(run[kind]["usable"] for run in runs)
        tap = statistics.median(run[kind]["tap"] for run in runs)
        print(f"  {kind:8} first field usable {usable / 1000:.2f} s, {tap:.0f} ms after the tap")


if __name__ == "__main__":
    main()
