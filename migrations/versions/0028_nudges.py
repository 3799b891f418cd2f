"""Who was asked when for the missing report of a month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

CODE = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_code", CODE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("head_id", sa.String(length=36), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=True),
        sa.Column("by_role", sa.String(length=20), nullable=True),
        sa.Column("by_region", CODE, nullable=True),
        sa.Column("by_kind", sa.String(length=20), nullable=True),
        sa.CheckConstraint("way IN ('notice', 'whatsapp')", name="ck_nudge_way"),
        sa.CheckConstraint("number > 0", name="ck_nudge_number"),
        sa.ForeignKeyConstraint(["head_id"], ["user.id"], name="fk_nudge_head_id"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_nudge_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_nudge"),
        sa.UniqueConstraint("region_code", "number", name="uq_nudge_region_code_number"),
    )
    op.create_index("ix_nudge_month_region_code", "nudge", ["month", "region_code"])


def downgrade() -> None:
    op.drop_table("nudge")
