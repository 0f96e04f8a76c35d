"""Hand-overs: when a payload is destroyed, who is to be told, and whose the logs here are.

What had ended and still kept a payload gets a time to destroy it: at once, and for what was handed
over when the longest time a municipality may choose has passed since it last moved.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "ledger_0010"
down_revision = "ledger_0009"
branch_labels = None
depends_on = None

_LONGEST = timedelta(days=30)
_ENDED = ("FULLFOERT", "AVVIST", "UTLOEPT", "TRUKKET", "FEILET", "SPERRET")


def upgrade() -> None:
    """Add the columns and the index of children."""
    for name, length in (("oedelegges", 40), ("varsle", 10), ("brev", 10)):
        op.add_column(
            "gw_overfoering", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )
    op.create_table(
        "gw_overfoering_kjent",
        sa.Column("tenant", sa.String(9), nullable=False),
        sa.Column("system", sa.String(40), nullable=False),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("version", sa.String(80), nullable=False),
        sa.Column("logg", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "system", "ref", "person"),
    )
    op.create_index(
        "gw_overfoering_kjent_person", "gw_overfoering_kjent", ["tenant", "system", "person"]
    )
    _set_times()


def _set_times() -> None:
    table = sa.table(
        "gw_overfoering",
        *(sa.column(name) for name in (
            "tenant", "side", "overfoering_id", "forsoek", "tilstand", "endret", "noekkel",
            "nyttelast", "oedelegges",
        )),
    )  # fmt: skip
    own = ("tenant", "side", "overfoering_id", "forsoek")
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(table).where(
            table.c.tilstand.in_(_ENDED), sa.or_(table.c.noekkel != "", table.c.nyttelast != "")
        )
    ).all()
    for row in rows:
        at = row.endret
        if row.tilstand == "FULLFOERT":
            at = (datetime.fromisoformat(at) + _LONGEST).isoformat(timespec="milliseconds")
        connection.execute(
            table.update()
            .where(*(table.c[name] == getattr(row, name) for name in own))
            .values(oedelegges=at)
        )


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
