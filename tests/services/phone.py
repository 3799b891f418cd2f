"""A phone with a browser of its own, whose profile outlives a killed browser.

It has 360x640 and touch, as a J2 Prime. `phone.page` is the page in the foreground (Playwright's).
`phone.complaints` collects the errors of the console; one that the test did not expect fails it.

A phone usually starts with a copy of a profile that has visited SIPOKAT once (`Profiles`): nobody
has signed in, and the service worker is installed. `phones(new=True)` starts with an empty profile.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Playwright

from tests.cast import PASSWORD, Person
from tests.services.network import Line, slower_timeouts
from tests.services.speed import patience, tries

ROOT = Path(__file__).parents[2]
ACTION_SECONDS = 20
LAUNCH_SECONDS = 60
J2_PRIME: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "device_scale_factor": 1,
    "is_mobile": False,
    "has_touch": False,
}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Whether the service worker becomes active within this many milliseconds.
ACTIVE = """async (limit) => {
    const later = new Promise((done) => setTimeout(done, limit));
    const registration = await Promise.race([navigator.serviceWorker.ready, later]);
    if (!registration) return false;
    const { active } = registration;
    while (active.state === "activating") {
        await new Promise((done) => { active.onstatechange = done; });
    }
    return active.state === "activated";
}"""


@dataclass(frozen=True)
class Engine:
    """A browser: its program and the arguments that it needs."""

    name: str
    executable: Path | None
    arguments: tuple[str, ...] = ()
    wakes_worker: bool = False  # whether its service worker starts by itself, to send what waits


def engine(name: str, whole: bool) -> Engine:
    """`current` is Debian's Chromium or Playwright's own, `106` is the last for Android 6.

    Unless it must be the `whole` of the current one, it is the headless shell: the same engine
    without the desktop's windows, menus and Background Sync, for a third of the processor time.
    """
    if name == "106":
        old = ROOT / ".tools/chromium-106/chromium"
        # Without the last argument its network process ends when it first writes cookies to the
        # disk, half a minute after they were set, and all cookies are gone.
        return Engine("106", old, ("--no-zygote", "--headless", "--disable-cookie-encryption"))
    full, shell = (Path("/usr/bin") / name for name in ("chromium", "chromium-headless-shell"))
    if full.exists() and (whole or not shell.exists()):
        return Engine("current", full, wakes_worker=True)
    return Engine("current", shell if shell.exists() else None)


@dataclass
class Phone:
    playwright: Playwright
    engine: Engine
    profile: Path
    line: Line
    options: dict[str, Any] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    _cookies: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of SIPOKAT for this phone."""
        return self.line.url

    def start(self) -> Page:
        """Open the browser, on the same profile each time."""
        self.context: BrowserContext = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=self.engine.executable,
            args=[*QUIET, *self.engine.arguments],
            timeout=patience(LAUNCH_SECONDS) * 1000,
            base_url=self.url,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            **J2_PRIME | self.options,
        )
        self.context.add_init_script(slower_timeouts())
        self.context.set_default_timeout(patience(ACTION_SECONDS) * 1000)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.add_cookies(self._cookies)
        self.context.set_offline(self.line.cut)
        self.page: Page = self.context.pages[0] if self.context.pages else self.context.new_page()
        return self.page

    def kill(self) -> None:
        """SIGKILL to the browser and its children, as Android does when memory is short."""
        self._settle_cookies()
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        with suppress(Error):
            self.context.close()

    def restart(self) -> Page:
        """Kill the browser and open it again."""
        self.kill()
        return self.start()

    def close(self) -> None:
        with suppress(Error):
            self.context.close()

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def new_tab(self) -> Page:
        return self.context.new_page()

    def sign_in(self, person: Person) -> Page:
        """Sign in by a request, and open a page that notes the owner on the phone.

        If the phone had another owner, use the form instead (`steps.enter`): it notes the new owner
        before a page is loaded.
        """
        answer = self.context.request.post(
            "/masuk",
            data={"phone": person.phone, "password": PASSWORD},
            headers={"Accept": "application/json", "Origin": self.url},
        )
        assert answer.ok, f"{person} cannot sign in: {answer.status} {answer.text()}"
        self.open("/beranda")
        self.page.evaluate("async () => { await self.sipokat?.owner?.ready; }")
        return self.page

    def go_offline(self) -> None:
        """Cut the network for pages and worker; `navigator.onLine` becomes false."""
        self.line.cut = True  # in 106 `set_offline` does not reach a worker that starts later
        self.context.set_offline(True)

    def go_online(self) -> None:
        self.line.cut = False
        self.context.set_offline(False)

    def worker_ready(self) -> None:
        """Wait until the service worker is active and has the page under its control.

        A new phone has to load its page again for that, so call this before anything is typed.
        """
        active = self.page.evaluate(ACTIVE, patience(ACTION_SECONDS) * 1000)
        assert active, "no worker"
        if not self.page.evaluate("Boolean(navigator.serviceWorker.controller)"):
            self.page.reload()

    def stored(self, store: str, database: str = "sipokat") -> list[Any]:
        """All rows of an IndexedDB store, with the length of byte arrays in their place."""
        stored: list[Any] = self.page.evaluate(
            """async ([database, store]) => {
                const open = indexedDB.open(database);
                const db = await new Promise((done, failed) => {
                    open.onsuccess = () => done(open.result);
                    open.onerror = () => failed(open.error);
                });
                try {
                    const all = db.transaction(store).objectStore(store).getAll();
                    const rows = await new Promise((done, failed) => {
                        all.onsuccess = () => done(all.result);
                        all.onerror = () => failed(all.error);
                    });
                    return JSON.parse(JSON.stringify(rows, (key, value) =>
                        value instanceof ArrayBuffer || ArrayBuffer.isView(value)
                            ? value.byteLength : value));
                } finally {
                    db.close();
                }
            }""",
            [database, store],
        )
        return stored

    @contextmanager
    def expecting(self, *words: str) -> Iterator[None]:
        """Complaints with any of these words do not fail the test, not even after the block: the
        browser may report them late."""
        self.expected += words
        yield

    def unexpected(self) -> list[str]:
        """The complaints that the test did not expect."""
        return [one for one in self.complaints if not any(word in one for word in self.expected)]

    def _settle_cookies(self) -> None:
        """Have the cookies written to the disk, as on a phone whose owner signed in days ago.

        Chromium writes them after half a minute or 512 changes, so it gets 600 changes: when it
        starts again its worker may send at once. A browser whose worker does not start by itself
        gets the cookies from `start`.
        """
        self._cookies = [one for one in self.context.cookies() if one["expires"] > 0]
        if self._cookies and self.engine.wakes_worker:
            changes = [{"name": "n", "value": str(n), "url": self.url} for n in range(600)]
            self.context.add_cookies(changes)  # type: ignore[arg-type]
            self.context.clear_cookies(name="n")
            for _ in tries(10):
                if self._cookies_on_disk():
                    break

    def _cookies_on_disk(self) -> bool:
        path = self.profile / "Default/Cookies"
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db,
        ):
            names = {name for (name,) in db.execute("SELECT name FROM cookies")}
            return {cookie["name"] for cookie in self._cookies} <= names
        return False

    def _hear(self, message: ConsoleMessage) -> None:
        # A request that failed is the test's own doing.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _processes(self) -> list[psutil.Process]:
        mark = f"--user-data-dir={self.profile}"
        found = []
        for process in psutil.process_iter(["cmdline"]):
            if mark in (process.info["cmdline"] or []):
                found.append(process)
                with suppress(psutil.NoSuchProcess):
                    found += process.children(recursive=True)
        return found


class Profiles:
    """Profiles that have visited SIPOKAT once, one for each Chromium and line, whose address its
    worker and caches belong to. Each is made when a test first needs it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], Path] = {}

    def copy(self, phone: Phone, server_ready: Callable[[], object]) -> None:
        """Give the phone a copy of the profile for its Chromium and line."""
        key = phone.engine.name, phone.url
        if key not in self._made:
            server_ready()
            self._made[key] = self._folder / f"{phone.engine.name}-{len(self._made)}"
            self._make(Phone(phone.playwright, phone.engine, self._made[key], phone.line))
        shutil.copytree(self._made[key], phone.profile, symlinks=True)

    @staticmethod
    def _make(phone: Phone) -> None:
        # Without the faults of the test that happens to be the first, and unseen in its exchanges.
        with phone.line.untouched():
            phone.start()
            phone.open("/masuk")
            phone.worker_ready()
            phone.close()
