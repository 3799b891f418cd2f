"""An entry about an RT stays when the RT is taken back that an import had added."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = "fk_administrative_entry_region_code"


def upgrade() -> None:
    with op.batch_alter_table("administrative_entry") as batch_op:
        batch_op.drop_constraint(KEY, type_="foreignkey")


def downgrade() -> None:
    # The version before knows entries about regions that are there alone.
    op.execute(
        "DELETE FROM administrative_entry WHERE region_code IS NOT NULL"
        " AND region_code NOT IN (SELECT code FROM region)"
    )
    with op.batch_alter_table("administrative_entry") as batch_op:
        batch_op.create_foreign_key(KEY, "region", ["region_code"], ["code"])
