"""When a message last went out: what a platform has under way is not sent again within a day."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0005"
down_revision = "ledger_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is under way now is taken as sent when we next look."""
    op.add_column(
        "gw_overfoeringsmelding",
        sa.Column("sist", sa.String(length=40), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
