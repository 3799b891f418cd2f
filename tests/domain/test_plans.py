"""With 150,000 reports and 600,000 events, what people look at is read from indexes in their order:
no statement walks a table that grows, and none sorts more than what a page shows.

A statement is judged by its plan and by the work that it does: on SQLite the steps of its machine,
on PostgreSQL the rows that it reads. SQLite plans without looking at sizes, so a tenth of the city
does in the quick matrix; PostgreSQL plans for what there is, so it has the whole city or none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import Connection, delete, event, func, insert, select, text
from sqlalchemy.orm import Session

from bench import big_city
from sipokat import create_app
from sipokat.database import db, writing
from sipokat.domain import (
    answers,
    barred,
    cards,
    changes,
    lateness,
    listing,
    participation,
    photo_work,
    places,
    posts,
    queue,
    queue_groups,
    reported,
    sessions,
    visibility,
)
from sipokat.domain.clock import day_of, now
from sipokat.domain.exports import report_rows, work
from sipokat.domain.exports.table import PORTION
from sipokat.domain.exports.table import Asked as AskedFor
from sipokat.domain.listing import Filter
from sipokat.domain.notices import inbox, rows
from sipokat.domain.nudges import heads, outcomes
from sipokat.domain.nudges.rules import ANSWER
from sipokat.domain.queue_filter import LATE, NO_CLASS, TODAY, Wanted
from sipokat.domain.regions import in_scope
from sipokat.domain.responsiveness import decisions, months
from sipokat.domain.responsiveness import overview as responsiveness
from sipokat.models import LoginSession, Nudge, Region, Report, User
from tests import steps
from tests.cast import (
    DEWI,
    HARTONO,
    KOTA,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    UTARA_I,
    YUSUF,
    ZAINAL,
    Person,
)
from tests.page import Visitor
from tests.services import matrix
from tests.services.fixtures_app import Kept

pytestmark = pytest.mark.once

GROWING = set(big_city.GROWING)
# Indexes of what is not final. They stay small however much ends, so they may be read whole.
OPEN = {
    "ix_report_open",
    "ix_report_desk",
    "ix_report_group",
    "ix_report_urgent",
    "ix_report_late",
}
SORTED = 600  # rows: the events of a full page
# Of SQLite's machine, in the whole city. Reading all of its narrow index of lists takes 750,000, as
# for a month long ago; reading the table takes more than twice as many.
STEPS = matrix.share(1_000_000, 6)
READ = 10_000  # rows that PostgreSQL reads in one node of a plan
READ_OF = {"answer": 25_000}  # the decisions of the whole city in a month


class BigCity:
    """The application on a database of that size."""

    def __init__(self, url: str, data: Path) -> None:
        self.app = create_app({"DATA": data, "SQLALCHEMY_DATABASE_URI": url})
        with self.app.app_context():
            big_city.fill(db.engine, now(), matrix.share(big_city.REPORTS, 10))

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture
def city(house: Any, kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session in a city of that size: made once for all tests of this file."""
    database = house.database

    def make() -> BigCity:
        data = tmp_path_factory.mktemp(f"big-{database.name}", numbered=False)
        database.copy(data)
        return BigCity(database.url(data), data)

    big = kept.get(f"big city on {database.name}", make, BigCity.close)
    with big.app.app_context():
        yield db.session()
        db.session.remove()


Asked = list[tuple[str, Any]]


