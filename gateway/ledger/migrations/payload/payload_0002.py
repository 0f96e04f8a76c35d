"""Each owner of payloads has a key of its own, wrapped by the ring."""

import sqlalchemy as sa
from alembic import op

revision = "payload_0002"
down_revision = "payload_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was sealed under the ring itself keeps no key here, and still opens."""
    op.add_column("gw_payload", sa.Column("key", sa.String(length=40), nullable=True))
    op.create_table(
        "gw_payload_key",
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=160), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("key_id"),
    )
    alive = sa.text("wrapped is not null")
    op.create_index("gw_payload_key_owner", "gw_payload_key", ["owner"], unique=True,
                    sqlite_where=alive, postgresql_where=alive)  # fmt: skip
    op.create_index("gw_payload_of_key", "gw_payload", ["key"])


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
