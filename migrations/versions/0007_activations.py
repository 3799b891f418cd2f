"""People get in by a code and a PIN: codes, a phone knows its PINs and its sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("made_by_id", sa.String(length=36), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_activation_user_id"),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name="fk_activation_made_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activation"),
        sa.UniqueConstraint("code_hash", name="uq_activation_code_hash"),
    )
    op.create_index("ix_activation_user_id", "activation", ["user_id"])
    op.add_column("known_device", sa.Column("pin_hash", sa.String(length=200), nullable=True))
    op.add_column(
        "known_device",
        sa.Column("pin_failures", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    with op.batch_alter_table("login_session") as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            "fk_login_session_device_id", "known_device", ["device_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("login_session") as batch_op:
        batch_op.drop_constraint("fk_login_session_device_id", type_="foreignkey")
        batch_op.drop_column("device_id")
    with op.batch_alter_table("known_device") as batch_op:
        batch_op.drop_column("pin_failures")
        batch_op.drop_column("pin_hash")
    op.drop_table("activation")
