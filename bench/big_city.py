"""A city with 150,000 reports and 600,000 events, for the tests of plans and for `bench.pages`.

Rows are made by the database itself, from series of numbers, in a few seconds. The events of each
report lead to its state by the rules of the chain; digests and hashes are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, text

from sipokat.database import Base
from sipokat.domain.roles import DESK_ROLES, DESKS
from sipokat.models import guards

REPORTS = 150_000
DESK_CODE = " ".join(f"WHEN '{desk}' THEN o.{desk}" for desk in DESKS)
OPEN = 4_500  # the newest reports are still on a desk
DAYS = 730
GROWING = ("report", "revision", "photo", "event", "answer", "first_opened", "notice")

# Courses of a report: (name, share of a hundred, where it is now, its events). An event is
# (action, actor, from, to); actors are r(t), l(urah), c(amat) and k(ota).
UP = (("submit", "rt", None, "kelurahan"), ("verify", "kelurahan", "kelurahan", "kecamatan"))
TOP = ("verify", "kecamatan", "kecamatan", "kota")
BACK = ("return", "kelurahan", "kelurahan", "rt")
AGAIN = ("revise", "rt", "rt", "kelurahan")
REJECT = ("reject", "kelurahan", "kelurahan", None)
WITHDRAW = ("withdraw", "rt", "kelurahan", None)
DONE = ("verify", "kota", "kota", None)
ENDED = (
    ("verified", 86, "verified", None, (*UP, TOP, DONE)),
    ("mended", 6, "verified", None, (UP[0], BACK, AGAIN, UP[1], TOP, DONE)),
    ("rejected", 5, "rejected", None, (UP[0], BACK, AGAIN, REJECT)),
    ("withdrawn", 3, "withdrawn", None, (UP[0], WITHDRAW)),
)
LYING = (
    ("at_lurah", 42, "waiting", "kelurahan", (UP[0],)),
    ("mended_at_lurah", 8, "waiting", "kelurahan", (UP[0], BACK, AGAIN)),
    ("at_camat", 31, "waiting", "kecamatan", UP),
    ("at_kota", 15, "waiting", "kota", (*UP, TOP)),
    ("at_author", 4, "returned", "rt", (UP[0], BACK)),
)
CATEGORIES = (
    ("pemerintahan", '{"jenis": "rapat", "peserta": 24}'),
    ("kesehatan_lingkungan", '{"jenis": "gotong_royong", "peserta": 18, "durasi_jam": 3.0}'),
    ("sampah", '{"jenis": "tumpukan", "volume_m3": 2.5}'),
    ("keagamaan", '{"jenis": "pengajian", "peserta": 40}'),
)
NOTE = "Terima kasih, sudah kami cek di lokasi."
SHORT = "Warga membersihkan selokan."
TEXT = "Warga membersihkan selokan di sepanjang gang dan mengangkut lumpurnya ke pinggir jalan."

# Every move of the reports `r`, and when it was made.
MOVES = """JOIN big_course c ON c.ended = CASE WHEN r.desk IS NULL THEN 1 ELSE 0 END
    AND r.id / 7 % 100 BETWEEN c.low AND c.high JOIN big_event e ON e.name = c.name"""
MOVED_AT = "CASE e.version WHEN 1 THEN r.received_at ELSE r.arrived_at END"


@dataclass(frozen=True)
class Sql:
    """What the two databases write differently."""

    sqlite: bool
    start: datetime

    def at(self, minutes: str) -> str:
        """The moment so many minutes after the start."""
        if self.sqlite:
            start = f"{self.start:%Y-%m-%d %H:%M:%S}"
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{start}', ({minutes}) || ' minutes')"
        return f"(TIMESTAMPTZ '{self.start.isoformat()}' + ({minutes}) * INTERVAL '1 minute')"

    def day(self, minutes: str) -> str:
        """The date of that moment."""
        return f"date({self.at(minutes)})" if self.sqlite else f"{self.at(minutes)}::date"

    def month(self, moment: str) -> str:
        """The month of a moment in Lubuklinggau."""
        if self.sqlite:
            return f"strftime('%Y-%m', {moment}, '+7 hours')"
        return f"to_char({moment} AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM')"

    def month_of_day(self, day: str) -> str:
        """The month of a date."""
        return f"substr({day}, 1, 7)" if self.sqlite else f"to_char({day}, 'YYYY-MM')"

    def padded(self, number: str, width: int) -> str:
        if self.sqlite:
            return f"printf('%0{width}d', {number})"
        return f"lpad(({number})::text, {width}, '0')"

    def series(self, count: int) -> str:
        """`n` from 1 to `count`."""
        if self.sqlite:
            return (
                "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s "
                f"WHERE n < {count}) SELECT n FROM s)"
            )
        return f"(SELECT n FROM generate_series(1, {count}) AS g(n))"

    @property
    def json(self) -> str:
        return "" if self.sqlite else "::json"


def fill(
    engine: Engine,
    now: datetime,
    reports: int = REPORTS,
    still_open: int = OPEN,
    offices: int | None = None,
    bencana: int = 970,
) -> None:
    """Add RT heads for every kelurahan and their reports of two years before `now` to a database
    that has the official regions and at least one lurah, camat and holder of the last desk. The
    newest `still_open` reports are on some desk, the others have ended. They come from so many
    `offices`, those of Petanang Ulu first, or from all RT. One report in `bencana` is urgent.

    Meanwhile nothing is checked and no index is kept: they are made at the end, and ANALYZE run on
    PostgreSQL, as its autovacuum would.
    """
    sql = Sql(engine.dialect.name == "sqlite", now - timedelta(days=DAYS))
    indexes = [index for name in GROWING for index in Base.metadata.tables[name].indexes]
    with engine.connect() as connection:
        if sql.sqlite:
            raw = connection.connection.driver_connection
            for pragma in ("foreign_keys = OFF", "synchronous = OFF", "temp_store = MEMORY"):
                raw.execute(f"PRAGMA {pragma}")
        with connection.begin():
            if not sql.sqlite:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            guards.take_off(connection)
            if sql.sqlite:  # of two that serve alike it takes the younger one
                ages = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY rowid"
                oldest_first = list(connection.scalars(text(ages)))
                indexes.sort(key=lambda index: oldest_first.index(str(index.name)))
            for index in indexes:
                index.drop(connection)
            before = connection.execute(
                text("SELECT coalesce(max(id), 0) FROM report")
            ).scalar_one()
            for statement in _statements(sql, reports, still_open, before, offices, bencana):
                connection.execute(text(statement.replace(":", r"\:")))
            for index in indexes:
                index.create(connection)
            guards.put_on(connection)
    engine.dispose()
    if not sql.sqlite:
        alone = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with alone as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _statements(
    sql: Sql, reports: int, still_open: int, before: int, offices: int | None, bencana: int
) -> list[str]:
    return [
        *_people(sql),
        *_courses(),
        # Else PostgreSQL takes these tables for tiny ones and joins row by row.
        *([] if sql.sqlite else ["ANALYZE big_office", "ANALYZE big_course", "ANALYZE big_event"]),
        _reports(sql, reports, still_open, before, offices, bencana),
        _revisions(sql),
        _photos(sql),
        *([] if sql.sqlite else ["ANALYZE report"]),
        _events(sql),
        _answers(sql),
        _openings(),
        _notices("o.at_rt", "''", "event.action"),
        _notices("o.at_kelurahan", "'lurah ' || o.kelurahan", "'returned'"),
        "INSERT INTO tally (region_code, status, count) SELECT region_code, status, count(*)"
        " FROM report WHERE client_id LIKE 'big-%' AND desk IS NULL GROUP BY region_code, status"
        " ON CONFLICT (region_code, status) DO UPDATE SET count = tally.count + excluded.count",
        *_months(sql),
        "UPDATE counter SET value = (SELECT max(seq) FROM event),"
        " last_seq = (SELECT max(seq) FROM event), last_hash = 'big' WHERE name = 'event'",
        "DROP TABLE big_event",
        "DROP TABLE big_course",
        "DROP TABLE big_office",
    ]


def _months(sql: Sql) -> list[str]:
    """What stands for each month, counted anew for all reports: none of these has a month of its
    own or was recorded."""
    closes = (
        "datetime(month || '-01', '+1 month', '+9 days', '+17 hours')"
        if sql.sqlite
        else "((month || '-01')::timestamp + INTERVAL '1 month 9 days 17 hours') AT TIME ZONE 'UTC'"
    )
    return [
        "DELETE FROM month_count",
        "INSERT INTO month_count (month, region_code, real, nihil, recorded, on_time, rekap,"
        " rekap_on_time) SELECT month, region_code, count(*), 0, 0,"
        f" count(CASE WHEN written_at < {closes} THEN 1 END), 0, 0"
        " FROM (SELECT month, region_code, written_at FROM report"
        " WHERE status NOT IN ('rejected', 'withdrawn')) standing GROUP BY month, region_code",
    ]


def _people(sql: Sql) -> list[str]:
    """An RT head for each RT that has none, eight RT a kelurahan; `big_office` says who acts for
    each RT at each desk."""
    rt = f"k.code || '.' || {sql.padded('s.n', 3)}"
    who = "(SELECT min(t.user_id) FROM term t WHERE t.region_code = {code} AND t.role = '{role}')"
    anybody = "(SELECT min(t.user_id) FROM term t WHERE t.role = '{role}')"
    return [
        f"""INSERT INTO region (code, parent_code, level, name, official_name, also)
        SELECT {rt}, k.code, 'rt', 'RT ' || {sql.padded("s.n", 3)}, 'RT', ''
        FROM region k, {sql.series(8)} s WHERE k.level = 'kelurahan'
        AND NOT EXISTS (SELECT 1 FROM region r WHERE r.code = {rt})""",
        f"""INSERT INTO "user" (id, phone, name, role, password_hash, active, created_at)
        SELECT 'big-' || code, '+62813' || replace(substr(code, 7), '.', ''), 'Pak ' || code,
        'rt_head', 'x', {"1" if sql.sqlite else "true"}, {sql.at("0")}
        FROM region WHERE level = 'rt'
        AND NOT EXISTS (SELECT 1 FROM term t WHERE t.region_code = region.code)""",
        f"""INSERT INTO term (user_id, role, region_code, since)
        SELECT id, 'rt_head', substr(id, 5), {sql.day("0")} FROM "user" WHERE id LIKE 'big-%'""",
        f"""CREATE TABLE big_office AS SELECT row_number() OVER
        (ORDER BY CASE k.code WHEN '16.73.04.1009' THEN 0 ELSE 1 END, r.code) AS place,
        r.code AS rt, k.code AS kelurahan, c.code AS kecamatan, c.parent_code AS kota,
        {who.format(code="r.code", role="rt_head")} AS at_rt,
        coalesce({who.format(code="k.code", role="lurah")}, {anybody.format(role="lurah")})
        AS at_kelurahan,
        coalesce({who.format(code="c.code", role="camat")}, {anybody.format(role="camat")})
        AS at_kecamatan, {anybody.format(role="pemerintahan")} AS at_kota
        FROM region r JOIN region k ON k.code = r.parent_code
        JOIN region c ON c.code = k.parent_code WHERE r.level = 'rt'""",
    ]


def _courses() -> list[str]:
    """`big_course` has the courses that reports take, `big_event` the events of each."""
    rows, told = [], []
    for ended, courses in ((1, ENDED), (0, LYING)):
        first = 0
        for name, share, status, desk, moves in courses:
            last = next((m for m in reversed(moves) if m[2]), None)
            ended_desk = last[2] if last and desk is None else None
            classed = any(m[0] == "verify" for m in moves)
            cells = (ended, first, first + share - 1, name, status, desk, ended_desk, len(moves))
            rows.append(f"({', '.join(map(_cell, (*cells, 'kegiatan' if classed else None)))})")
            first += share
            for version, (action, actor, at, to) in enumerate(moves, 1):
                reason = "lainnya" if action in ("return", "reject") else None
                said = NOTE if action in ("return", "reject", "verify") else None
                klass = "kegiatan" if any(m[0] == "verify" for m in moves[:version]) else None
                cells = (name, version, action, actor, at, to, klass, reason, said)
                told.append(f"({', '.join(map(_cell, cells))})")
    return [
        "CREATE TABLE big_course (ended INTEGER, low INTEGER, high INTEGER, name VARCHAR(20),"
        " status VARCHAR(10), desk VARCHAR(10), ended_desk VARCHAR(10), version INTEGER,"
        " klass VARCHAR(10))",
        f"INSERT INTO big_course VALUES {', '.join(rows)}",
        "CREATE TABLE big_event (name VARCHAR(20), version INTEGER, action VARCHAR(10),"
        " actor VARCHAR(10), at_desk VARCHAR(10), to_desk VARCHAR(10), klass VARCHAR(10),"
        " reason VARCHAR(20), note VARCHAR(80))",
        f"INSERT INTO big_event VALUES {', '.join(told)}",
    ]


def _cell(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else f"'{value}'"


def _choose_text(key: str, values: dict[str, str]) -> str:
    arms = " ".join(f"WHEN {_cell(one)} THEN {_cell(value)}" for one, value in values.items())
    return f"CASE {key} {arms} END"


def _choose(key: str, values: list[str]) -> str:
    arms = " ".join(f"WHEN {place} THEN {value}" for place, value in enumerate(values))
    return f"CASE {key} {arms} END"


def _reports(
    sql: Sql, reports: int, still_open: int, before: int, offices: int | None, bencana: int
) -> str:
    minutes = f"s.n * {DAYS * 1440 / reports:.6f}"
    true, false = ("1", "0") if sql.sqlite else ("true", "false")
    kind = f"s.n % {len(CATEGORIES)}"
    columns = {
        "id": f"{before} + s.n",
        "number": sql.padded("s.n", 8),
        "client_id": "'big-' || s.n",
        "reporter_id": "o.at_rt",
        "region_code": "o.rt",
        "kelurahan_code": "o.kelurahan",
        "kecamatan_code": "o.kecamatan",
        "kota_code": "o.kota",
        "author_desk": "'rt'",
        "submission_digest": sql.padded("s.n", 8),
        "received_at": sql.at(minutes),
        "written_at": sql.at(minutes),
        "clock_doubtful": false,
        "category": f"CASE WHEN s.n % {bencana} = 0 THEN 'bencana' ELSE "
        f"{_choose(kind, [_cell(key) for key, _ in CATEGORIES])} END",
        "urgent": f"CASE WHEN s.n % {bencana} = 0 THEN {true} ELSE {false} END",
        "happened_on": sql.day(minutes),
        "month": sql.month_of_day(sql.day(minutes)),
        "text": f"'{TEXT}'",
        "fields": f'(CASE WHEN s.n % {bencana} = 0 THEN \'{{"jenis": "banjir"}}\' ELSE '
        f"{_choose(kind, [_cell(fields) for _, fields in CATEGORIES])} END){sql.json}",
        "place_text": "'Gang 3, depan musala'",
        # Every third has coordinates, some of them outside the city.
        "lat": "CASE WHEN s.n % 3 = 0 THEN -3.05 - s.n % 311 / 1000.0 END",
        "lon": "CASE WHEN s.n % 3 = 0 THEN 102.75 + s.n % 199 / 1000.0 END",
        "accuracy_m": "CASE WHEN s.n % 3 = 0 THEN 8.0 END",
        "content_digest": sql.padded("s.n", 8),
        "status": "c.status",
        "desk": "c.desk",
        "desk_code": f"CASE c.desk {DESK_CODE} END",
        "version": "c.version",
        "class": "c.klass",
        "arrived_at": sql.at(f"{minutes} + 200 * (c.version - 1)"),
        "due_at": f"CASE WHEN c.desk IN ('kelurahan', 'kecamatan', 'kota') THEN "
        f"{sql.at(f'{minutes} + 3000 + 200 * c.version')} END",
        "ended_desk": "c.ended_desk",
    }
    return f"""{_into("report", columns)} FROM {sql.series(reports)} s
    JOIN big_office o ON o.place = 1 + s.n % {offices or "(SELECT count(*) FROM big_office)"}
    JOIN big_course c ON c.ended = CASE WHEN s.n <= {reports - still_open}
    THEN 1 ELSE 0 END AND ({before} + s.n) / 7 % 100 BETWEEN c.low AND c.high ORDER BY s.n"""


def _into(table: str, columns: dict[str, str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"


def _revisions(sql: Sql) -> str:
    """The content of each submission and mending, with the photo that `_photos` declares."""
    said = {
        "happened_on": """'"' || r.happened_on || '"'""",
        "text": f"""'"' || CASE WHEN EXISTS (SELECT 1 FROM big_event later
        WHERE later.name = e.name AND later.action = 'revise' AND later.version > e.version)
        THEN '{SHORT}' ELSE r.text END || '"'""",
        "fields": "CAST(r.fields AS TEXT)",
        "place_text": """'"' || r.place_text || '"'""",
        "photos": """'[' || CASE r.id % 2 WHEN 0 THEN '{"id": "photo-' || r.id
        || '", "sha256": "' || r.content_digest || '"}' ELSE '' END || ']'""",
    } | {name: f"coalesce(CAST(r.{name} AS TEXT), 'null')" for name in ("lat", "lon", "accuracy_m")}
    content = " || ', ' || ".join(f"""'"{name}": ' || {value}""" for name, value in said.items())
    columns = {
        "report_id": "r.id",
        "version": "e.version",
        "author_id": "r.reporter_id",
        "at": MOVED_AT,
        "content": f"('{{' || {content} || '}}'){sql.json}",
        "content_digest": "r.content_digest",
    }
    return f"""{_into("revision", columns)} FROM report r {MOVES}
    WHERE r.client_id LIKE 'big-%' AND e.action IN ('submit', 'revise')"""


def _photos(sql: Sql) -> str:
    """A ready photo for every second report."""
    true, false = ("1", "0") if sql.sqlite else ("true", "false")
    columns = {
        "report_id": "id",
        "client_id": "'photo-' || id",
        "declared_by": "reporter_id",
        "sha256": "content_digest",
        "state": "'ready'",
        "current": true,
        "original": false,
        "received_at": "received_at",
        "tries": "0",
    }
    return f"{_into('photo', columns)} FROM report WHERE client_id LIKE 'big-%' AND id % 2 = 0"


def _events(sql: Sql) -> str:
    actor = f"CASE e.actor {' '.join(f'WHEN {_cell(d)} THEN o.at_{d}' for d in DESKS)} END"
    columns = {
        "seq": "(SELECT value FROM counter WHERE name = 'event')"
        " + row_number() OVER (ORDER BY r.id, e.version)",
        "report_id": "r.id",
        "version": "e.version",
        "at": MOVED_AT,
        "actor_id": actor,
        "actor_desk": "e.actor",
        "action": "e.action",
        "from_desk": "e.at_desk",
        "to_desk": "e.to_desk",
        "class": "e.klass",
        "reason": "e.reason",
        "note": "e.note",
        "action_id": "'big-' || r.id || '-' || e.version",
        "request_digest": "r.submission_digest",
        "content_digest": "r.content_digest",
        "actor_role": _choose_text("e.actor", {desk: DESK_ROLES[desk] for desk in DESKS}),
        "actor_region": f"CASE e.actor {DESK_CODE} END",
        "sealed": "'x'",
        "mark": "'x'",
        "key_id": "'1'",
        "previous_hash": "'x'",
        "hash": "'x'",
    }
    return f"""{_into("event", columns)} FROM report r JOIN big_office o ON o.rt = r.region_code
    {MOVES} WHERE r.client_id LIKE 'big-%' ORDER BY r.id, e.version"""


def _answers(sql: Sql) -> str:
    """What ended each stay on a desk; it took up to 30 office hours."""
    worked = "event.seq * 7919 % 108000"
    decided = "event.action IN ('verify', 'return', 'reject')"
    columns = {
        "seq": "event.seq",
        "report_id": "r.id",
        "region_code": "r.region_code",
        "desk": "event.from_desk",
        "desk_code": f"CASE event.from_desk {DESK_CODE} END",
        "month": sql.month("event.at"),
        "worked_s": worked,
        "in_time": f"CASE WHEN {decided} THEN {worked} < 54000 END",
        "answered": "event.note IS NOT NULL OR event.reason IS NOT NULL",
        "action": "event.action",
        "reason": "event.reason",
    }
    return f"""{_into("answer", columns)} FROM event JOIN report r ON r.id = event.report_id
    JOIN big_office o ON o.rt = r.region_code
    WHERE r.client_id LIKE 'big-%' AND event.from_desk IS NOT NULL"""


def _openings() -> str:
    """What has ended was opened by its lurah, and what was rejected by its author."""
    return """INSERT INTO first_opened (report_id, desk, user_id, at)
    SELECT r.id, d.desk, CASE d.desk WHEN 'rt' THEN o.at_rt ELSE o.at_kelurahan END, r.arrived_at
    FROM report r JOIN big_office o ON o.rt = r.region_code
    JOIN (SELECT 'kelurahan' AS desk UNION SELECT 'rt') d ON d.desk = 'kelurahan'
    OR r.status = 'rejected' WHERE r.client_id LIKE 'big-%' AND r.desk IS NULL"""


def _notices(user: str, office: str, kind: str) -> str:
    """One about the last move of each report; every fiftieth is unread."""
    columns = {
        "user_id": user,
        "kind": _choose_text(kind, {"verify": "verified", "reject": "rejected"} | _SAME),
        "at": "r.arrived_at",
        "key": "'event ' || event.seq",
        "office": office,
        "url": "'/laporan/' || r.number",
        "report_id": "r.id",
        "event_seq": "event.seq",
        "read_at": "CASE WHEN r.id % 50 > 0 THEN r.arrived_at END",
    }
    return f"""{_into("notice", columns)} FROM report r
    JOIN big_office o ON o.rt = r.region_code
    JOIN event ON event.report_id = r.id AND event.version = r.version
    WHERE r.client_id LIKE 'big-%' AND event.action IN ('verify', 'return', 'reject')
    ORDER BY r.id"""


_SAME = {"return": "returned", "returned": "returned"}
