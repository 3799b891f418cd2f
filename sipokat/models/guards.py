"""Triggers that keep the record as it was appended, in SQLite and PostgreSQL.

They refuse every DELETE of events, reports, revisions, photos, administrative entries and nudges,
every change of such an entry or a nudge, and of an event or a revision but the blanking that an
erasure has announced in the record. On SQLite they refuse as well what `OR REPLACE` would delete
without asking a DELETE trigger. `migrations/env.py` takes them off before a migration and puts them
on after it; `faults` says where they are not as they should be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

NO_DELETE = (
    *("event", "report", "revision", "photo", "counter", "administrative_entry"),
    "nudge",
)
# What never changes once a row is there. The rest of an event may only be blanked.
FIXED = {
    "event": "seq report_id version at actor_id actor_desk actor_role actor_region actor_for action"
    " from_desk to_desk class reason action_id detail sealed mark key_id previous_hash hash",
    "report": "id number client_id reporter_id region_code author_desk recorded_as received_at"
    " category",
    "revision": "id report_id version author_id at",
    "photo": "id report_id client_id declared_by sha256",
    "counter": "name",
    "administrative_entry": "id at subject_id region_code action actor_id actor_role actor_region"
    " actor_kind actor_for operator was became",
    "nudge": "id region_code number month at until way head_id by_id by_role by_region by_kind",
}
# Every unique key: of two rows with the same one, OR REPLACE would delete the older.
KEYS = {
    "event": ("seq", "report_id version", "actor_id action_id"),
    "report": ("id", "number", "reporter_id client_id"),
    "revision": ("id", "report_id version"),
    "photo": ("id", "client_id report_id"),
    "counter": ("name",),
    "administrative_entry": ("id",),
    "nudge": ("id", "region_code number"),
}
STANDING = "{0}period IS NOT NULL AND {0}status NOT IN ('rejected', 'withdrawn')"
ERASED_LATER = (
    "EXISTS (SELECT 1 FROM event AS later WHERE later.report_id = OLD.report_id"
    " AND later.action = 'erase' AND later.seq > OLD.seq)"
)
ERASED = (
    "EXISTS (SELECT 1 FROM event AS later WHERE later.report_id = OLD.report_id"
    " AND later.action = 'erase')"
)
BLANK = (
    "NEW.note IS NULL AND NEW.salt IS NULL AND NEW.request_digest = '' AND NEW.content_digest = ''"
)
HEAD = "UPDATE counter SET last_seq = NEW.seq, last_hash = NEW.hash WHERE name = 'event'"


@dataclass(frozen=True)
class Guard:
    """A trigger of SQLite, or on PostgreSQL a function (`body`) and the trigger that calls it."""

    name: str
    table: str
    when: str
    body: str

    @property
    def sqlite(self) -> str:
        return f"CREATE TRIGGER {self.name} {self.when} ON {self.table} {self.body}"

    @property
    def postgresql(self) -> tuple[str, str]:
        each = "STATEMENT" if "TRUNCATE" in self.when else "ROW"
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ {self.body} $$",
            f"CREATE TRIGGER {self.name} {self.when} ON {self.table}"
            f" FOR EACH {each} EXECUTE FUNCTION {self.name}()",
        )


def _same(table: str, same: str) -> str:
    return " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in FIXED[table].split())


def _sqlite() -> list[Guard]:
    def refuse(name: str, table: str, when: str, condition: str, said: str) -> Guard:
        test = f" WHEN {condition}" if condition else ""
        body = f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        return Guard(name, table, when, f"{test.strip()} {body}".strip())

    made = [
        refuse(f"{table}_stays", table, "BEFORE DELETE", "", f"rows of {table} are never deleted")
        for table in NO_DELETE
    ]
    for table, keys in KEYS.items():
        there = " OR ".join(
            "(" + " AND ".join(f"{one} = NEW.{one}" for one in key.split()) + ")" for key in keys
        )
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {there})"
        said = f"this row of {table} is there already"
        made.append(refuse(f"{table}_is_new", table, "BEFORE INSERT", taken, said))
    second = (
        f"{STANDING.format('NEW.')} AND EXISTS (SELECT 1 FROM report AS other WHERE"
        " other.region_code = NEW.region_code AND other.category = NEW.category"
        f" AND other.period = NEW.period AND other.id IS NOT NEW.id"
        f" AND {STANDING.format('other.')})"
    )
    said = "a report stands for this month already"
    made.append(refuse("report_month_is_new", "report", "BEFORE INSERT", second, said))
    made.append(
        refuse("report_month_stays", "report", "BEFORE UPDATE OF period, status", second, said)
    )
    for table, allowed in _changes().items():
        condition = f"NOT ({_same(table, 'IS')} AND ({allowed}))"
        said = f"a row of {table} is not changed like this"
        made.append(refuse(f"{table}_is_fixed", table, "BEFORE UPDATE", condition, said))
    made.append(Guard("event_heads_chain", "event", "AFTER INSERT", f"BEGIN {HEAD}; END"))
    return made


def _changes() -> dict[str, str]:
    """The changes of each table that are allowed where its fixed columns stay."""
    return {
        "event": f"{BLANK} AND {ERASED_LATER}",
        "report": "1 = 1",
        "revision": ERASED,
        "photo": "1 = 1",
        "counter": "NEW.value >= OLD.value",
        "administrative_entry": "1 = 0",
        "nudge": "1 = 0",
    }


def _postgresql() -> list[Guard]:
    def refuse(name: str, table: str, when: str, condition: str, said: str) -> Guard:
        error = f"RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation';"
        test = f"IF {condition} THEN {error} END IF; RETURN NEW;" if condition else error
        return Guard(name, table, when, f"BEGIN {test} END")

    made = []
    for table in NO_DELETE:
        said = f"rows of {table} are never deleted"
        made.append(refuse(f"{table}_stays", table, "BEFORE DELETE", "", said))
        made.append(refuse(f"{table}_is_kept", table, "BEFORE TRUNCATE", "", said))
    for table, allowed in _changes().items():
        condition = f"NOT ({_same(table, 'IS NOT DISTINCT FROM')} AND ({allowed}))"
        said = f"a row of {table} is not changed like this"
        made.append(refuse(f"{table}_is_fixed", table, "BEFORE UPDATE", condition, said))
    body = f"BEGIN {HEAD}; RETURN NULL; END"
    made.append(Guard("event_heads_chain", "event", "AFTER INSERT", body))
    return made


def guards(dialect: str) -> list[Guard]:
    """Every trigger of a database of this kind."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def put_on(connection: Connection) -> None:
    """Make those triggers that are missing, and those anew that are not as they should be. What is
    in order is left alone, so that no table is locked without need."""
    wrong = {name for name, _ in _faults(connection)}
    for guard in guards(connection.dialect.name):
        if guard.name in wrong:
            _take_off(connection, guard)
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(guard.sqlite)
            else:
                for statement in guard.postgresql:
                    connection.exec_driver_sql(statement)


