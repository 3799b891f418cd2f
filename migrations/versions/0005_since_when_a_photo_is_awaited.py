"""A photo that was declared after its report says when (`added_at`)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("photo", sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
    # Its revision declared it, or it came in the place of one that left the report.
    op.execute(
        """
        UPDATE photo SET added_at = COALESCE(
            (SELECT MAX(left_at) FROM photo AS old
             WHERE old.report_id = photo.report_id AND old.gave_way_to = photo.client_id),
            (SELECT MIN(at) FROM revision
             WHERE revision.report_id = photo.report_id
             AND CAST(content AS TEXT) LIKE '%' || photo.client_id || '%')
        )
        """
    )
    op.execute(
        "UPDATE photo SET added_at = NULL WHERE added_at = "
        "(SELECT received_at FROM report WHERE report.id = photo.report_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("photo") as batch_op:
        batch_op.drop_column("added_at")