def asked(do: Callable[[], Any]) -> Asked:
    """What the database is asked meanwhile: statements and their parameters."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE report")):
            found.append((statement, given))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert found
    return found


@dataclass(frozen=True)
class Most:
    """How many rows a statement may sort, and read of an index alone (PostgreSQL)."""

    sorts: int = SORTED
    alone: int = READ


# Of the whole city: the reports of a month, and of twelve months.
REPORTED = Most(sorts=7_000, alone=80_000)


def faults(
    session: Session, sent: Asked, growing: set[str] = GROWING, most: Most | None = None
) -> list[str]:
    """What is wrong with the plans of these statements."""
    judge = _on_sqlite if session.get_bind().dialect.name == "sqlite" else _on_postgresql
    return [
        f"{fault}: {statement}"
        for statement, given in sent
        for fault in judge(session.connection(), statement, given, growing, most or Most())
    ]


def _on_sqlite(
    connection: Connection, statement: str, given: Any, growing: set[str], most: Most
) -> Iterator[str]:
    plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
    for line in plan:
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
        if scan and re.sub(r"_\d+$", "", scan[1]) in growing and scan[2] not in OPEN:
            yield line
    if "USE TEMP B-TREE FOR ORDER BY" in plan:
        unlimited = re.sub(r"\s+LIMIT \? OFFSET \?$", "", statement)
        fewer = given[: len(given) - 2] if unlimited != statement else given
        if (rows := len(connection.exec_driver_sql(unlimited, fewer).all())) > most.sorts:
            yield f"sorts {rows} rows"
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1000

    sqlite: Any = connection.connection.driver_connection
    sqlite.set_progress_handler(count, 1000)
    connection.exec_driver_sql(statement, given).all()
    sqlite.set_progress_handler(None, 0)
    if steps > STEPS:
        yield f"takes {steps} steps"


def _on_postgresql(
    connection: Connection, statement: str, given: Any, growing: set[str], most: Most
) -> Iterator[str]:
    explain = f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) {statement}"
    plan = connection.exec_driver_sql(explain, given).scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    for node in _nodes(plan[0]["Plan"]):
        kind, table = node["Node Type"], node.get("Relation Name")
        loops = node["Actual Loops"]
        removed = node.get("Rows Removed by Filter", 0) * loops
        if kind == "Seq Scan" and table in growing:
            yield f"walks {table}"
        if kind == "Sort" and node["Plans"][0]["Actual Rows"] > most.sorts:
            yield f"sorts {node['Plans'][0]['Actual Rows']} rows"
        limit = READ_OF.get(table, READ)
        if kind == "Index Only Scan":
            limit = max(limit, most.alone)
        if table in growing and node["Actual Rows"] * loops + removed > limit:
            yield f"reads {node['Actual Rows'] * loops + removed} rows of {table}"


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def me(person: Person) -> User:
    user = steps.user_of(person)
    assert user.terms  # loaded, as for a request
    return user


def test_the_city_is_as_big_as_promised(city: Session) -> None:
    counts = [
        city.scalar(text(f"SELECT count(*) FROM {table}")) or 0
        for table in ("report", "event", "photo", "revision")
    ]
    # A tenth in the quick matrix, with as many still open, which have fewer events.
    assert counts[0] >= matrix.share(150_000, 10)
    assert counts[1] >= matrix.share(595_000, 12)
    assert min(counts) >= matrix.share(75_000, 10)
    notices = city.scalar(text("SELECT count(*) FROM notice")) or 0
    assert notices >= matrix.share(250_000, 11)
    summary = queue.summary(city, me(DEWI))
    assert summary.waiting > 500
    assert summary.late_below > 1000


def test_its_reports_have_a_history_that_the_program_could_have_made(city: Session) -> None:
    """Each submission and mending has its content, and the moves lead to where reports stand."""
    newest = list(city.scalars(select(Report).order_by(Report.id.desc()).limit(SORTED)).unique())
    ended = select(Report).where(Report.desk.is_(None)).order_by(Report.id.desc()).limit(SORTED)
    for card in cards.cards_of(city, me(DEWI), [*newest, *city.scalars(ended).unique()]):
        report, written = card.report, [e for e in card.events if e.action in changes.WRITING]
        assert [one.version for one in report.revisions] == [one.version for one in written]
        last = report.revisions[-1].content
        assert (last["text"], last["fields"]) == (report.text, report.fields)
        assert [one["id"] for one in last["photos"]] == [one.client_id for one in report.photos]
        stands = card.state.status, card.state.desk, card.state.version, card.state.klass
        assert stands == (report.status, report.desk, report.version, report.klass)
        assert card.round is None or len(written) == 2


@pytest.mark.parametrize("person", [RAHMAN, HARTONO, YUSUF, DEWI, ZAINAL, RATNA], ids=str)
def test_everybodys_home_and_lists(city: Session, person: Person) -> None:
    user = me(person)
    month = day_of(now()).strftime("%Y-%m")
    code = {KOTA: UTARA_I, UTARA_I: PETANANG_ULU}.get(person.region, RAHMAN.region)
    last, cursor = listing.list_reports(city, user, Filter())
    assert len(last) == listing.PAGE
    sent = asked(lambda: listing.own_desk(city, user))
    for wanted in (
        Filter(),
        Filter(status="verified"),
        Filter(status="rejected"),
        Filter(status="waiting"),
        Filter(category="sampah"),
        Filter(region=code),
        Filter(month=month),
        Filter(status="verified", category="keagamaan", region=code, month="2026-01"),
        Filter(late="all"),
        Filter(late="below"),
    ):
        for before in (None, cursor):
            sent += asked(lambda w=wanted, b=before: listing.list_reports(city, user, w, b))
    if person is RAHMAN:
        news = answers.rejections(city, user)
        sent += asked(lambda: answers.rejections(city, user))
        sent += asked(lambda: answers.answers_to(city, user, news))
    sent += asked(lambda: participation.nihil_month(city, RAHMAN.region, day_of(now())))
    sent += asked(lambda: queue.urgent(city, user))
    sent += asked(lambda: queue.city_figures(city, user))
    sent += asked(lambda: queue.summary(city, user))
    sent += asked(lambda: lateness.longest_late(city, user, now()))
    number = last[0].number
    sent += asked(lambda: cards.facts_of(city, user, last))
    city.expunge_all()
    sent += asked(lambda: visibility.find_report(city, me(person), number))
    assert faults(city, sent) == []


# In a tenth of the city no RT has enough reports for a figure of its own.
@pytest.mark.parametrize("scope", matrix.some([KOTA, UTARA_I, PETANANG_ULU], 2))
def test_how_far_desks_answer(city: Session, scope: str) -> None:
    """The twelve months before are read one by one, and once by each process."""
    at = now()
    month = day_of(at - timedelta(days=40)).strftime("%Y-%m")
    running = day_of(at).strftime("%Y-%m")
    months.forget(city)
    first = asked(lambda: responsiveness.overview(city, scope, running, at))
    again = asked(lambda: responsiveness.overview(city, scope, running, at))
    assert (len(first), len(again)) == (2 + months.YEAR, 2)
    seen = responsiveness.overview(city, scope, month, at)
    assert seen.whole.month.enough
    assert all(desk.year.enough for desk in seen.below.values() if desk.desk != "rt")
    sent = first + asked(lambda: responsiveness.overview(city, scope, month, at))
    for which, desk in (("semua", ""), ("terlambat", "kelurahan"), ("dikembalikan", "")):
        behind = decisions.Asked(scope, desk, month, which)
        sent += asked(lambda b=behind: decisions.count(city, b, at))
        _, following = decisions.page(city, behind, None)
        sent += asked(lambda b=behind: decisions.page(city, b, None))
        sent += asked(lambda b=behind, f=following: decisions.page(city, b, f))
    assert faults(city, sent) == []


@pytest.mark.parametrize("scope", matrix.some([KOTA, UTARA_I, PETANANG_ULU, RAHMAN.region], 2))
def test_what_people_report(city: Session, scope: str) -> None:
    """Behind a figure all ids of a month and category are sorted, and those alone."""
    month = day_of(now() - timedelta(days=40)).strftime("%Y-%m")
    found = reported.reported(city, scope, month)
    assert (len(found.months), len(found.kinds)) == (12, 5 if scope == KOTA else len(found.kinds))
    sent = asked(lambda: reported.reported(city, scope, month))
    for one in (found.months[0], month):
        wanted = Filter(region=scope, category="sampah", counted=one)
        sent += asked(lambda w=wanted: listing.list_reports(city, me(DEWI), w))
        whole = Filter(region=scope, counted=one)
        sent += asked(lambda w=whole: listing.list_reports(city, me(DEWI), w))
    assert faults(city, sent, most=REPORTED) == []
    shown = places.of_month(city, scope, month)
    assert shown.placed > shown.outside or scope == RAHMAN.region
    drawn = asked(lambda: places.of_month(city, scope, month))
    drawn += asked(lambda: places.of_open_bencana(city, scope))
    assert faults(city, drawn) == []
    figure = found.kinds[0]
    assert figure.now > 0
    assert sum(found.total.counts) == sum(sum(kind.counts) for kind in found.kinds)


@pytest.mark.parametrize("scope", matrix.some([KOTA, UTARA_I, PETANANG_ULU], 1))
def test_who_has_not_reported_and_what_came_of_asking(city: Session, scope: str) -> None:
    """Every RT of the city was asked for a month in which most of them reported."""
    at = now() - timedelta(days=40)
    month, rt = day_of(at).strftime("%Y-%m"), Region.level == "rt"
    codes = city.scalars(select(Region.code).where(rt, in_scope(Region.code, scope))).all()
    head = me(RAHMAN).id
    made = [
        {"region_code": code, "number": 1, "month": month, "at": at, "until": at + ANSWER}
        | {"way": "notice", "head_id": head}
        for code in codes
    ]
    city.execute(insert(Nudge), made)
    sent = asked(lambda: outcomes.results(city, scope, month))
    sent += asked(lambda: heads.facts_of(city, codes, day_of(now())))
    assert len(outcomes.results(city, scope, month)) == len(codes)
    assert [one for one in faults(city, sent) if not one.startswith("sorts")] == []
    city.rollback()


# What each region's page of monitoring leads to, but for what is reported, which has a test of its
# own; below an RT there is nothing to list.
OF_ANY = ("", "/peta", "/peta?bencana=terbuka")
ABOVE_RT = ("/rt", "/rt?keadaan=lama", "/keputusan", "/belum-melapor", "/pengingat")


@pytest.mark.parametrize("person", matrix.some([DEWI, HARTONO, YUSUF, RAHMAN], 2), ids=str)
def test_every_page_of_monitoring(city: Session, person: Person) -> None:
    """All that they ask, also who is signed in."""
    visitor = Visitor(current_app._get_current_object(), person)  # type: ignore[attr-defined]
    old, lately = (day_of(now() - timedelta(days=back)).strftime("%Y-%m") for back in (300, 40))
    parts = OF_ANY if person is RAHMAN else OF_ANY + ABOVE_RT
    months.forget(city)

    def look() -> None:
        for part in parts:
            for month in (old, lately):
                sign = "&" if "?" in part else "?"
                path = f"/pemantauan/{person.region}{part}{sign}periode={month}"
                assert visitor.request("GET", path).status_code == 200, path

    try:
        sent = asked(look)
        assert len(sent) > 20
        assert faults(city, sent) == []
    finally:
        with writing() as session:
            session.execute(delete(LoginSession))


@pytest.mark.parametrize("person", [HARTONO, YUSUF, DEWI], ids=str)
def test_every_desk(city: Session, person: Person) -> None:
    user = me(person)
    page = queue.desk_queue(city, user)
    assert len(page) > queue.PAGE
    after = page[queue.PAGE - 1].arrived_at, page[queue.PAGE - 1].id
    sent = asked(lambda: queue.desk_queue(city, user))
    sent += asked(lambda: queue.desk_queue(city, user, after))
    sent += asked(lambda: queue_groups.groups(city, user))
    largest = max(queue_groups.groups(city, user), key=lambda group: group.waiting)
    for wanted in (
        Wanted(group=largest.region),
        Wanted(category="sampah", klass=NO_CLASS),
        Wanted(age=LATE),
        Wanted(age=TODAY),
        Wanted(age="3", said="warga selokan"),
        Wanted(said="tidak ada"),
        Wanted(largest.region, "tamu", "kinerja", "7", "banjir"),
    ):
        sent += asked(lambda w=wanted: queue_groups.groups(city, user, w))
        for start in (None, after):
            sent += asked(lambda w=wanted, s=start: queue.desk_queue(city, user, s, w, 200))
    sent += asked(lambda: queue.summary(city, user))
    sent += asked(lambda: posts.right_below(city, user))
    if person is not HARTONO:  # RT heads decide nothing
        sent += asked(lambda: barred.waiting_for_deputy(city, user))
    assert faults(city, sent) == []


def test_somebody_with_two_offices_has_no_more_to_sort(city: Session) -> None:
    """The lurah who acts for the camat: two desks, and one scope within the other."""
    with writing():
        steps.add_term(HARTONO, UTARA_I, role="camat", acts_for=YUSUF)
    try:
        user = me(HARTONO)
        sent = asked(lambda: queue.desk_queue(city, user))
        sent += asked(lambda: listing.list_reports(city, user, Filter()))
        assert faults(city, sent) == []
        both = select(Report).where(visibility.on_own_desk(user), Report.urgent.is_(False))
        lying = list(city.scalars(both.order_by(Report.arrived_at, Report.id)).unique())
        assert {report.desk for report in lying} == {"kelurahan", "kecamatan"}
        found = [one.id for one in queue.desk_queue(city, user)]
        assert found == [report.id for report in lying[: queue.PAGE + 1]]
    finally:
        with writing() as session:
            session.delete(user.terms[-1])


@pytest.mark.parametrize("person", [RAHMAN, HARTONO], ids=str)
def test_what_people_were_told(city: Session, person: Person) -> None:
    user = me(person)
    found, following = inbox.page(city, user)
    assert len(found) == inbox.PAGE
    sent = asked(lambda: inbox.page(city, user))
    sent += asked(lambda: inbox.page(city, user, following))
    sent += asked(lambda: inbox.unread(city, user))
    sent += asked(lambda: inbox.unread_at(city, user, [found[0].url]))
    offices = {("lurah", PETANANG_ULU), ("pemerintahan", KOTA)}
    sent += asked(lambda: rows.holders(city, offices, day_of(now())))
    assert faults(city, sent, GROWING | {"term"}) == []


def test_a_filter_that_finds_nothing_reads_an_index_alone(city: Session) -> None:
    def look() -> None:
        found, _ = listing.list_reports(city, me(DEWI), Filter(category="tamu", month="2020-01"))
        assert found == []

    (statement, given) = asked(look)[-1]
    connection = city.connection()
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    plan = "\n".join(row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", given))
    assert re.search(r"COVERING INDEX ix_report_kota|Index Only Scan", plan), plan


@pytest.mark.parametrize(
    ("look", "index"),
    [
        (queue.urgent, "ix_report_urgent"),
        (queue_groups.groups, "ix_report_group"),
        (barred.waiting_for_deputy, "ix_report_group"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_what_every_queue_asks_is_read_from_an_index_of_its_own(
    city: Session, look: Callable[[Session, User], Any], index: str
) -> None:
    (statement, given) = asked(lambda: look(city, me(DEWI)))[-1]
    connection = city.connection()
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    plan = "\n".join(row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", given))
    assert index in plan or "Index Only Scan" in plan, plan


def test_who_is_signed_in_is_found_without_reading_everybodys_terms(city: Session) -> None:
    at = now()
    with writing() as session:
        session.add(
            LoginSession(
                user_id=me(HARTONO).id,
                token_hash=sessions.hashed("t"),
                device="x",
                created_at=at,
                last_used_at=at,
            )
        )
    try:
        sent = asked(lambda: sessions.find_session("t", at))
        assert faults(city, sent, {"term", "user", "region"}) == []
    finally:
        with writing() as session:
            session.delete(session.scalars(select(LoginSession)).one())


def test_the_worker_looks_for_photos_in_its_own_index(city: Session) -> None:
    assert faults(city, asked(lambda: photo_work.claim("w"))) == []


@pytest.mark.parametrize("wanted", [{}, {"status": "waiting"}, {"category": "sampah"}], ids=str)
def test_a_portion_of_a_table_is_read_where_the_last_one_ended(
    city: Session, wanted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "SORTED", 2 * PORTION)  # what lies in the scope, and their own
    user = me(DEWI)
    table = report_rows.table_of(city, AskedFor(user.id, "laporan", wanted, (KOTA,), now()))
    assert table.total > PORTION // 10
    middle = city.scalar(select(func.max(Report.id))) // 2
    for after in (None, middle):
        sent = asked(lambda after=after: table.portion(city, after))
        assert faults(city, sent) == []


def test_the_worker_looks_for_exports_in_their_own_index(city: Session) -> None:
    (statement, given) = asked(lambda: work.claim("w"))[-1]
    connection = city.connection()
    if connection.dialect.name == "sqlite":  # PostgreSQL reads a table of no rows as it likes
        explain = f"EXPLAIN QUERY PLAN {statement}"
        plan = "\n".join(row[-1] for row in connection.exec_driver_sql(explain, given))
        assert "INDEX ix_export_waiting" in plan
        assert "TEMP B-TREE" not in plan


def test_what_became_late_is_found_in_its_own_index(city: Session) -> None:
    with writing() as session:
        found: list[lateness.Late] = []
        sent = asked(lambda: found.extend(lateness.take_late(session, now())))
        assert len(found) > 100
        faulty = faults(session, sent)
        session.rollback()
    assert faulty == []


BAD = {
    "walks": select(Report.id).where(Report.text == "x"),
    "sorts": select(Report).where(Report.kota_code == KOTA).order_by(Report.text).limit(5),
    "counts": select(text("count(*)")).where(Report.status != "x").select_from(Report),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_plan_is_seen(city: Session, bad: str) -> None:
    assert faults(city, asked(lambda: city.execute(BAD[bad]).all()))
