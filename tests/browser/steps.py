"""What a person does on the phone, in a line each, and where tests look for the outcome.

page = write(phone, "sampah", photos=1)     # the form is filled in
save(page)                                  # "Kirim laporan", until the phone says it is kept
(entry,) = outbox(phone)
eventually(lambda: reports(server), 1)
"""

from __future__ import annotations

import base64
import hashlib
import io
import random
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from PIL import Image
from playwright.sync_api import Error, Locator, Page, expect

from sipokat.domain.categories import categories
from tests.cast import PASSWORD, Person
from tests.services.network import Fault, refuse, somebody_elses
from tests.services.phone import Phone
from tests.services.server import Server
from tests.services.speed import tries

PATIENCE = 20

# The least that each category requires, as it is chosen and typed.
LEAST: dict[str, dict[str, str]] = {
    "pemerintahan": {"jenis": "rapat"},
    "sampah": {"jenis": "tumpukan"},
    "keamanan_ketertiban": {"jenis": "ronda"},
    "nihil": {},
}
TEXT = "Rapat bulanan warga di balai RT."
PLACE = "Gang 3, depan musala"
TRUTHY: Any = object()


def eventually(look: Callable[[], Any], wanted: Any = TRUTHY, seconds: float = PATIENCE) -> Any:
    """Look again and again until the result is `wanted`, or truthy by default. Returns it."""
    seen = None
    for _ in tries(seconds):
        try:
            seen = look()
        except Error as error:  # the page went on to another one meanwhile
            if "Execution context was destroyed" not in error.message:
                raise
            continue
        if seen if wanted is TRUTHY else seen == wanted:
            return seen
    raise AssertionError(f"still {seen!r}" + f", not {wanted!r}" * (wanted is not TRUTHY))


