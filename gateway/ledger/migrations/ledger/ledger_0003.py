"""Move hints: whom we watch, how far the feed is read, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0003"
down_revision = "ledger_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of move hints."""
    op.create_table(
        "gw_move_pointer",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.String(length=120), nullable=False),
        sa.Column("reconcile", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=40), nullable=False),
        sa.Column("watched_at", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("tenant"),
    )
    op.create_table(
        "gw_watched",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("looked_up", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "system", "logg"),
    )
    op.create_table(
        "gw_watched_person",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("person", sa.String(length=24), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person", "system", "logg"),
    )
    op.create_index("gw_watched_person_logg", "gw_watched_person", ["tenant", "logg"], unique=False)
    op.create_table(
        "gw_move_case",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.Column("expires", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended", sa.String(length=40), nullable=True),
        sa.Column("ended_code", sa.String(length=60), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("gw_move_case_open", "gw_move_case", ["tenant", "state"], unique=False)
    op.create_index("gw_move_case_logg", "gw_move_case", ["tenant", "logg"], unique=False)


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
