"""Archive jobs: what was seen, snapshots, jobs, deliveries and tombstones."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0002"
down_revision = "ledger_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of archive jobs."""
    op.create_table(
        "gw_seen",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("content_sha", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("virksomhet", sa.String(length=40), nullable=False),
        sa.Column("passivinger", sa.Integer(), nullable=False),
        sa.Column("tjenestebytter", sa.Integer(), nullable=False),
        sa.Column("aapninger", sa.Integer(), nullable=False),
        sa.Column("foerst_sett", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "system", "logg"),
    )
    op.create_table(
        "gw_snapshot",
        sa.Column("snapshot_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("content_sha", sa.String(length=64), nullable=False),
        sa.Column("utloeser", sa.String(length=20), nullable=False),
        sa.Column("frozen_at", sa.String(length=40), nullable=False),
        sa.Column("redigerbar", sa.Boolean(), nullable=False),
        sa.Column("pdf_sha", sa.String(length=64), nullable=False),
        sa.Column("json_sha", sa.String(length=64), nullable=False),
        sa.Column("manifest_sha", sa.String(length=64), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("erased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id"),
    )
    op.create_index("gw_snapshot_logg", "gw_snapshot", ["tenant", "logg"], unique=False)
    op.create_table(
        "gw_snapshot_file",
        sa.Column("snapshot_id", sa.String(length=40), nullable=False),
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("filnavn", sa.String(length=80), nullable=False),
        sa.Column("tittel", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("variant", sa.String(length=1), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("payload", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", "nr"),
    )
    op.create_table(
        "gw_archive_job",
        sa.Column("job_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("utloeser", sa.String(length=20), nullable=False),
        sa.Column("periode", sa.String(length=40), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_try", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claim", sa.String(length=80), nullable=True),
        sa.Column("snapshot_id", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("job_id"),
    )
    op.create_index("gw_archive_job_logg", "gw_archive_job", ["tenant", "logg"], unique=False)
    op.create_index("gw_archive_job_open", "gw_archive_job", ["state", "next_try"], unique=False)
    op.create_table(
        "gw_delivery",
        sa.Column("snapshot_id", sa.String(length=40), nullable=False),
        sa.Column("archive", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_try", sa.String(length=40), nullable=False),
        sa.Column("deadline", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claim", sa.String(length=80), nullable=True),
        sa.Column("reply_ref", sa.String(length=80), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("mappe", sa.String(length=200), nullable=True),
        sa.Column("journalpost", sa.String(length=200), nullable=True),
        sa.Column("nummer", sa.String(length=80), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.String(length=40), nullable=True),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("snapshot_id", "archive"),
    )
    op.create_index("gw_delivery_logg", "gw_delivery", ["tenant", "logg"], unique=False)
    op.create_index("gw_delivery_open", "gw_delivery", ["state", "next_try"], unique=False)
    op.create_table(
        "gw_pace",
        sa.Column("archive", sa.String(length=40), nullable=False),
        sa.Column("free_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("archive"),
    )
    op.create_table(
        "gw_tick",
        sa.Column("tick_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("started", sa.String(length=40), nullable=False),
        sa.Column("ended", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tick_id"),
    )
    op.create_table(
        "gw_tombstone",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("snapshot_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("deleted_at", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "system", "logg"),
    )
    op.create_table(
        "gw_notice",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("hendelse", sa.String(length=10), nullable=False),
        sa.Column("dato", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("notice_id"),
    )
    op.create_index("gw_notice_open", "gw_notice", ["tenant", "state"], unique=False)
    op.create_table(
        "gw_orphan",
        sa.Column("payload", sa.String(length=40), nullable=False),
        sa.Column("noted", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("payload"),
    )


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
