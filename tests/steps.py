"""What people do, in a line each, for tests about its outcome.

    report = send(RAHMAN)                          # a sound report, from his RT
    report = send(RAHMAN, "sampah", photos=[photo])
    act(HARTONO, report, "verify", klass="kinerja")
    refused(NeverAllowed, act, RAHMAN, report, "verify")

Everything runs inside an application context, as the `session` fixture opens one.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import (
    administration,
    events,
    intake,
    people,
    region_changes,
    regions,
    revisions,
    verification,
)
from sipokat.domain.chain import FINAL, Request
from sipokat.domain.clock import day_of, now
from sipokat.domain.content import PhotoClaim, Raw
from sipokat.domain.periods import months
from sipokat.domain.refusals import Refused
from sipokat.models import Event, Report, Term, User
from tests.cast import Person
from tests.services.database import CHEAP, LONG_AGO
from tests.services.speed import patience

Refusal = TypeVar("Refusal", bound=Refused)
OPERATOR = administration.operator("budi")
NEW_NUMBERS = itertools.count(81_300_000_001)

# The least that each category requires.
LEAST: dict[str, dict[str, Any]] = {
    "pemerintahan": {"jenis": "rapat"},
    "kependudukan": {"kk": 90}
    | {
        f"{what}_{sex}": 3
        for what in ("penduduk", "lahir", "meninggal", "datang", "pindah")
        for sex in "lp"
    },
    "kesehatan_lingkungan": {"jenis": "gotong_royong"},
    "sampah": {"jenis": "tumpukan"},
    "keamanan_ketertiban": {"jenis": "ronda"},
    "sosial_kemasyarakatan": {"jenis": "bansos"},
    "keagamaan": {"jenis": "pengajian"},
    "pembangunan": {"jenis": "jalan", "kondisi": "sedang"},
    "bencana": {"jenis": "banjir"},
    "tamu": {"laki": 1, "perempuan": 2, "lama_hari": 3},
    "nihil": {},
    "pad_inovasi": {"sumber": "Parkir tepi sungai"},
    "rekap_bulanan": {},
}
PERIODIC = ("kependudukan", "nihil", "rekap_bulanan")


def today() -> date:
    """Today's date in Lubuklinggau."""
    return day_of(now())


def days(number: int) -> date:
    """The date so many days after today's."""
    return today() + timedelta(days=number)


def least(category: str, on: date | None = None) -> dict[str, Any]:
    """The required fields of this category."""
    fields = dict(LEAST[category])
    if category in PERIODIC:
        fields["periode"] = months(on or today())[0]
    return fields


def raw(category: str = "pemerintahan", on: date | None = None, **changes: Any) -> Raw:
    """The content of a correct report of this category."""
    values: dict[str, Any] = {
        "happened_on": (on or today()).isoformat(),
        "text": "Rapat bulanan warga di balai RT.",
        "fields": least(category, on),
    }
    if category in ("sampah", "pembangunan", "bencana"):
        values["place_text"] = "Gang 3, depan musala"
    if category == "sampah":
        values["photos"] = [photo()]
    return Raw(**(values | changes))


def photo(content: str | None = None) -> PhotoClaim:
    """A photo that a phone declares."""
    content = content or str(uuid.uuid4())
    return PhotoClaim(str(uuid.uuid4()), hashlib.sha256(content.encode()).hexdigest())


_BY_PHONE = select(User).where(User.phone == bindparam("phone"))
_BY_NUMBER = select(Report).where(Report.number == bindparam("number"))


def user_of(person: Person) -> User:
    """The account of one of the cast."""
    phone = people.normal_phone(person.phone)
    return db.session.scalars(_BY_PHONE, {"phone": phone}).one()


def newcomer(name: str, role: str, region: str, since: date = LONG_AGO) -> Person:
    """Make an account for somebody who is not of the cast. A second head of an RT is made too,
    whom `accounts.create` refuses."""
    person = Person(f"0{next(NEW_NUMBERS)}", name, role, region)
    with writing() as session:
        if role == "rt_head":
            regions.ensure_rt(session, region)
        session.add(people.account(person.phone, name, role, region, CHEAP, since=since))
    return person


def end_term(person: Person, until: date) -> None:
    """End the person's first office after this day."""
    with writing():
        user = user_of(person)
        user.terms[0].until = until


