"""Approvals as rows of their own, and the one a run began under.

A plan that was signed before has its approval in the plan's own columns, and keeps it there.
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0008"
down_revision = "ledger_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "gw_approval",
        sa.Column("plan_id", sa.String(40), primary_key=True),
        sa.Column("nr", sa.Integer, primary_key=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("overwrites", sa.Text),
    )
    op.add_column("gw_run", sa.Column("approval", sa.Integer))


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
