"""How many statements a page sends to the database: as many for one report as for many, and few."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from sipokat.database import writing
from sipokat.domain.clock import now
from sipokat.models import LoginSession
from tests import steps, wire
from tests.cast import AGUS, DEWI, HARTONO, RAHMAN, RATNA, SITI, UTARA_I, YUSUF, ZAINAL, Person
from tests.page import Visitor
from tests.services import pictures
from tests.services.database import CONTROL, MOST, asking, statements

Site = Callable[[Person], Visitor]
MANY = 22  # more than a page
# A region's page of monitoring says who reports, who answers and who is silent.
MOST_OF_A_REGION = 15
HTML, JSON = "text/html", "application/json"
LISTS = ("", "?status=waiting&late=all", f"?region={UTARA_I}&category=sampah&month=2026-11")


def pages(waiting: str, returned: str) -> Iterator[tuple[Person, str, str]]:
    """Every page that shows rows: who opens it, its address and in which form. `waiting` is the
    number of a report that nobody has opened, `returned` that of one to be mended by Rahman."""
    for person in (RAHMAN, HARTONO, YUSUF, DEWI, ZAINAL, RATNA, AGUS):
        yield person, "/beranda", HTML
        yield person, "/akun", HTML
    for kind in (HTML, JSON):
        for person in (RAHMAN, HARTONO, YUSUF, DEWI, ZAINAL, RATNA, AGUS):
            yield person, "/pemberitahuan", kind
        for person in (RAHMAN, HARTONO, YUSUF, DEWI, ZAINAL, RATNA):
            yield from ((person, f"/laporan{asked}", kind) for asked in LISTS)
            yield person, f"/laporan/{returned}", kind
        for person in (HARTONO, YUSUF, DEWI):
            yield person, "/verifikasi", kind
        for person in (RAHMAN, HARTONO, YUSUF, DEWI):
            yield person, f"/pemantauan/{person.region}", kind
            yield person, f"/pemantauan/{person.region}/rt", kind
            yield person, f"/pemantauan/{person.region}/keputusan", kind
            yield person, f"/pemantauan/{person.region}/isi", kind
            yield person, f"/pemantauan/{person.region}/belum-melapor", kind
            yield person, f"/pemantauan/{person.region}/pengingat", kind
            yield person, f"/pemantauan/{person.region}/peta", kind
    yield HARTONO, f"/laporan/{waiting}", HTML
    yield RAHMAN, f"/laporan/{returned}/perbaikan", HTML
    for person in (HARTONO, YUSUF, AGUS):
        for asked in ("", f"?region={UTARA_I}&role=rt_head&state=no_phone"):
            yield person, f"/pengelolaan{asked}", HTML
        yield person, "/pengelolaan/jabatan", HTML


def report(count: int) -> tuple[str, str]:
    """Have so many reports lie on each desk, for the first and the second time, come back, get an
    answer and be bencana. Returns the
    numbers of one that waits and one that came back."""
    for place in range(count):
        waiting = steps.send(RAHMAN, "sampah", text=f"Nomor {place}.")
        steps.send(SITI, "bencana", text=f"Banjir {place}.")
        steps.climb(steps.send(SITI, "sampah", text=f"Naik {place}."), HARTONO)
        steps.climb(steps.send(SITI, text=f"Sampai {place}."), HARTONO, YUSUF)
        steps.act(HARTONO, steps.send(RAHMAN, text=f"Baik {place}."), "verify", note="Baik.")
        again = steps.act(HARTONO, steps.send(SITI, text=f"Lagi {place}."), "return")
        steps.revise(SITI, again, text=f"Lagi {place}, dengan jumlahnya.")
        returned = steps.act(HARTONO, steps.send(RAHMAN, text=f"Kembali {place}."), "return")
        steps.act(YUSUF, steps.send(HARTONO, text=f"Kurang {place}."), "return")
    return waiting.number, returned.number


def asked(app: Flask, site: Site, count: int) -> dict[tuple[str, str, str], int]:
    """How many statements each page sends with so many more reports, when nobody has used its
    session for hours: its last use is written then."""
    sent: dict[tuple[str, str, str], int] = {}
    with app.app_context():
        numbers = report(count)
    for person, path, kind in pages(*numbers):
        visitor = site(person)
        if path.startswith("/pemantauan"):  # a process reads each month that is over only once
            visitor.request("GET", path, headers={"Accept": kind})
        with app.app_context(), writing() as session:
            session.execute(update(LoginSession).values(last_used_at=now() - timedelta(hours=11)))
        with statements(app) as said:
            answer = visitor.request("GET", path, headers={"Accept": kind})
        assert answer.status_code == 200, path
        name = path.replace(numbers[0], "<waiting>").replace(numbers[1], "<returned>")
        sent[person.name, name, kind] = asking(said)
    return sent


def test_no_page_sends_more_statements_for_more_reports(app: Flask, site: Site) -> None:
    few = asked(app, site, 1)
    many = asked(app, site, MANY)
    assert {page: count for page, count in few.items() if many[page] != count} == {}
    assert {page: count for page, count in many.items() if count > most_of(page[1])} == {}


def most_of(path: str) -> int:
    return MOST_OF_A_REGION if path.startswith("/pemantauan/") else MOST


# What a report and its photo ask of, in this order.
FILED = [
    *("login_session", "counter", "day_override"),
    *("report", "photo", "revision", "event", "month_count"),
]
PHOTO_KEPT = ["login_session", "photo", "photo", "report"]
_TABLE = re.compile(r"(?:INSERT INTO|FROM|^UPDATE) (\w+)")


def tables(said: list[str]) -> list[str]:
    """The table of each statement that asks for data or changes it. That PostgreSQL also locks the
    report's row before its photo is noted is left out."""
    asked = (one for one in said if not one.startswith(CONTROL) and "FOR NO KEY" not in one)
    return [_TABLE.findall(one)[-1] for one in asked]


@pytest.mark.parametrize("phone", ["known", "unknown"])
def test_a_report_and_its_photo_take_no_statement_more_than_they_need(
    app: Flask, site: Site, phone: str
) -> None:
    """Nobody is told of an ordinary report, so nothing is asked of notices. A session from before
    phones had names, on a phone without its token, costs nothing either."""
    rahman, data = site(RAHMAN), pictures.jpeg()
    if phone == "unknown":
        rahman.client.delete_cookie(f"{app.config['COOKIE_PREFIX']}sipokat-hp")
        with app.app_context(), writing() as session:
            session.execute(update(LoginSession).values(device_id=None))
    photo = wire.declared(data)
    with statements(app) as said:
        receipt = wire.file_report(rahman, photos=[photo])
    assert tables(said) == FILED
    with statements(app) as said:
        wire.put(rahman, receipt["client_id"], photo["id"], data)
    assert tables(said) == PHOTO_KEPT


def test_what_is_not_asked_for_is_not_made(app: Flask, site: Site) -> None:
    """A page reads no record for a JSON that nobody asked for, and JSON nothing for a page."""
    with app.app_context():
        report(1)
    for path, page_only in (("/laporan", "day_override"), ("/verifikasi", "first_opened")):
        with statements(app) as for_json:
            site(HARTONO).request("GET", path, headers={"Accept": JSON})
        assert not any(page_only in one for one in for_json), path
