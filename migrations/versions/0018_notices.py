"""Notices: what each person is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=120), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("event_seq", SEQ, nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notice_user_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_notice_report_id"),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name="fk_notice_event_seq"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("user_id", "key", name="uq_notice_user_id_key"),
    )
    op.create_index("ix_notice_user_id_id", "notice", ["user_id", "id"])
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["user_id", "office", "url"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )


def downgrade() -> None:
    op.drop_table("notice")
