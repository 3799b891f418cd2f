"""A phone has a name and knows what its person has read; a session says when they last proved
who they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

# What was changed before is no news on any phone.
READ = """
UPDATE known_device SET read_entry_id = COALESCE(
    (SELECT max(id) FROM administrative_entry WHERE subject_id = known_device.user_id), 0)
"""
NAMED = """
UPDATE known_device SET device =
    (SELECT max(device) FROM login_session WHERE login_session.device_id = known_device.id)
"""


def upgrade() -> None:
    op.add_column("login_session", sa.Column("proved_at", sa.DateTime(timezone=True)))
    op.add_column("known_device", sa.Column("device", sa.String(length=80)))
    op.add_column(
        "known_device",
        sa.Column("read_entry_id", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.execute(READ)
    op.execute(NAMED)


def downgrade() -> None:
    with op.batch_alter_table("known_device") as batch_op:
        batch_op.drop_column("read_entry_id")
        batch_op.drop_column("device")
    with op.batch_alter_table("login_session") as batch_op:
        batch_op.drop_column("proved_at")
