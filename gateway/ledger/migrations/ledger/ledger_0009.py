"""One list of what waits for whom: a row while it waits, written with what made it wait."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0009"
down_revision = "ledger_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "gw_waiting",
        sa.Column("tenant", sa.String(9), primary_key=True),
        sa.Column("owner", sa.String(100), primary_key=True),
        sa.Column("item", sa.String(80), primary_key=True),
        sa.Column("code", sa.String(60), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(9), nullable=False),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("opens", sa.String(40), nullable=False),
        sa.Column("deadline", sa.String(40), nullable=False),
        sa.Column("command", sa.Text, nullable=False),
    )
    op.create_index("gw_waiting_role", "gw_waiting", ["tenant", "role", "unit"])


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
