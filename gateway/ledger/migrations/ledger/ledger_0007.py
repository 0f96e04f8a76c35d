"""What a plan that brings a version back will write: the lost places laid on what stands.

A plan from before carries the whole version, and has none.
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0007"
down_revision = "ledger_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("gw_plan", sa.Column("laid", sa.String(40)))


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
