"""Events make one chain of keyed hashes, and keep the office in which their actor acted.

The events that are there are hashed as they are found: from here on nobody changes them unseen.
Photos that were replaced or dropped become entries at the end of the record.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHUNK = 5000
WIB = timezone(timedelta(hours=7))  # terms run by the days of Lubuklinggau
ROLES = {"rt": "rt_head", "kelurahan": "lurah", "kecamatan": "camat", "kota": "pemerintahan"}
PARTS = {"rt": 5, "kelurahan": 4, "kecamatan": 3, "kota": 2}
OLD = (
    "seq report_id version at actor_id actor_desk action from_desk to_desk class reason note"
    " action_id request_digest content_digest"
)
NEW = f"{OLD} actor_role actor_region actor_for detail salt sealed mark key_id previous_hash hash"
HASHED = (
    "previous_hash seq report_id version at actor_id actor_desk actor_role actor_region actor_for"
    " action from_desk to_desk class reason action_id detail sealed mark key_id"
)
KEPT = "client_id written_at_raw written_at clock_doubtful form_version urgent"
CODE = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("counter", sa.Column("token", sa.String(length=32), nullable=True))
    op.add_column(
        "counter", sa.Column("last_seq", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column(
        "counter",
        sa.Column("last_hash", sa.String(length=64), nullable=False, server_default=sa.text("''")),
    )
    op.execute("CREATE TABLE event_before AS SELECT * FROM event")
    op.create_index("ix_event_before_seq", "event_before", ["seq"])
    op.drop_table("event")
    _create()
    _fill()
    op.drop_table("event_before")


def _create() -> None:
    op.create_table(
        "event",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("actor_desk", sa.String(length=10), nullable=True),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("actor_region", CODE, nullable=False),
        sa.Column("actor_for", sa.String(length=36), nullable=True),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("from_desk", sa.String(length=10), nullable=True),
        sa.Column("to_desk", sa.String(length=10), nullable=True),
        sa.Column("class", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("action_id", sa.String(length=36), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("sealed", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_for"], ["user.id"], name="fk_event_actor_for"),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_event_actor_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_event_report_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.UniqueConstraint("actor_id", "action_id", name="uq_event_actor_id_action_id"),
        sa.UniqueConstraint("report_id", "version", name="uq_event_report_id_version"),
    )


# --- Fill: one pass over the events, a chunk at a time -------------------------------------------


def _fill() -> None:
    connection = op.get_bind()
    key = current_app.config["RECORD_KEYS"].of(1)
    state: dict[str, Any] = {"seq": 0, "hash": "", "token": None}
    deputies = _deputies(connection)
    columns = ", ".join(f'e."{name}" AS "{name}"' for name in OLD.split())
    kept = ", ".join(f"r.{name} AS r_{name}" for name in KEPT.split())
    also = "r.region_code, r.version AS r_version, r.due_at"
    query = sa.text(
        f"SELECT {columns}, {kept}, {also} FROM event_before e JOIN report r ON r.id = e.report_id"
        f" WHERE e.seq > :seq ORDER BY e.seq LIMIT {CHUNK}"
    )
    seq = 0
    while rows := connection.execute(query, {"seq": seq}).mappings().all():
        _append(connection, key, state, [_of_move(dict(row), deputies) for row in rows])
        seq = rows[-1]["seq"]
    _append(connection, key, state, list(_of_photos(connection, deputies, state["seq"])))
    if state["seq"]:
        connection.execute(
            sa.text(
                "UPDATE counter SET value = :seq, last_seq = :seq, last_hash = :hash,"
                " token = :token WHERE name = 'event'"
            ),
            state,
        )


def _append(connection: Any, key: Any, state: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    for row in rows:
        salt, state["token"] = secrets.token_hex(16), secrets.token_hex(16)
        beside = [row[name] for name in ("note", "request_digest", "content_digest")]
        row |= {
            "salt": salt,
            "sealed": _hmac(salt.encode(), json.dumps(beside).encode()),
            "mark": _hmac(key.secret, b"counter " + state["token"].encode()),
            "key_id": key.id,
            "previous_hash": state["hash"],
        }
        values = [_plain(row[name]) for name in HASHED.split()]
        row["hash"] = state["hash"] = _hmac(key.secret, json.dumps(values).encode())
        state["seq"] = row["seq"]
    if not rows:
        return
    names = NEW.split()
    if connection.dialect.name == "postgresql":  # COPY is ten times as fast as inserts
        columns = ", ".join(f'"{name}"' for name in names)
        cursor = connection.connection.driver_connection.cursor()
        with cursor, cursor.copy(f"COPY event ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
        return
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    values = [
        tuple(_stored(row[name]) if name == "at" else row[name] for name in names) for row in rows
    ]
    connection.exec_driver_sql(f"INSERT INTO event ({columns}) VALUES ({marks})", values)


def _of_move(row: dict[str, Any], deputies: dict[Any, Any]) -> dict[str, Any]:
    """A move of before as it is appended now. The report's row knows what never changes, and the
    limit of the desk where the report lies now."""
    detail = {}
    if row["version"] == row["r_version"] and row["due_at"] is not None:
        detail["due"] = _plain(_moment(row["due_at"]))
    if row["version"] == 1:
        kept = [_plain_kept(name, row[f"r_{name}"]) for name in KEPT.split()]
        detail["kept"] = hashlib.sha256(json.dumps(kept).encode()).hexdigest()
    row["at"] = _moment(row["at"])
    return row | _office(row, row["actor_desk"], deputies) | {"detail": _json(detail)}


def _of_photos(connection: Any, deputies: dict[Any, Any], seq: int) -> Iterator[dict[str, Any]]:
    """An entry for each photo that was replaced or dropped, in the order of time."""
    query = """
        SELECT p.report_id, p.client_id, p.left_at, p.left_by, p.gave_way_to, n.sha256,
               r.region_code, r.author_desk, r.content_digest
        FROM photo p JOIN report r ON r.id = p.report_id
        LEFT JOIN photo n ON n.report_id = p.report_id AND n.client_id = p.gave_way_to
        WHERE p.left_at IS NOT NULL AND p.left_by IS NOT NULL ORDER BY p.left_at, p.id
    """
    for row in connection.execute(sa.text(query)).mappings():
        seq += 1
        detail = {"photo": row["client_id"]}
        if row["gave_way_to"]:
            detail |= {"by": row["gave_way_to"], "sha256": row["sha256"]}
        event = dict.fromkeys(OLD.split()) | {
            "seq": seq,
            "report_id": row["report_id"],
            "at": _moment(row["left_at"]),
            "actor_id": row["left_by"],
            "actor_desk": row["author_desk"],
            "action": "replace" if row["gave_way_to"] else "drop",
            "action_id": str(uuid.uuid4()),
            "request_digest": "",
            "content_digest": row["content_digest"],
            "region_code": row["region_code"],
        }
        yield event | _office(event, row["author_desk"], deputies) | {"detail": _json(detail)}


def _office(row: dict[str, Any], desk: str, deputies: dict[Any, Any]) -> dict[str, Any]:
    """The office in which somebody acted, and for whom if they were its deputy on that day."""
    region = ".".join(row["region_code"].split(".")[: PARTS[desk]])
    day, acts_for = row["at"].astimezone(WIB).date(), None
    terms = deputies.get((row["actor_id"], ROLES[desk], region), [])
    running = [one for one in terms if one[0] <= day and (one[1] is None or day <= one[1])]
    if running and all(one[2] is not None for one in running):
        acts_for = running[0][2]
    return {"actor_role": ROLES[desk], "actor_region": region, "actor_for": acts_for}


def _deputies(connection: Any) -> dict[Any, list[tuple[date, date | None, str | None]]]:
    """The terms of everybody who was ever a deputy, by person, role and region."""
    query = """
        SELECT user_id, role, region_code, since, until, acts_for_id FROM term
        WHERE user_id IN (SELECT user_id FROM term WHERE acts_for_id IS NOT NULL)
    """
    found: dict[Any, list[tuple[date, date | None, str | None]]] = {}
    for user, role, region, since, until, acts_for in connection.execute(sa.text(query)):
        term = (_day(since), _day(until) if until else None, acts_for)
        found.setdefault((user, role, region), []).append(term)
    return found


def _hmac(secret: bytes, value: bytes) -> str:
    return hmac.digest(secret, value, hashlib.sha256).hex()


def _json(detail: dict[str, Any]) -> str | None:
    return json.dumps(detail) if detail else None


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _moment(value: Any) -> datetime:
    """A point in time as SQLite (text in UTC) or PostgreSQL gives it."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _stored(value: datetime) -> str:
    """A point in time as SQLAlchemy writes it to SQLite."""
    return value.strftime("%Y-%m-%d %H:%M:%S.%f")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def _plain_kept(name: str, value: Any) -> Any:
    if name == "written_at":
        return _plain(_moment(value))
    return bool(value) if name in ("clock_doubtful", "urgent") else value


# --- Back ----------------------------------------------------------------------------------------


def downgrade() -> None:
    """Back to plain events. Entries that are no moves are lost, and so is the chain."""
    columns = ", ".join(f'"{name}"' for name in OLD.split())
    op.execute(f"CREATE TABLE event_after AS SELECT {columns} FROM event WHERE version IS NOT NULL")
    op.drop_table("event")
    op.create_table(
        "event",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("actor_desk", sa.String(length=10), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("from_desk", sa.String(length=10), nullable=True),
        sa.Column("to_desk", sa.String(length=10), nullable=True),
        sa.Column("class", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("action_id", sa.String(length=36), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_event_actor_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_event_report_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
        sa.UniqueConstraint("actor_id", "action_id", name="uq_event_actor_id_action_id"),
        sa.UniqueConstraint("report_id", "version", name="uq_event_report_id_version"),
    )
    op.create_index("ix_event_report_id_seq", "event", ["report_id", "seq"])
    op.execute(f"INSERT INTO event ({columns}) SELECT {columns} FROM event_after")
    op.drop_table("event_after")
    with op.batch_alter_table("counter") as batch_op:
        batch_op.drop_column("last_hash")
        batch_op.drop_column("last_seq")
        batch_op.drop_column("token")