@cache
def picture(seed: int = 1, width: int = 400, height: int = 300) -> bytes:
    """A JPEG that does not compress away, different for every seed."""
    chance = random.Random(seed)
    blocks = Image.frombytes("RGB", (120, 90), chance.randbytes(120 * 90 * 3))
    out = io.BytesIO()
    blocks.resize((width, height), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def file(data: bytes, name: str = "foto.jpg", kind: str = "image/jpeg") -> Any:
    """A file for a file chooser."""
    return {"name": name, "mimeType": kind, "buffer": data}


# --- The form ----------------------------------------------------------------------------------


def open_form(phone: Phone, category: str) -> Page:
    """The form of one category, by its tile."""
    page = phone.open("/laporan/baru")
    page.locator(f".tile[data-category={category}]").click()
    expect(page.locator("[data-report-form]")).to_be_visible()
    return page


def choose(page: Page, name: str, value: str) -> None:
    """Tap one of several choices."""
    page.locator(f"label.choice:has(input[name='{name}'][value='{value}'])").click()


def more(page: Page) -> None:
    """Open "Tambah rincian", behind which the numbers stand that may be left empty."""
    page.locator("[data-report-form] summary").click()


def offered(chooser: Locator) -> Locator:
    """
    A file input of our own script, once the form offers it: a file that is set before the script
    listens is not heard, and no person can choose one so early.
    """
    expect(chooser.locator("xpath=ancestor::label[1]")).to_be_visible()
    return chooser


def gallery(page: Page) -> Locator:
    """The file input behind "Galeri"."""
    return offered(page.locator("[data-photo-add] input[multiple]"))


def swapper(page: Page, number: int) -> Locator:
    """The file input behind "Ganti foto ini" of this photo."""
    return offered(page.get_by_label(f"Ganti foto {number}"))


def add_photos(page: Page, photos: int | Iterable[bytes], before: int = 0) -> None:
    """Choose photos from the gallery and wait until each is shown."""
    data = [picture(seed) for seed in range(1, photos + 1)] if isinstance(photos, int) else photos
    files = [file(one, f"foto-{place}.jpg") for place, one in enumerate(data)]
    gallery(page).set_input_files(files)
    expect(page.locator("[data-photos] [data-photo]")).to_have_count(before + len(files))


def fill(
    page: Page,
    category: str,
    text: str = TEXT,
    photos: int | Iterable[bytes] = 0,
    fields: dict[str, str] | None = None,
) -> None:
    """Fill in everything that the category requires."""
    for key, value in (LEAST[category] | (fields or {})).items():
        choose(page, f"fields.{key}", value)
    if photos:
        add_photos(page, photos)
    page.fill("#field-text", text)
    if category == "sampah":
        page.fill("#field-place_text", PLACE)


def write(
    phone: Phone,
    category: str = "pemerintahan",
    text: str = TEXT,
    photos: int | Iterable[bytes] = 0,
) -> Page:
    """Open and fill the form, without sending it."""
    page = open_form(phone, category)
    fill(page, category, text, photos)
    return page


def save(page: Page) -> None:
    """Send the form. Returns when the phone says that the report is saved."""
    page.locator("[data-report-form] button[type=submit]").click()
    expect(page.locator("[data-saved]")).to_be_visible()


def report(
    phone: Phone,
    category: str = "pemerintahan",
    text: str = TEXT,
    photos: int | Iterable[bytes] = 0,
) -> Page:
    """Write a report and send the form, so that it is in the outbox."""
    page = write(phone, category, text, photos)
    save(page)
    return page


# --- What is where -----------------------------------------------------------------------------


def ready(phone: Phone, person: Person | None = None) -> Phone:
    """Sign in, and wait until the worker controls the page, as on a phone that was online once."""
    if person:
        phone.sign_in(person)
    else:
        phone.open("/masuk")
    phone.worker_ready()
    return phone


def outbox(phone: Phone) -> list[Any]:
    """All entries on the phone, of every owner, oldest first."""
    return sorted(phone.stored("entries"), key=lambda entry: entry["order"])


def states(phone: Phone) -> list[str]:
    return [entry["state"] for entry in outbox(phone)]


def sent(phone: Phone, count: int = 1) -> list[Any]:
    """Wait until all entries, `count` of them, are sent. Returns them."""
    eventually(lambda: states(phone), ["sent"] * count)
    return outbox(phone)


def reports(server: Server) -> list[Any]:
    """The reports that the server has, oldest first."""
    return server.query("SELECT * FROM report ORDER BY id")


def photos(server: Server) -> list[Any]:
    return server.query("SELECT * FROM photo ORDER BY id")


def received(server: Server, photo: Any) -> str:
    """The digest of the photo's original in the server's store."""
    key = f"original/{photo.client_id[:2]}/{photo.report_id}-{photo.client_id}"
    return hashlib.sha256((server.data / "photos" / key).read_bytes()).hexdigest()


# --- Without the form, where the form is not what is tested ------------------------------------

KEEP = """async ([category, title, values, pictures]) => {
    const { app, identity, outbox, page, submission, wire } = self.sipokat;
    const { owner } = await identity.who();
    const fresh = [];
    for (const base64 of pictures) {
        const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)).buffer;
        const facts = { id: submission.uuid(), type: "image/jpeg", size: bytes.byteLength };
        fresh.push({ ...facts, sha256: await wire.sha256(bytes), bytes });
    }
    const written = { happened_on: page.dates(Date.now()).today, ...values };
    const id = submission.uuid();
    await outbox.submit(
        submission.entryOf({ id, owner, category, title, values: written, photos: fresh }),
        { fresh },
    );
    app.saved();
    return id;
}"""


def keep(
    phone: Phone,
    category: str = "pemerintahan",
    text: str = TEXT,
    photos: int | Iterable[bytes] = 0,
    **values: str,
) -> str:
    """Put a report into the outbox by the functions that the form calls. Returns the entry's id.

    `values` are the form's own, `happened_on` for one; any page of the signed-in person will do.
    """
    typed = {f"fields.{key}": value for key, value in LEAST[category].items()} | {"text": text}
    if category == "sampah":
        typed["place_text"] = PLACE
    data = [picture(seed) for seed in range(1, photos + 1)] if isinstance(photos, int) else photos
    pictures = [base64.b64encode(one).decode() for one in data]
    title = categories()[category].name
    id_: str = phone.page.evaluate(KEEP, [category, title, typed | values, pictures])
    return id_


def send_now(phone: Phone) -> None:
    """Try everything that waits, as "Kirim sekarang" does; returns when that run is over."""
    phone.page.evaluate("() => sipokat.app.drain('tap')")


def begin_to_send(phone: Phone) -> None:
    """The same without waiting, for a run that something holds up."""
    phone.page.evaluate("() => { sipokat.app.drain('tap'); }")


def arrives(phone: Phone, server: Server) -> Any:
    """Have the phone try until its one entry is a receipt, and see that the server has one report
    with the same photos. Gives the entry."""
    eventually(lambda: send_now(phone) or states(phone), ["sent"])
    (entry,) = outbox(phone)
    (row,) = reports(server)
    assert row.client_id == entry["id"]
    current = server.query("SELECT client_id, sha256 FROM photo WHERE current ORDER BY id")
    assert [(one.client_id, one.sha256) for one in current] == [
        (photo["id"], photo["sha256"]) for photo in entry["photos"]
    ]
    assert server.value("SELECT count(*) FROM event WHERE version IS NOT NULL") == 1
    return entry


def ours(status: int, error: str, **headers: str) -> Fault:
    """SIPOKAT itself answers with this refusal."""
    body = f'{{"error": "{error}", "message": "Begitulah.", "fields": {{}}}}'
    return somebody_elses(status, body, "application/json", Sipokat="1", **headers)


def no_signal(server: Server) -> None:
    """Let no request through until the network is healed; `navigator.onLine` stays true.

    In 106 `go_offline` does not reach a worker that starts later, but this does.
    """
    server.network.when("*", "*", refuse, times=None)


# --- Whose phone it is -------------------------------------------------------------------------

OWNER = """async () => {
    const { owner, signed_out } = await sipokat.identity.who();
    return [owner?.name || null, Boolean(signed_out)];
}"""


def owner(phone: Phone) -> list[Any]:
    """The name of the phone's owner, and whether a sign-out has still to be sent to the server."""
    seen: list[Any] = phone.page.evaluate(OWNER)
    return seen


def kept_pages(phone: Phone) -> list[str]:
    """The names of the caches that hold somebody's pages."""
    names = phone.page.evaluate("async () => await caches.keys()")
    return [name for name in names if name.startswith("sipokat-pages-")]


def is_kept(phone: Phone, path: str) -> bool:
    """Whether the worker has a copy of the page at this address."""
    look = "async (path) => Boolean(await caches.match(path, { ignoreVary: true }))"
    kept: bool = phone.page.evaluate(look, path)
    return kept


def enter(page: Page, person: Person) -> None:
    """Fill in and send the sign-in form of the open page."""
    page.fill("[name=phone]", person.phone)
    page.fill("[name=password]", PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()


# --- Odd phones ------------------------------------------------------------------------------

# While `self.full` is set there is no room for an entry or a photo.
FULL = """
(() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, key) {
    if (self.full && (this.name === "entries" || this.name === "photos")) {
      throw new DOMException("no room", "QuotaExceededError");
    }
    return put.call(this, value, key);
  };
})();
"""

# Every photo waits to be decoded until `decoded()`.
SLOW_CAMERA = """
(() => {
  const decode = self.createImageBitmap;
  const gate = new Promise((open) => { self.decoded = open; });
  self.createImageBitmap = async (...given) => {
    await gate;
    return decode(...given);
  };
})();
"""

# Pages of a browser without Background Sync; its worker is woken by nobody but the test.
NO_SYNC = "delete self.SyncManager; delete ServiceWorkerRegistration.prototype.sync;"

TRY_IN_VAIN = """async (id) => {
    await sipokat.app.drain("tap");
    const next_try = Date.now() + 3_600_000;
    await sipokat.outbox.update(id, (entry) => ({ ...entry, next_try }));
}"""


def try_in_vain(phone: Phone, id_: str) -> None:
    """Try the outbox without signal. After that no timer sends this entry for an hour."""
    phone.page.evaluate(TRY_IN_VAIN, id_)
