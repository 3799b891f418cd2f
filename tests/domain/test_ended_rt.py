"""What lies on the desk of an RT that is there no more is never stuck."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy.orm import Session

from sipokat.database import db, writing
from sipokat.domain import (
    barred,
    chain,
    deputies,
    events,
    listing,
    photo_changes,
    region_changes,
    terms,
    verification,
)
from sipokat.domain.clock import now
from sipokat.domain.letters import Letter
from sipokat.domain.refusals import NeverAllowed, NotFound, NotNow
from sipokat.models import Report
from tests import steps
from tests.cast import (
    HARTONO,
    MARLINA,
    PETANANG_ULU,
    RAHMAN,
    SARI,
    SITI,
    TABA_BARU,
    YUSUF,
    Person,
)
from tests.steps import OPERATOR, act, change_region, days, refused, revise, send, user_of

RT = RAHMAN.region
NEW = f"{PETANANG_ULU}.014"


def allowed(person: Person, report: Report) -> tuple[str, ...]:
    """What this person may do with the report now."""
    report = steps.report_of(report.number)
    moves = events.moves_of(db.session(), report)
    user = user_of(person)
    return chain.allowed(events.rebuild(report, moves), verification.actor_before(user, report))


def on_desk(session: Session, person: Person) -> list[str]:
    steps.afresh(session)
    return [one.number for one in listing.own_desk(session, user_of(person))]


def ended(*, returned: bool = True) -> Report:
    """A report of Rahman's that came back, or waits, when his RT was there no more."""
    report = send(RAHMAN, on=days(-3))
    if returned:
        report = act(HARTONO, report, "return")
    change_region("dissolve", RT, days(-1))
    return report


def test_until_the_last_day_it_is_the_heads(session: Session) -> None:
    returned = act(HARTONO, send(RAHMAN), "return")
    change_region("dissolve", RT, days(0))
    assert region_changes.unmended(session, RT) == 1
    assert allowed(RAHMAN, returned) == ("revise", "withdraw")
    assert allowed(HARTONO, returned) == ()
    with time_machine.travel(now() + timedelta(days=1)):
        steps.afresh(session)
        assert allowed(RAHMAN, returned) == ()
        assert allowed(HARTONO, returned) == ("revise", "withdraw")
        assert on_desk(session, HARTONO) == [returned.number]


def test_then_it_is_the_kelurahans(session: Session) -> None:
    report = ended()
    assert on_desk(session, HARTONO) == [report.number]
    for other in (RAHMAN, SITI, SARI, YUSUF):
        assert on_desk(session, other) == []
        kind = NotFound if other in (SITI, SARI) else NeverAllowed
        refused(kind, act, other, report, "withdraw")
    mended = revise(HARTONO, report, text="Rapat warga, 40 orang.")
    assert (mended.desk, mended.region_code, mended.author_desk) == ("kelurahan", RT, "rt")
    last = events.moves_of(session, mended)[-1]
    assert (last.actor_role, last.actor_region) == ("lurah", PETANANG_ULU)
    assert on_desk(session, HARTONO) == []


def test_who_has_mended_it_does_not_decide_it(session: Session) -> None:
    """So it waits for another holder, or for a Plh. whom the camat names."""
    mended = revise(HARTONO, ended(), text="Rapat warga, 40 orang.")
    assert refused(NeverAllowed, act, HARTONO, mended, "verify").code == "own"
    assert barred.waiting_for_deputy(session, user_of(YUSUF)) == {PETANANG_ULU: 1}
    with writing() as writes:
        letter = Letter("lurah", PETANANG_ULU, "plh", days(0), days(3), "800/1", days(0))
        deputies.appoint(writes, OPERATOR, user_of(SARI), letter)
    assert act(SARI, mended, "verify").desk == "kecamatan"
    assert barred.waiting_for_deputy(session, user_of(YUSUF)) == {}


def test_withdrawn_it_is_final(session: Session) -> None:
    assert act(HARTONO, ended(), "withdraw").status == "withdrawn"


def test_what_lies_elsewhere_goes_its_way(session: Session) -> None:
    """The kelurahan decides it, and does not withdraw what it has to decide."""
    report = ended(returned=False)
    assert allowed(HARTONO, report) == ("verify", "return", "reject")
    assert "di meja lurah" in refused(NotNow, act, HARTONO, report, "withdraw").message
    refused(NotNow, revise, HARTONO, report, text="Lain.")
    report = act(HARTONO, report, "return")
    assert allowed(HARTONO, report) == ("revise", "withdraw")


def test_a_report_that_comes_back_from_above_later(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN, on=days(-3)), "verify")
    change_region("merge", [RT, SITI.region], SITI.region, days(0))
    report = act(YUSUF, report, "return")
    report = act(HARTONO, report, "return")
    assert allowed(HARTONO, report) == ("revise", "withdraw")
    refused(NotFound, act, SITI, report, "withdraw")


def test_whoever_wrote_it_and_goes_on_in_another_rt_mends_it_too(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN, on=days(-3)), "return")
    to = f"{TABA_BARU}.020"
    change_region("move", RT, to, days(0))
    assert on_desk(session, RAHMAN) == on_desk(session, HARTONO) == [report.number]
    assert on_desk(session, MARLINA) == []
    mended = revise(RAHMAN, report, text="Rapat warga, 40 orang.")
    assert (mended.desk, mended.region_code) == ("kelurahan", RT)
    last = events.moves_of(session, mended)[-1]
    assert (last.actor_role, last.actor_region) == ("rt_head", RT)
    refused(NotNow, revise, RAHMAN, mended, text="Sekali lagi.")
    assert act(HARTONO, mended, "verify").desk == "kecamatan"


def test_a_sekretaris_has_the_same_desk(session: Session) -> None:
    with writing() as writes:
        terms.begin(writes, OPERATOR, user_of(SITI), "lurah", PETANANG_ULU, days(-9), seat="kasi")
    report = ended()
    mended = revise(SITI, report, text="Rapat warga, 40 orang.")
    assert act(HARTONO, mended, "verify").desk == "kecamatan"


def test_photos_that_never_came_are_let_go(session: Session) -> None:
    report = act(HARTONO, send(RAHMAN, on=days(-3), photos=[steps.photo()]), "return")
    change_region("dissolve", RT, days(-1))
    photo = steps.report_of(report.number).photos[0]
    assert photo_changes.may_change(user_of(HARTONO), photo, now())
    assert not photo_changes.may_change(user_of(YUSUF), photo, now())
    after = photo_changes.drop(user_of(HARTONO), report.client_id, photo.client_id)
    assert not after.photos[0].current