def take_off(connection: Connection) -> None:
    """Drop all triggers, for a migration."""
    for guard in guards(connection.dialect.name):
        _take_off(connection, guard)


def _take_off(connection: Connection, guard: Guard) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {guard.name}")
    else:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {guard.name}() CASCADE")


def faults(connection: Connection) -> list[str]:
    """A sentence for each trigger that is missing, changed, switched off or nobody's."""
    return [f"trigger {name} {fault}" for name, fault in _faults(connection)]


def _faults(connection: Connection) -> list[tuple[str, str]]:
    wanted = {guard.name: guard for guard in guards(connection.dialect.name)}
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        )
        there = {name: "" if _is(wanted, name, sql) else "is changed" for name, sql in rows}
    else:
        rows = connection.exec_driver_sql(_TRIGGERS)
        there = {row.tgname: _fault(wanted, row) for row in rows}
    found = [(name, "is missing") for name in wanted if name not in there]
    for name, fault in there.items():
        if name not in wanted:
            found.append((name, "is not one of SIPOKAT's"))
        elif fault:
            found.append((name, fault))
    return found


def _is(wanted: dict[str, Guard], name: str, sql: str) -> bool:
    return name in wanted and wanted[name].sqlite == sql


_TRIGGERS = """
SELECT t.tgname, c.relname, t.tgenabled, t.tgtype, t.tgqual IS NULL AS always, p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname = current_schema()
"""
# The bits of pg_trigger.tgtype (src/include/catalog/pg_trigger.h).
_BITS = {
    "BEFORE DELETE": 1 + 2 + 8,
    "BEFORE UPDATE": 1 + 2 + 16,
    "BEFORE TRUNCATE": 2 + 32,
    "AFTER INSERT": 1 + 4,
}


def _fault(wanted: dict[str, Guard], row: Row[Any]) -> str:
    guard = wanted.get(row.tgname)
    if guard is None:
        return ""
    if row.tgenabled not in ("O", "A"):
        return "is switched off"
    is_now = (row.relname, row.tgtype, row.prosrc.strip(), row.always)
    return "" if is_now == (guard.table, _BITS[guard.when], guard.body, True) else "is changed"
