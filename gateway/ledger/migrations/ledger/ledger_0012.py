"""A receipt is looked at again, and what stands wrong in an archive can be delivered anew.

`key` is what such a delivery is known by there, beside the record that is wrong; empty where it is
the snapshot's own id, as in every row from before. `looked_at` is empty until the first look.
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0012"
down_revision = "ledger_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns, and the index that finds whose turn it is."""
    op.add_column("gw_delivery", sa.Column("key", sa.String(40)))
    op.add_column("gw_delivery", sa.Column("looked_at", sa.String(40)))
    op.create_index("gw_delivery_looked", "gw_delivery", ["tenant", "state", "looked_at"])


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
