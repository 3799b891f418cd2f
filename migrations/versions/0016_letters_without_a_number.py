"""Deputies whose letters have no number yet are found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBERLESS = sa.text("letter_number = ''")


def upgrade() -> None:
    op.create_index(
        "ix_term_numberless",
        "term",
        ["letter_date"],
        sqlite_where=NUMBERLESS,
        postgresql_where=NUMBERLESS,
    )


def downgrade() -> None:
    op.drop_index("ix_term_numberless", "term")