def change_region(verb: str, *said: object) -> Any:
    """Change an RT: `change_region("split", RT, [RT, NEW], days(0))`."""
    with writing() as session:
        return getattr(region_changes, verb)(session, OPERATOR, *said)


def add_term(
    person: Person,
    region: str,
    since: date = LONG_AGO,
    until: date | None = None,
    role: str | None = None,
    acts_for: Person | None = None,
) -> None:
    """Give the person one more office, of their own role unless another is named."""
    with writing():
        user = user_of(person)
        term = Term(role=role or person.role, region_code=region, since=since, until=until)
        if acts_for:
            term.acts_for_id, term.kind = user_of(acts_for).id, "plh"
            term.letter_number, term.letter_date = "800/12", since
            term.until = until or today() + timedelta(days=29)
        user.terms.append(term)


def counted_anew(session: Session) -> dict[tuple[str, str], int]:
    """What the tallies must say: every final report, by region and status."""
    query = select(Report.region_code, Report.status, func.count())
    query = query.where(Report.status.in_(FINAL)).group_by(Report.region_code, Report.status)
    found = session.execute(query)
    return {(region, status): count for region, status, count in found}


def submission(category: str = "pemerintahan", **changes: Any) -> intake.Submission:
    """A correct report as it arrives. What is no field of `Submission` goes into its content."""
    own = {
        name: changes.pop(name)
        for name in list(changes)
        if name in intake.Submission.__dataclass_fields__
    }
    own.setdefault("client_id", str(uuid.uuid4()))
    own.setdefault("raw", raw(category, **changes))
    return intake.Submission(category, **own)


def send(
    person: Person, category: str = "pemerintahan", at: datetime | None = None, **changes: Any
) -> Report:
    """Send a correct report. Returns the report as it was taken in."""
    receipt, new = intake.submit(user_of(person), submission(category, **changes), at)
    assert new
    return report_of(receipt.number)


def report_of(number: str) -> Report:
    """The report with this number, as it is now."""
    report = db.session.scalars(_BY_NUMBER, {"number": number}).unique().one()
    db.session.commit()  # so that the test sees what others write after this
    return report


def act(
    person: Person,
    report: Report,
    action: str,
    version: int | None = None,
    action_id: str | None = None,
    at: datetime | None = None,
    **said: Any,
) -> Report:
    """Act on the report, at its present version and with what the action requires, unless given."""
    usual: dict[str, dict[str, str]] = {
        "verify": {"klass": "kegiatan"} if report.klass is None else {},
        "return": {"reason": "lainnya", "note": "Mohon dilengkapi."},
        "reject": {"reason": "lainnya", "note": "Tidak terjadi."},
        "reopen": {"reason": "lainnya"},
        "withdraw": {},
    }
    asked = Request(action, report.version if version is None else version, **usual[action] | said)
    return verification.act(user_of(person), report.number, asked, action_id, at)


def revise(person: Person, report: Report, action_id: str | None = None, **changes: Any) -> Report:
    """Revise the report with correct content of the same category."""
    version = changes.pop("version", report.version)
    content = raw(report.category, **changes)
    return revisions.revise(user_of(person), report.number, version, content, action_id)


def climb(report: Report, *people: Person) -> Report:
    """Have these people verify the report, one after the other."""
    for person in people:
        report = act(person, report, "verify")
    return report


def events_of(report: Report) -> list[Event]:
    """The events of the report, oldest first."""
    return events.moves_of(db.session(), report)


def afresh(session: Session) -> None:
    """Forget what was read, so that the next look reads the database again."""
    session.rollback()
    session.expire_all()


def refused(kind: type[Refusal], do: Callable[..., Any], *args: Any, **said: Any) -> Refusal:
    """Do this and expect exactly this kind of refusal. Returns the refusal."""
    with pytest.raises(kind) as caught:
        do(*args, **said)
    assert type(caught.value) is kind
    return caught.value


def at_once(app: Flask, *deeds: Callable[[], Any]) -> list[Any]:
    """Do all of this at the same moment, each in a thread and a session of its own. Returns the
    result or the exception of each."""
    outcomes: list[Any] = [None] * len(deeds)
    gate = threading.Barrier(len(deeds), timeout=patience(30))

    def run(place: int) -> None:
        with app.app_context():
            try:
                gate.wait()
                outcomes[place] = deeds[place]()
            except Exception as error:
                outcomes[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(60))
    return outcomes
