"""Deputies have a kind, a letter and an end; regions begin, end and become others; a report for an
RT may be written down by its kelurahan."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WIB = timezone(timedelta(hours=7))  # terms run by the days of Lubuklinggau
CODE = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")
KIND = "kind IN ('definitif', 'plh', 'plt')"
FOR_SOMEBODY = "(kind = 'plh') = (acts_for_id IS NOT NULL)"
BY_LETTER = (
    "kind = 'definitif' OR (letter_number IS NOT NULL AND letter_date IS NOT NULL"
    " AND until IS NOT NULL AND title IS NULL)"
)


def upgrade() -> None:
    _terms()
    op.add_column("region", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("region", sa.Column("until", sa.Date(), nullable=True))
    op.create_table(
        "region_name",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name="fk_region_name_region_code"
        ),
        sa.PrimaryKeyConstraint("region_code", "since", name="pk_region_name"),
    )
    op.create_table(
        "region_successor",
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("successor_code", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name="fk_region_successor_region_code"
        ),
        sa.ForeignKeyConstraint(
            ["successor_code"], ["region.code"], name="fk_region_successor_successor_code"
        ),
        sa.PrimaryKeyConstraint("region_code", "successor_code", name="pk_region_successor"),
    )
    op.add_column("report", sa.Column("recorded_as", sa.String(length=60), nullable=True))
    recorded = sa.text("recorded_as IS NOT NULL")
    op.create_index(
        "ix_report_recorded",
        "report",
        ["region_code", "desk_code"],
        sqlite_where=recorded,
        postgresql_where=recorded,
    )
    with op.batch_alter_table("administrative_entry") as batch_op:
        batch_op.add_column(sa.Column("region_code", CODE, nullable=True))
        batch_op.add_column(sa.Column("actor_kind", sa.String(length=10), nullable=True))
        batch_op.alter_column("subject_id", existing_type=sa.String(length=36), nullable=True)
        batch_op.create_foreign_key(
            "fk_administrative_entry_region_code", "region", ["region_code"], ["code"]
        )
        batch_op.create_check_constraint(
            "ck_administrative_entry_a_subject", "subject_id IS NOT NULL OR region_code IS NOT NULL"
        )
        batch_op.create_index("ix_administrative_entry_region_code_id", ["region_code", "id"])


def _terms() -> None:
    kind = sa.Column("kind", sa.String(length=10), nullable=False, server_default="definitif")
    with op.batch_alter_table("term") as batch_op:
        batch_op.add_column(kind)
        batch_op.add_column(sa.Column("title", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("letter_number", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("letter_date", sa.Date(), nullable=True))
    # Until now a deputy's letter was asked for nowhere, and the end was left open at times. Nobody
    # loses an office overnight by this: an open one ends in thirty days.
    last = (datetime.now(WIB) + timedelta(days=30)).date()
    term = sa.table(
        "term",
        *map(sa.column, ("kind", "letter_number", "letter_date", "acts_for_id", "since", "until")),
    )
    deputies = term.c.acts_for_id.is_not(None)
    op.execute(
        sa.update(term)
        .where(deputies)
        .values(kind="plh", letter_number="tidak dicatat", letter_date=term.c.since)
    )
    # Dates as literals: SQLite's driver binds none for a column whose type is not known here.
    op.execute(f"UPDATE term SET until = '{last}' WHERE kind = 'plh' AND until IS NULL")
    with op.batch_alter_table("term") as batch_op:
        batch_op.create_check_constraint("ck_term_kind", KIND)
        batch_op.create_check_constraint("ck_term_plh_for_somebody", FOR_SOMEBODY)
        batch_op.create_check_constraint("ck_term_deputy_by_letter", BY_LETTER)


def downgrade() -> None:
    # The version before knows entries about people alone.
    op.execute("DELETE FROM administrative_entry WHERE subject_id IS NULL")
    with op.batch_alter_table("administrative_entry") as batch_op:
        batch_op.drop_index("ix_administrative_entry_region_code_id")
        batch_op.drop_constraint("ck_administrative_entry_a_subject", type_="check")
        batch_op.drop_constraint("fk_administrative_entry_region_code", type_="foreignkey")
        batch_op.alter_column("subject_id", existing_type=sa.String(length=36), nullable=False)
        batch_op.drop_column("actor_kind")
        batch_op.drop_column("region_code")
    op.drop_index("ix_report_recorded", "report")
    op.drop_column("report", "recorded_as")
    op.drop_table("region_successor")
    op.drop_table("region_name")
    op.drop_column("region", "until")
    op.drop_column("region", "since")
    # A Plt. acts for nobody: the version before takes the term for its holder's, until its end.
    with op.batch_alter_table("term") as batch_op:
        batch_op.drop_constraint("ck_term_deputy_by_letter", type_="check")
        batch_op.drop_constraint("ck_term_plh_for_somebody", type_="check")
        batch_op.drop_constraint("ck_term_kind", type_="check")
        batch_op.drop_column("letter_date")
        batch_op.drop_column("letter_number")
        batch_op.drop_column("title")
        batch_op.drop_column("kind")
