"""Each term carries its own role and whom its holder acts for; `reading` becomes `first_opened`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("term") as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("acts_for_id", sa.String(length=36), nullable=True))
        batch_op.create_foreign_key("fk_term_acts_for_id", "user", ["acts_for_id"], ["id"])
    # Until now the level of a region said which office it was, and only for city hall the account.
    op.execute(
        """
        UPDATE term SET role = (
            SELECT CASE region.level
                WHEN 'rt' THEN 'rt_head' WHEN 'kelurahan' THEN 'lurah' WHEN 'kecamatan' THEN 'camat'
                ELSE "user".role END
            FROM region, "user"
            WHERE region.code = term.region_code AND "user".id = term.user_id
        )
        """
    )
    with op.batch_alter_table("term") as batch_op:
        batch_op.alter_column("role", existing_type=sa.String(length=20), nullable=False)
    _rename("reading", "first_opened")


def downgrade() -> None:
    _rename("first_opened", "reading")
    # The version before takes every running term for an office in the account's role: it must not
    # find a deputy's, which would become an office over all that lies below.
    op.execute(
        "DELETE FROM term WHERE acts_for_id IS NOT NULL "
        "OR (until IS NULL OR until >= CURRENT_DATE) "
        'AND role <> (SELECT role FROM "user" WHERE "user".id = term.user_id)'
    )
    with op.batch_alter_table("term") as batch_op:
        batch_op.drop_constraint("fk_term_acts_for_id", type_="foreignkey")
        batch_op.drop_column("acts_for_id")
        batch_op.drop_column("role")


def _rename(old: str, new: str) -> None:
    """A new table and a copy of the rows, so that the constraints get the new name too."""
    op.create_table(
        new,
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("desk", sa.String(length=10), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=f"fk_{new}_report_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{new}_user_id"),
        sa.PrimaryKeyConstraint("report_id", "desk", name=f"pk_{new}"),
    )
    op.execute(
        f"INSERT INTO {new} (report_id, desk, user_id, at) "
        f"SELECT report_id, desk, user_id, at FROM {old}"
    )
    op.drop_table(old)
