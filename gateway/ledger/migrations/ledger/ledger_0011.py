"""Whom a notice is to: each of the municipality's own systems has a row of its own.

A row from before was every folder's; it stays so until it is told of.
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0011"
down_revision = "ledger_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and the index that finds what a log's receivers have been told."""
    op.add_column(
        "gw_notice", sa.Column("receiver", sa.String(40), nullable=False, server_default="")
    )
    op.create_index("gw_notice_logg", "gw_notice", ["tenant", "logg"])


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
