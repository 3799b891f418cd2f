"""What is changed about accounts and offices is written down, with who changed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CODE = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "administrative_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("actor_role", sa.String(length=20), nullable=True),
        sa.Column("actor_region", CODE, nullable=True),
        sa.Column("actor_for", sa.String(length=36), nullable=True),
        sa.Column("operator", sa.String(length=80), nullable=True),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "actor_id IS NOT NULL OR operator IS NOT NULL", name="ck_administrative_entry_an_actor"
        ),
        sa.ForeignKeyConstraint(
            ["actor_for"], ["user.id"], name="fk_administrative_entry_actor_for"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_administrative_entry_actor_id"),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["user.id"], name="fk_administrative_entry_subject_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_administrative_entry"),
    )
    op.create_index(
        "ix_administrative_entry_subject_id_id", "administrative_entry", ["subject_id", "id"]
    )


def downgrade() -> None:
    op.drop_table("administrative_entry")
