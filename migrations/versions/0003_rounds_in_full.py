"""Check-ins that run themselves.

Frozen: columns are spelled out, tables are never imported.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _questions()


def _questions() -> None:
    """Of any kind, about anything, with the line that was asked about."""
    with op.batch_alter_table("question") as table:
        table.drop_constraint(op.f("ck_question_kind"), type_="check")
        table.alter_column("cohort_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("subject", sa.Integer(), nullable=True))
        table.add_column(sa.Column("text", sa.Text(), nullable=True))
