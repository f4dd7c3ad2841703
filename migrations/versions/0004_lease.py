"""Which of several bots a network has, and who waits.

Frozen: columns are spelled out, tables are never imported.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        *_place(),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_lease")),
    )
    op.create_table(
        "pulse",
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("lasts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_pulse")),
    )
    op.create_table(
        "standby",
        sa.Column("network", sa.String(), nullable=False),
        *_place(),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_standby")),
    )
    with op.batch_alter_table("outbox") as table:
        table.drop_column("claimed_at")


def _place() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("boot", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("lock_file", sa.String(), nullable=True),
        sa.Column("logs", sa.String(), nullable=True),
    )
