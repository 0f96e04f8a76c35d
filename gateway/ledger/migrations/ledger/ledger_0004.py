"""Hand-overs: rows of both sides, what is open, messages, and requests."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0004"
down_revision = "ledger_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of hand-overs."""
    op.create_table(
        "gw_overfoering",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("overfoering_id", sa.String(length=36), nullable=False),
        sa.Column("forsoek", sa.Integer(), nullable=False),
        sa.Column("tilstand", sa.String(length=20), nullable=False),
        sa.Column("versjon", sa.Integer(), nullable=False),
        sa.Column("kode", sa.String(length=60), nullable=False),
        sa.Column("logg", sa.String(length=80), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("maaltype", sa.String(length=40), nullable=False),
        sa.Column("begrunnelse", sa.String(length=30), nullable=False),
        sa.Column("kanal", sa.String(length=40), nullable=False),
        sa.Column("antall", sa.Integer(), nullable=False),
        sa.Column("utvalg", sa.Text(), nullable=False),
        sa.Column("samtykke", sa.String(length=80), nullable=False),
        sa.Column("aksept_id", sa.String(length=36), nullable=False),
        sa.Column("gruppe", sa.String(length=36), nullable=False),
        sa.Column("lukket", sa.LargeBinary(), nullable=False),
        sa.Column("noekkel", sa.String(length=40), nullable=False),
        sa.Column("nyttelast", sa.String(length=40), nullable=False),
        sa.Column("nyttelast_sha", sa.String(length=64), nullable=False),
        sa.Column("content_sha", sa.String(length=64), nullable=False),
        sa.Column("frist", sa.String(length=40), nullable=False),
        sa.Column("neste", sa.String(length=40), nullable=False),
        sa.Column("paaminnet", sa.Integer(), nullable=False),
        sa.Column("etterarbeid", sa.String(length=12), nullable=False),
        sa.Column("forsoekt", sa.Integer(), nullable=False),
        sa.Column("nr_ut", sa.Integer(), nullable=False),
        sa.Column("hode_ut", sa.String(length=64), nullable=False),
        sa.Column("nr_inn", sa.Integer(), nullable=False),
        sa.Column("opprettet", sa.String(length=40), nullable=False),
        sa.Column("endret", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "side", "overfoering_id", "forsoek"),
    )
    op.create_index("gw_overfoering_logg", "gw_overfoering", ["tenant", "logg"], unique=False)
    op.create_index("gw_overfoering_neste", "gw_overfoering", ["tenant", "neste"], unique=False)
    op.create_table(
        "gw_overfoering_aapen",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("logg", sa.String(length=80), nullable=False),
        sa.Column("overfoering_id", sa.String(length=36), nullable=False),
        sa.Column("forsoek", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "side", "logg"),
    )
    op.create_table(
        "gw_overfoeringsmelding",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("retning", sa.String(length=3), nullable=False),
        sa.Column("melding_id", sa.String(length=36), nullable=False),
        sa.Column("overfoering_id", sa.String(length=36), nullable=False),
        sa.Column("forsoek", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("forrige", sa.String(length=64), nullable=False),
        sa.Column("pakke", sa.String(length=40), nullable=False),
        sa.Column("tilstand", sa.String(length=10), nullable=False),
        sa.Column("forsoekt", sa.Integer(), nullable=False),
        sa.Column("neste", sa.String(length=40), nullable=False),
        sa.Column("transport_id", sa.String(length=120), nullable=False),
        sa.Column("kode", sa.String(length=60), nullable=False),
        sa.Column("tid", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "side", "retning", "melding_id"),
    )
    op.create_index(
        "gw_overfoeringsmelding_neste",
        "gw_overfoeringsmelding",
        ["tenant", "tilstand", "neste"],
        unique=False,
    )
    op.create_index(
        "gw_overfoeringsmelding_rad",
        "gw_overfoeringsmelding",
        ["overfoering_id", "forsoek"],
        unique=False,
    )
    op.create_table(
        "gw_etterspoersel",
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("etterspoersel_id", sa.String(length=36), nullable=False),
        sa.Column("retning", sa.String(length=3), nullable=False),
        sa.Column("lukket", sa.LargeBinary(), nullable=False),
        sa.Column("tilstand", sa.String(length=10), nullable=False),
        sa.Column("tid", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "etterspoersel_id"),
    )


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
