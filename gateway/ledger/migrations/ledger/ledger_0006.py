"""One agreed state per pair and log, and what a run did as its own history.

A row per direction becomes a row per pair: where both directions had one, the later run's holds,
with the system of the first as the origin. Effects of earlier runs get the documents their
agreed row named, where no later run had taken the row. The rest is new and empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0006"
down_revision = "ledger_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the agreed rows over and make the new tables."""
    bind = op.get_bind()
    old = sa.table("gw_agreed", *map(sa.column, _OLD))
    run = sa.table("gw_run", sa.column("run_id"), sa.column("plan_id"), sa.column("started"))
    started = dict(bind.execute(sa.select(run.c.run_id, run.c.started)).all())
    rows = sorted(
        (dict(row._mapping) for row in bind.execute(sa.select(old))),
        key=lambda row: str(started.get(row["run_id"], "")),
    )
    op.drop_table("gw_agreed")
    _columns()
    _tables()
    meta = sa.MetaData()
    agreed = sa.Table("gw_agreed", meta, autoload_with=bind)
    effect = sa.Table("gw_effect", meta, autoload_with=bind)
    pairs: dict[tuple[str, ...], dict[str, object]] = {}
    for row in rows:
        key, made = _paired(row)
        before = pairs.get(key)
        if before is not None:
            made["origin"] = before["origin"]
        pairs[key] = made
        bind.execute(
            effect.update()
            .where(effect.c.run_id == row["run_id"], effect.c.logg == row["logg"],
                   effect.c.state == "ferdig")
            .values(ours=row["ours"], base=row["base"])
        )  # fmt: skip
    if pairs:
        bind.execute(agreed.insert(), list(pairs.values()))


_OLD = (
    "source", "target", "tenant", "logg", "source_ref", "source_version", "source_sha",
    "target_ref", "target_version", "generation", "ours", "base", "run_id",
)  # fmt: skip


def _paired(row: dict[str, object]) -> tuple[tuple[str, ...], dict[str, object]]:
    """The row of the pair: (its key, its values)."""
    source, target = str(row["source"]), str(row["target"])
    sides = {
        source: (row["source_ref"], row["source_version"], row["source_sha"], row["ours"]),
        # What the target's document hashed to was not kept; its version says whether it moved.
        target: (row["target_ref"], row["target_version"], "", row["base"]),
    }
    one, other = sorted(sides)
    made: dict[str, object] = {
        "one": one, "other": other, "tenant": row["tenant"], "logg": row["logg"],
        "origin": source, "generation": row["generation"],
        "run_id": row["run_id"], "one_ids": None, "other_ids": None,
    }  # fmt: skip
    for side, name in (("one", one), ("other", other)):
        names = (f"{side}_ref", f"{side}_version", f"{side}_sha", f"{side}_doc")
        made.update(zip(names, sides[name], strict=True))
    return (one, other, str(row["tenant"]), str(row["logg"])), made


def _columns() -> None:
    op.add_column("gw_plan", sa.Column("scope", sa.Text(), nullable=True))
    op.add_column("gw_plan", sa.Column("waits_for", sa.String(length=40), nullable=True))
    op.add_column("gw_plan", sa.Column("overwrites", sa.Text(), nullable=True))
    for name in ("ours", "sent", "base", "ids"):
        op.add_column("gw_effect", sa.Column(name, sa.String(length=40), nullable=True))
    op.create_index("gw_effect_logg", "gw_effect", ["logg"])
    op.create_index("gw_effect_ours", "gw_effect", ["ours"])
    op.create_index("gw_effect_target", "gw_effect", ["target_ref"])


def _tables() -> None:
    op.create_table(
        "gw_agreed",
        sa.Column("one", sa.String(length=40), primary_key=True),
        sa.Column("other", sa.String(length=40), primary_key=True),
        sa.Column("tenant", sa.String(length=9), primary_key=True),
        sa.Column("logg", sa.String(length=40), primary_key=True),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        *(
            column
            for side in ("one", "other")
            for column in (
                sa.Column(f"{side}_ref", sa.String(length=80), nullable=False),
                sa.Column(f"{side}_version", sa.String(length=80), nullable=False),
                sa.Column(f"{side}_sha", sa.String(length=64), nullable=False),
                sa.Column(f"{side}_doc", sa.String(length=40), nullable=False),
                sa.Column(f"{side}_ids", sa.String(length=40), nullable=True),
            )
        ),
    )
    op.create_index("gw_agreed_one", "gw_agreed", ["one", "one_ref"])
    op.create_index("gw_agreed_other", "gw_agreed", ["other", "other_ref"])
    op.create_index("gw_agreed_logg", "gw_agreed", ["logg"])
    op.create_index("gw_agreed_one_doc", "gw_agreed", ["one_doc"])
    op.create_index("gw_agreed_other_doc", "gw_agreed", ["other_doc"])
    op.create_table(
        "gw_version",
        sa.Column("version_id", sa.String(length=40), primary_key=True),
        sa.Column("tenant", sa.String(length=9), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.String(length=40), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
    )
    op.create_index("gw_version_logg", "gw_version", ["logg"])
    op.create_table(
        "gw_creation",
        sa.Column("target", sa.String(length=40), primary_key=True),
        sa.Column("tenant", sa.String(length=9), primary_key=True),
        sa.Column("child", sa.String(length=40), primary_key=True),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sent_at", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=True),
        sa.Column("said_by", sa.String(length=80), nullable=True),
    )
    op.create_index("gw_creation_logg", "gw_creation", ["logg"])
    op.create_table(
        "gw_sample",
        sa.Column("run_id", sa.String(length=40), primary_key=True),
        sa.Column("logg", sa.String(length=40), primary_key=True),
        sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("target_ref", sa.String(length=80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("looked_by", sa.String(length=80), nullable=True),
        sa.Column("looked_at", sa.String(length=40), nullable=True),
        sa.Column("says", sa.String(length=12), nullable=True),
        sa.Column("note", sa.String(length=40), nullable=True),
    )
    op.create_table(
        "gw_task",
        sa.Column("tenant", sa.String(length=9), primary_key=True),
        sa.Column("code", sa.String(length=60), primary_key=True),
        sa.Column("system", sa.String(length=40), primary_key=True),
        sa.Column("ref", sa.String(length=80), primary_key=True),
        sa.Column("logg", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("opened", sa.String(length=40), nullable=False),
        sa.Column("seen", sa.String(length=40), nullable=False),
        sa.Column("closed", sa.String(length=40), nullable=True),
    )


def downgrade() -> None:
    """Refuse: a ledger is append-only and is never taken back."""
    raise RuntimeError("a ledger is never downgraded")
