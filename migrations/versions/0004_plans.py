"""Reports keep the regions that they lie in and whose desk they lie on; region codes are digits and
dots; lists, desks and open bencana get indexes in the order in which they are read; what has ended
is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")
LEVELS = ("kelurahan_code", "kecamatan_code", "kota_code")
LISTED = ["id", "status", "category", "happened_on"]
OPEN = "desk_code IS NOT NULL"
# Columns of each new index, and its condition on SQLite and on PostgreSQL.
INDEXES = {
    "ix_report_desk": (
        ["desk_code", "arrived_at", "id", "urgent", "due_at", "author_desk"],
        OPEN,
        OPEN,
    ),
    "ix_report_open": (
        [
            "id",
            "due_at",
            "status",
            "category",
            "happened_on",
            "desk",
            "desk_code",
            "region_code",
            *LEVELS,
        ],
        OPEN,
        OPEN,
    ),
    "ix_report_urgent": (["desk_code"], f"urgent = 1 AND {OPEN}", f"urgent AND {OPEN}"),
    "ix_report_kota": (["kota_code", *LISTED], None, None),
    "ix_report_kecamatan": (["kecamatan_code", *LISTED], None, None),
    "ix_report_kelurahan": (["kelurahan_code", *LISTED], None, None),
}
FILL = """
UPDATE report SET {column} = (
    SELECT CASE level WHEN '{level}' THEN code WHEN '{below}' THEN parent_code END
    FROM region WHERE code = coalesce(report.{from_column}, report.region_code)
)
"""
DESK = """
UPDATE report SET desk_code = CASE desk
    WHEN 'rt' THEN region_code WHEN 'kelurahan' THEN kelurahan_code
    WHEN 'kecamatan' THEN kecamatan_code WHEN 'kota' THEN kota_code END
"""


def upgrade() -> None:
    for column in (*LEVELS, "desk_code"):
        op.add_column("report", sa.Column(column, CODE, nullable=True))
    for column, level, below, from_column in (
        ("kelurahan_code", "kelurahan", "rt", "region_code"),
        ("kecamatan_code", "kecamatan", "kelurahan", "kelurahan_code"),
        ("kota_code", "kota", "kecamatan", "kecamatan_code"),
    ):
        op.execute(FILL.format(column=column, level=level, below=below, from_column=from_column))
    op.execute(DESK)
    op.drop_index("ix_report_desk_region_code", "report")
    for name, (columns, sqlite, postgresql) in INDEXES.items():
        conditions = (
            {}
            if sqlite is None
            else {"sqlite_where": sa.text(sqlite), "postgresql_where": sa.text(postgresql)}
        )
        op.create_index(name, "report", columns, **conditions)
    op.create_table(
        "tally",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_tally_region_code"),
        sa.PrimaryKeyConstraint("region_code", "status", name="pk_tally"),
    )
    op.execute(
        "INSERT INTO tally (region_code, status, count) SELECT region_code, status, count(*)"
        " FROM report WHERE desk IS NULL GROUP BY region_code, status"
    )
    with op.batch_alter_table("region") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_region_digits"), "ltrim(code, '0123456789.') = ''"
        )


def downgrade() -> None:
    with op.batch_alter_table("region") as batch_op:
        batch_op.drop_constraint(op.f("ck_region_digits"), type_="check")
    op.drop_table("tally")
    for name in INDEXES:
        op.drop_index(name, "report")
    for column in (*LEVELS, "desk_code"):
        op.drop_column("report", column)
    op.create_index("ix_report_desk_region_code", "report", ["desk", "region_code", "arrived_at"])
