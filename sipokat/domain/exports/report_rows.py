"""Reports as a table: all that this person's list of them would show, newest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from sipokat.domain import listing
from sipokat.domain.categories import Category, Field, categories
from sipokat.domain.chain import CLASSES
from sipokat.domain.exports import places
from sipokat.domain.exports.table import PORTION, Asked, Cell, Column, Kind, Table
from sipokat.domain.field_facts import field_facts, field_value
from sipokat.domain.listed import Listed, as_listed, read_listed
from sipokat.domain.regions import names_of
from sipokat.domain.report_titles import jenis_of
from sipokat.domain.roles import DESK_ROLES, ROLES
from sipokat.domain.state_names import badge
from sipokat.domain.visibility import is_open, narrowed, newest_in, reports_in, seen_in
from sipokat.models import Report, User

BEFORE = (
    Column("Nomor", width=12),
    Column("Kategori", width=24),
    Column("Jenis", width=22),
    *places.COLUMNS,
    Column("Pelapor", width=12),
    Column("Tanggal kejadian", "day", 17),
    Column("Periode", width=10),
    Column("Ditulis", "moment", 19),
    Column("Diterima", "moment", 19),
    Column("Status", width=26),
    Column("Di meja sejak", "moment", 19),
    Column("Batas waktu", "moment", 19),
    Column("Golongan", width=14),
    Column("Keterangan", width=60),
    Column("Lokasi", width=30),
    Column("Lintang", "degrees", 12),
    Column("Bujur", "degrees", 12),
    Column("Akurasi (m)", "whole", 12),
)
OTHERS = (Column("Isian lain", width=50),)
KINDS: dict[str, Kind] = {"count": "whole", "decimal": "decimal", "rupiah": "rupiah"}
COUNTED = (
    "Satu baris adalah satu laporan, yang terbaru di atas.",
    "Ditulis adalah saat laporan ditulis di HP, menurut jam yang sudah dibetulkan.",
    "Jam adalah Waktu Indonesia Barat (WIB).",
)


def table_of(session: Session, asked: Asked) -> Table:
    """The table of these reports. With one category its fields are columns of their own."""
    wanted = listing.Filter(**asked.filters)
    category = categories().get(wanted.category)
    columns = (*BEFORE, *(_field_columns(category) if category else OTHERS))
    # What comes in while the file is written is not in it.
    figures = (func.count(), func.max(Report.id))
    count, last = session.execute(_all(session, asked, wanted).with_only_columns(*figures)).one()

    def portion(session: Session, after: int | None) -> tuple[list[list[Cell]], int | None]:
        before = (last or 0) + 1 if after is None else after
        found = read_listed(session, as_listed(_newest(session, asked, wanted, before)))
        names = names_of(session, {one.region_code for one in found})
        rows = [_row(one, names, category) for one in found]
        return rows, found[-1].id if len(found) == PORTION else None

    return Table(columns, count, portion, COUNTED)


def _all(session: Session, asked: Asked, wanted: listing.Filter) -> Select[Any]:
    """The reports of the list, as `listing.list_reports` finds them, within the frozen scopes."""
    query = select(Report).where(seen_in(asked.user_id, asked.scopes))
    query = query.where(*_conditions(session, asked, wanted))
    return query.where(reports_in(wanted.region, indexed=False)) if wanted.region else query


def _newest(session: Session, asked: Asked, wanted: listing.Filter, before: int) -> Select[Any]:
    """The newest of them before this one. What is not final is found by its own small index."""
    if wanted.late or wanted.desk or wanted.status in listing.OPEN:
        query = _all(session, asked, wanted).where(is_open(), Report.id < before)
        return query.order_by(Report.id.desc()).limit(PORTION)
    conditions = [*_conditions(session, asked, wanted), Report.id < before]
    scopes = narrowed(asked.scopes, wanted.region)
    return newest_in(asked.user_id, scopes, PORTION, conditions, wanted.region)


def _conditions(session: Session, asked: Asked, wanted: listing.Filter) -> list[Any]:
    user = session.get_one(User, asked.user_id)
    conditions = listing.conditions_of(session, user, wanted, asked.at)
    if wanted.by:
        own = map(listing.filed_by, listing.offices_filing(user))
        conditions.append(or_(false(), *own))
    return conditions


def _field_columns(category: Category) -> list[Column]:
    return [_field_column(field) for field in _fields(category)]


def _fields(category: Category) -> list[Field]:
    return [one for one in category.all_fields if one.key != "jenis" and one.type != "period"]


def _field_column(field: Field) -> Column:
    unit = f" ({field.unit})" if field.unit else ""
    kind = KINDS.get(field.type, "text")
    return Column(f"{field.label}{unit}", kind, max(14, min(40, len(field.label) + 6)))


def _row(one: Listed, names: dict[str, str], category: Category | None) -> list[Cell]:
    fields = one.fields
    return [
        one.number,
        categories()[one.category].name,
        jenis_of(one.category, fields),
        *places.cells(one.region_code, names),
        one.recorded_as or ROLES[DESK_ROLES[one.author_desk]].label,
        one.happened_on,
        one.period,
        one.written_at,
        one.received_at,
        badge(one)[0],
        one.arrived_at if one.desk else None,
        one.due_at,
        CLASSES.get(one.klass or "", ""),
        one.text,
        one.place_text,
        one.lat,
        one.lon,
        None if one.accuracy_m is None else round(one.accuracy_m),
        *(_own_fields(category, fields) if category else [_others(one, fields)]),
    ]


def _own_fields(category: Category, fields: dict[str, Any]) -> list[Cell]:
    return [_cell(one, fields.get(one.key)) for one in _fields(category)]


def _cell(field: Field, value: Any) -> Cell:
    if value is None or field.type in KINDS:
        return value  # type: ignore[no-any-return]
    return field_value(field, value)


def _others(one: Listed, fields: dict[str, Any]) -> str:
    category = categories()[one.category]
    left = {key: value for key, value in fields.items() if key not in ("jenis", "periode")}
    return "; ".join(f"{label}: {value}" for label, value in field_facts(category, left))
