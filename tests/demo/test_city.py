"""The demo city: loaded once for all tests of this file."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sipokat import commands, create_app
from sipokat.database import db
from sipokat.demo import changes
from sipokat.demo.plan import plan
from sipokat.domain import (
    answers,
    chain,
    deadlines,
    events,
    intake,
    listing,
    participation,
    people,
    posts,
    queue,
    reasons,
    regions,
    standing,
)
from sipokat.domain.cards import facts_of
from sipokat.domain.check_figures import differences
from sipokat.domain.clock import WIB, day_of, now
from sipokat.domain.content import content_digest
from sipokat.domain.deadlines import days_between
from sipokat.domain.exports import asking, finding
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.imports import kept
from sipokat.domain.notices import inbox, sentences
from sipokat.domain.nudges.outcomes import results
from sipokat.domain.nudges.rules import PAUSE
from sipokat.domain.office_hours import is_working
from sipokat.domain.participation.overview import overview
from sipokat.domain.photos import picture_key
from sipokat.domain.regions import level_of
from sipokat.domain.roles import DESKS
from sipokat.migrations import upgrade
from sipokat.models import (
    AdministrativeEntry,
    ClosedMonth,
    DayOverride,
    Event,
    Export,
    FirstOpened,
    KnownDevice,
    Notice,
    Nudge,
    Photo,
    Region,
    RegionSuccessor,
    Report,
    Revision,
    Tally,
    Term,
    User,
)
from tests import steps
from tests.cast import (
    AGUS,
    CAST,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    MARLINA,
    PASSWORD,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.comparing_answers import compare
from tests.services.matrix import some

VACANT = f"{HARTONO.region}.006"
MOMENT = datetime(2026, 11, 24, 10, 0, tzinfo=WIB)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a demo city that was loaded on a Tuesday morning."""
    data = tmp_path_factory.mktemp("city")
    app = create_app(
        {"DATA": data, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{data / 'city.sqlite3'}"}
    )
    with time_machine.travel(MOMENT, tick=False), app.app_context():
        upgrade()
        loaded = load(app)
        assert loaded.exit_code == 0, loaded.output
        assert "614 accounts" in loaded.output
        told = [line for line in loaded.output.splitlines() if " steps" in line]
        done = [int(line.split()[4].replace(",", "")) for line in told]
        assert len(done) == 5
        assert done == sorted(done)
        assert told[-1].split()[4] == told[-1].split()[6]
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def rows(city: Flask) -> Iterator[Session]:
    yield db.session()
    db.session.rollback()


def load(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["load-demo"])


def user(session: Session, person: Person) -> User:
    found = people.find_by_phone(session, person.phone)
    assert found is not None
    return found


def test_everybody_has_had_one_office(rows: Session) -> None:
    levels = dict(rows.execute(select(Region.level, func.count()).group_by(Region.level)).all())
    assert levels == {"kota": 1, "kecamatan": 8, "kelurahan": 72, "rt": 529}
    rt = select(func.count()).where(Region.level == "rt").group_by(Region.parent_code)
    rt = rt.where(Region.since.is_(None))
    assert Counter(rows.scalars(rt)) == {8: 24, 7: 48}
    roles = dict(rows.execute(select(User.role, func.count()).group_by(User.role)).all())
    assert roles == {
        "rt_head": 530, "lurah": 72, "camat": 8, "pemerintahan": 1, "asisten": 1, "diskominfo": 1,
        "viewer": 1,
    }  # fmt: skip
    below = select(Term.region_code).where(Term.region_code != "16.73").distinct()
    assert sorted(rows.scalars(below)) == sorted(
        rows.scalars(select(Region.code).where(Region.level != "kota"))
    )


def test_an_rt_has_a_new_head_one_has_none_and_an_account_is_closed(rows: Session) -> None:
    today = day_of(MOMENT)
    ended = rows.scalars(
        select(Term)
        .where(Term.until.is_not(None), Term.kind == "definitif")
        .order_by(Term.region_code)
    )
    vacant, handed_over = sorted(ended, key=lambda term: term.region_code != VACANT)
    assert (vacant.region_code, vacant.until) == (VACANT, today - timedelta(days=3))
    now_held = select(Term).where(Term.region_code == handed_over.region_code, Term.until.is_(None))
    heir = rows.scalars(now_held).one()
    assert heir.since == today - timedelta(days=2)
    wrote = select(Report.id).where(Report.reporter_id == handed_over.user_id)
    assert len(rows.scalars(wrote).all()) > 5, "the former head has something to read"
    closed = rows.scalars(select(User).where(~User.active)).one()
    assert [term.region_code for term in closed.terms] == [f"{SARI.region}.005"]
    for person, code in ((HARTONO, VACANT), (SARI, f"{SARI.region}.005")):
        assert [one.region for one in posts.right_below(rows, user(rows, person)) if one.empty] == [
            code
        ]
    written = rows.scalars(select(AdministrativeEntry).order_by(AdministrativeEntry.id)).all()
    assert [one.action for one in written] == [
        *("end_term", "create", "end_term", "disable"),
        *("add_region", "create", "begin_term", "begin_term", "set_day"),
    ]
    assert {one.actor_id for one in written} == {user(rows, AGUS).id}


def test_an_rt_is_split_and_people_act_in_two_offices(rows: Session) -> None:
    new = rows.scalars(select(Region).where(Region.since.is_not(None))).one()
    assert new.since == day_of(MOMENT) - timedelta(days=2)
    (split,) = rows.scalars(
        select(RegionSuccessor.region_code).where(RegionSuccessor.successor_code == new.code)
    )
    assert rows.get_one(Region, split).until is None, "it goes on"
    head = rows.scalars(select(Term).where(Term.region_code == new.code)).one()
    assert head.since == new.since
    plh = rows.scalars(select(Term).where(Term.kind == "plh")).one()
    assert len(plh.user.terms) == 2
    seat = rows.scalars(select(Term).where(Term.title.is_not(None))).one()
    assert {one.role for one in seat.user.terms} == {"rt_head", "lurah"}
    camat = user(rows, YUSUF)
    assert plh in posts.ending(camat, posts.right_below(rows, camat))


def test_an_import_waits_for_being_applied(rows: Session) -> None:
    (one,) = kept.newest(rows)
    assert one.applied_at is None
    found = kept.verdicts(rows, one)
    assert {verdict.kind for verdict in found} == {"new", "changed", "unchanged", "refused"}
    assert any("Petanang Ilir?" in verdict.why for verdict in found)


def test_a_table_waits_for_the_worker_to_write_it(rows: Session) -> None:
    (one,) = rows.scalars(select(Export))
    asked = asking.asked_of(one)
    user = rows.get_one(User, asked.user_id)
    assert (one.state, finding.within_reach(user, one)) == ("waiting", True)
    assert KINDS[one.what].table(rows, asked).total > 3


@pytest.mark.parametrize("day", ["2026-12-01", "2027-01-01", "2027-03-14", "2028-02-29"])
def test_on_every_day_some_head_can_hand_over(rows: Session, day: str) -> None:
    today = date.fromisoformat(day)
    steps_of_day = plan(today, list(rows.scalars(select(Region.code))))
    assert level_of(changes.handed_over(steps_of_day, today - timedelta(days=3))) == "rt"


def test_the_offered_accounts_let_in(rows: Session) -> None:
    for person in CAST:
        if not person.active:
            continue
        found = user(rows, person)
        assert found.name in (f"Pak {person.name}", f"Bu {person.name}")
        assert (found.role, [term.region_code for term in found.terms]) == (
            person.role,
            [person.region],
        )
        assert people.password_matches(found, PASSWORD)
    assert rows.scalars(select(User.phone).where(~User.phone.startswith("+628120000"))).all() == []


def test_the_mix_is_that_of_the_city(rows: Session) -> None:
    mix = Counter(rows.scalars(select(Report.category)))
    total = mix.total()
    assert 700 <= total <= 1200
    assert mix["pemerintahan"] / total == pytest.approx(0.64, abs=0.04)
    assert (mix["kesehatan_lingkungan"] + mix["sampah"]) / total == pytest.approx(0.24, abs=0.04)
    assert len(mix) == 13
    assert set(rows.scalars(select(Report.klass))) == {"kinerja", "kegiatan", None}


def test_one_rt_in_ten_is_active_and_in_one_kecamatan_more_and_more_are(rows: Session) -> None:
    active = select(func.count(Report.region_code.distinct())).where(Report.author_desk == "rt")
    rising, joined = KOTA + ".05", 15
    assert rows.scalar(active) == 53 + joined
    trend = overview(rows, rising, "2026-10", day_of(MOMENT)).trend
    counts = [figures.active for _, figures in trend[-5:]]
    assert counts == sorted(counts)
    assert counts[-1] >= counts[0] + 10
    months = rows.scalars(select(ClosedMonth.month).where(ClosedMonth.region_code == KOTA))
    assert sorted(months)[-1] == "2026-10", "what is over was closed"


def test_whoever_did_something_has_a_phone_and_some_who_only_looked(rows: Session) -> None:
    active = set(rows.scalars(select(User.id).where(User.active)))
    did = set(rows.scalars(select(Event.actor_id)))
    phones = {one.user_id: one for one in rows.scalars(select(KnownDevice))}
    assert phones.keys() > did
    heads = set(rows.scalars(select(User.id).where(User.role == "rt_head")))
    looked = phones.keys() - did
    assert looked < heads
    assert 0.5 < len(looked) / len(heads - did) < 0.7
    assert {person for person, one in phones.items() if one.pin_hash} == phones.keys() & active


def test_some_reported_soon_after_they_were_asked(rows: Session) -> None:
    """In each month that was asked for; SIPOKAT itself asked, and so did lurah."""
    asked = rows.scalars(select(Nudge).order_by(Nudge.region_code, Nudge.number)).all()
    assert {one.month for one in asked} == {"2026-09", "2026-10", "2026-11"}
    assert {one.by_role for one in asked} == {None, "lurah"}
    assert {one.way for one in asked} == {"notice", "whatsapp"}
    for one, other in pairwise(asked):
        if one.region_code == other.region_code:
            assert other.number == one.number + 1
            assert other.at >= one.at + PAUSE
    for month in ("2026-10", "2026-11"):
        found = results(rows, KOTA, month)
        soon = [one for one in found if one.answered]
        assert 3 <= len(soon) < len(found) / 2, month
    told = rows.scalars(select(Notice.key).where(Notice.kind == "nudge")).all()
    assert len(told) == sum(one.way == "notice" for one in asked)


def test_reports_lie_on_every_desk_in_every_state(rows: Session) -> None:
    lying = Counter((r.author_desk, r.status, r.desk) for r in rows.scalars(select(Report)))
    assert {status for _, status, _ in lying} == {"waiting", "returned", *chain.FINAL}
    for desk in ("kelurahan", "kecamatan", "kota"):
        assert lying["rt", "waiting", desk] > 3
    for desk in ("rt", "kelurahan", "kecamatan"):
        assert lying["rt", "returned", desk] > 0
    assert any(author != "rt" for author, status, _ in lying if status == "waiting")


@pytest.mark.parametrize("person", [HARTONO, SARI, YUSUF, EFFENDI, DEWI], ids=str)
def test_the_offered_desks_have_work(rows: Session, person: Person) -> None:
    figures = queue.summary(rows, user(rows, person))
    assert figures.waiting >= 2
    assert figures.late >= (person is not SARI)


def test_reports_are_late_at_every_level_and_all_who_must_be_told_see_it(rows: Session) -> None:
    found: dict[tuple[str, bool], int] = Counter()
    for report in rows.scalars(select(Report).where(Report.due_at < MOMENT)):
        assert report.desk is not None
        assert report.due_at is not None
        found[report.desk, deadlines.due_twice(report.due_at, report.desk, {}) < MOMENT] += 1
    assert set(found) == {(desk, so) for desk in DESKS[1:] for so in (False, True)}
    below = {
        one: queue.summary(rows, user(rows, one)).late_below for one in (YUSUF, DEWI, ZAINAL, RATNA)
    }
    assert min(below[YUSUF], below[DEWI], below[ZAINAL]) > 0
    assert below[RATNA] == 0
    assert below[DEWI] > sum(count for (desk, _), count in found.items() if desk == "kecamatan")


def test_what_the_offered_rt_heads_see(rows: Session) -> None:
    (returned,) = listing.own_desk(rows, user(rows, RAHMAN))
    last = events.moves_of(rows, returned)[-1]
    assert (last.action, last.reason) == ("return", "foto_kurang_jelas")
    assert last.note == "Foto kurang jelas. Mohon foto ulang dari jarak dekat."
    assert answers.answers_to(rows, user(rows, RAHMAN), [])
    today = day_of(MOMENT)
    assert participation.nihil_month(rows, RAHMAN.region, today) is None
    assert participation.nihil_month(rows, SITI.region, today) == "2026-11"
    reports, _ = listing.list_reports(rows, user(rows, SITI), listing.Filter())
    assert len(reports) > 5


@pytest.mark.parametrize("person", [RAHMAN, SITI, HARTONO, SARI, YUSUF, DEWI], ids=str)
def test_everybody_was_told_what_happened(rows: Session, person: Person) -> None:
    found, _ = inbox.page(rows, user(rows, person))
    assert found
    assert any(one.read_at for one in found) or inbox.unread(rows, user(rows, person))
    for one in found:
        names = regions.names_of(rows, sentences.regions_in(one))
        assert sentences.text_of(one, names)


@pytest.mark.parametrize("person", [HARTONO, YUSUF, DEWI], ids=str)
def test_each_desk_had_its_digest_this_morning(rows: Session, person: Person) -> None:
    found, _ = inbox.page(rows, user(rows, person))
    (one,) = [one for one in found if one.kind == "digest"]
    assert one.at == datetime(2026, 11, 24, 7, 30, tzinfo=WIB)
    assert one.facts["waiting"] == queue.waiting(rows, user(rows, person))


def test_returns_say_why_and_some_lie_for_long(rows: Session) -> None:
    """Every reason that a return or rejection may give is seen somewhere but the one that names
    another category and the one without a name; two reports were left by their authors."""
    used = set(rows.execute(select(Event.action, Event.reason).where(Event.reason.is_not(None))))
    for action in ("return", "reject"):
        wanted = {one.key for one in reasons.offered(action)} - {"salah_jenis", "lainnya"}
        assert wanted <= {reason for done, reason in used if done == action}
    numbers = set(rows.scalars(select(Report.number)))
    same = [one for one in rows.scalars(select(Event)) if events.other_of(one)]
    assert {one.action for one in same} == {"return", "reject"}
    assert {events.other_of(one) for one in same} <= numbers
    left = [
        days_between(day_of(one.arrived_at), day_of(MOMENT), {})
        for one in rows.scalars(select(Report).where(Report.desk == Report.author_desk))
    ]
    assert any(3 < days < 7 for days in left)
    assert any(days > 7 for days in left)


def test_what_nobody_mended_was_reminded_of(rows: Session) -> None:
    told, _ = inbox.page(rows, user(rows, MARLINA))
    mine = [one for one in told if one.kind == "reminder" and one.facts["days"] == 3]
    assert [one for one in mine if one.reason == "perlu_bukti"]
    days = {key.split()[2] for key in rows.scalars(select(Notice.key)) if "reminder" in key}
    assert days == {"3", "7"}
    assert [one.at for one in told] == sorted((one.at for one in told), reverse=True)


def test_a_lurah_has_a_second_round_and_a_report_of_the_own_office(rows: Session) -> None:
    hartono = user(rows, HARTONO)
    again = facts_of(rows, hartono, queue.desk_queue(rows, hartono))
    assert any(one.round for one in again)
    mending, filed = listing.own_reports(rows, hartono, 3)
    assert [one.author_desk for one in mending] == ["kelurahan"]
    assert filed


@pytest.mark.parametrize("person", [HARTONO, YUSUF, DEWI, ZAINAL], ids=str)
def test_what_is_late_was_told(rows: Session, person: Person) -> None:
    found, _ = inbox.page(rows, user(rows, person))
    assert any(one.kind in ("late", "late_below") for one in found)


def test_offices_that_have_changed_were_told(rows: Session) -> None:
    """To each person, to the desk above, and to Diskominfo what they have not done themselves."""
    kinds = set(rows.scalars(select(Notice.kind)))
    assert {"term_begins", "term_ended"} <= kinds


def test_a_day_to_come_is_free_and_moves_nothing_yet(rows: Session) -> None:
    (day,) = rows.scalars(select(DayOverride))
    assert (day.working, day.name) == (False, "Pemungutan suara")
    assert not any(one.action == "limit" for one in rows.scalars(select(Event)))


def test_bencana_is_open_on_two_desks(rows: Session) -> None:
    open_now = select(Report.desk).where(Report.urgent, Report.status.not_in(chain.FINAL))
    assert {"kelurahan", "kecamatan"} <= set(rows.scalars(open_now))


def test_reports_reach_from_half_a_year_ago_until_now(rows: Session) -> None:
    received = sorted(rows.scalars(select(Report.received_at)))
    assert day_of(received[-1]) == day_of(MOMENT)
    assert MOMENT - timedelta(days=190) < received[0] < MOMENT - timedelta(days=170)
    assert rows.scalar(select(func.max(Event.at))) <= MOMENT
    assert rows.scalar(select(func.max(FirstOpened.at))) <= MOMENT


def test_events_are_gapless_in_time_and_tell_every_state(rows: Session) -> None:
    record = list(rows.scalars(select(Event).order_by(Event.seq)))
    assert [event.seq for event in record] == list(range(1, len(record) + 1))
    assert all(one.at <= other.at for one, other in pairwise(record))
    told: dict[int, list[Event]] = {}
    for event in record:
        told.setdefault(event.report_id, []).append(event)
    for report in rows.scalars(select(Report)):
        moves = events.moves(told[report.id])
        state, since = events.rebuild(report, moves), moves[-1].at
        due = standing.due_of(state, since, {})
        columns = standing.standing(state, report.region_code, since, due)
        del columns["late_told"]  # which the worker notes
        assert {name: getattr(report, name) for name in columns} == columns
        assert report.number == intake.number_of(moves[0].seq)
    assert Counter(event.action for event in record)["reopen"] == 1


def test_what_has_ended_is_counted(rows: Session) -> None:
    counted = {(one.region_code, one.status): one.count for one in rows.scalars(select(Tally))}
    anew = steps.counted_anew(rows)
    assert sum(anew.values()) > 300
    assert {key: count for key, count in counted.items() if count} == anew
    assert differences(db.engine.connect()) == []


def test_figures_of_desks_are_what_the_events_give(rows: Session) -> None:
    assert compare(rows, (KOTA,), now(), last=1) > 5


def test_contents_are_those_that_were_sent(rows: Session) -> None:
    latest: dict[int, Revision] = {}
    for row in rows.scalars(select(Revision).order_by(Revision.id)):
        latest[row.report_id] = row
    for report in rows.scalars(select(Report)):
        revision = latest[report.id]
        content = revision.content
        sealed = content_digest(report.category, report.region_code, content)
        assert report.content_digest == revision.content_digest == sealed
        shown = (report.text, report.fields, report.place_text, report.lat, report.lon)
        kept = (content[name] for name in ("text", "fields", "place_text", "lat", "lon"))
        assert shown == tuple(kept)
        current = {photo.client_id for photo in report.photos if photo.current}
        assert current == {claim["id"] for claim in content["photos"]}


def test_the_record_shows_a_late_photo_and_an_erasure_and_holds(city: Flask) -> None:
    told = {
        event.action: event
        for event in db.session.scalars(select(Event).where(Event.version.is_(None)))
    }
    db.session.rollback()
    assert set(told) == {"arrive", "erase"}
    assert told["arrive"].actor.name == "Pak Rahman"
    done = city.test_cli_runner().invoke(args=["verify-events"])
    assert done.exit_code == 0, done.output
    assert "The record holds: " in done.output


def test_revisions_change_something(rows: Session) -> None:
    kept: dict[int, list[str]] = {}
    for row in rows.scalars(select(Revision).order_by(Revision.version)):
        kept.setdefault(row.report_id, []).append(row.content_digest)
    revised = [digests for digests in kept.values() if len(digests) > 1]
    assert len(revised) > 20
    assert all(one != other for digests in revised for one, other in pairwise(digests))


def test_officials_keep_office_hours_mostly(rows: Session) -> None:
    query = select(Event.at).join(Report, Report.id == Event.report_id)
    query = query.where(Event.action.in_(chain.DECISIONS), Report.urgent.is_(False))
    decided = [at.astimezone(WIB) for at in rows.scalars(query)]
    in_office = [at for at in decided if is_working(at.date(), {}) and 7 <= at.hour < 17]
    assert 0.85 < len(in_office) / len(decided) < 1


def test_photos_are_there_and_are_what_was_declared(city: Flask, rows: Session) -> None:
    store = city.extensions["photo_store"]
    photos = list(rows.scalars(select(Photo)))
    states = Counter(photo.state for photo in photos)
    assert set(states) == {"ready", "missing", "erased"}
    assert states["ready"] > 300
    assert states["missing"] == 3
    ready = [photo for photo in photos if photo.state == "ready"]
    assert len({photo.sha256 for photo in ready}) == len(ready)
    for photo in ready:
        picture = store.read(picture_key(photo, "photo"))
        assert hashlib.sha256(picture).hexdigest() == photo.sha256
        with Image.open(io.BytesIO(store.read(picture_key(photo, "thumbnail")))) as thumbnail:
            assert max(thumbnail.size) == 320
    with Image.open(io.BytesIO(picture)) as opened:
        assert opened.size == (photo.width, photo.height)


def test_a_filled_database_is_left_alone(city: Flask, rows: Session) -> None:
    before = rows.scalar(select(func.count(Report.id)))
    again = load(city)
    assert again.exit_code != 0
    assert "not empty" in again.output
    assert rows.scalar(select(func.count(Report.id))) == before


def test_production_knows_a_demo_city(city: Flask) -> None:
    assert commands.mark() == "demo"


DAYS = [date(2028, 2, 29), date(2026, 11, 24), date(2027, 1, 1)]


@pytest.mark.parametrize("day", some(DAYS, 1), ids=str)
def test_the_same_day_gives_the_same_city(city: Flask, rows: Session, day: date) -> None:
    codes = list(rows.scalars(select(Region.code)))
    steps = plan(day, codes)
    assert steps == plan(day, codes[::-1])
    assert len({(step.story, step.at) for step in steps}) == len(steps)
