"""The ledger's tables for archive jobs. Ids, codes, hashes and counts; content is sealed elsewhere.

They share `meta` with `tables.py`, so that one migration history and one comparison cover both.
"""

import sqlalchemy as sa

from gateway.ledger.tables import meta

seen = sa.Table(
    "gw_seen",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("logg", sa.String(40), primary_key=True),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("content_sha", sa.String(64), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("virksomhet", sa.String(40), nullable=False),
    sa.Column("passivinger", sa.Integer, nullable=False),
    sa.Column("tjenestebytter", sa.Integer, nullable=False),
    sa.Column("aapninger", sa.Integer, nullable=False),
    sa.Column("foerst_sett", sa.String(10), nullable=False),
)

snapshot = sa.Table(
    "gw_snapshot",
    meta,
    sa.Column("snapshot_id", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("content_sha", sa.String(64), nullable=False),
    sa.Column("utloeser", sa.String(20), nullable=False),
    sa.Column("frozen_at", sa.String(40), nullable=False),
    sa.Column("redigerbar", sa.Boolean, nullable=False),
    sa.Column("pdf_sha", sa.String(64), nullable=False),
    sa.Column("json_sha", sa.String(64), nullable=False),
    sa.Column("manifest_sha", sa.String(64), nullable=False),
    sa.Column("remarks", sa.Text, nullable=False),  # code points replaced, files flagged
    sa.Column("erased", sa.Boolean, nullable=False, server_default=sa.false()),
)
sa.Index("gw_snapshot_logg", snapshot.c.tenant, snapshot.c.logg)

snapshot_file = sa.Table(
    "gw_snapshot_file",
    meta,
    sa.Column("snapshot_id", sa.String(40), primary_key=True),
    sa.Column("nr", sa.Integer, primary_key=True),
    sa.Column("filnavn", sa.String(80), nullable=False),
    sa.Column("tittel", sa.String(120), nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("format", sa.String(40), nullable=False),
    sa.Column("variant", sa.String(1), nullable=False),
    sa.Column("sha", sa.String(64), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("payload", sa.String(40), nullable=False),
)

job = sa.Table(
    "gw_archive_job",
    meta,
    sa.Column("job_id", sa.String(40), primary_key=True),  # of logg + utloeser + periode
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("utloeser", sa.String(20), nullable=False),
    sa.Column("periode", sa.String(40), nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # planlagt | fryst | feilet
    sa.Column("next_try", sa.String(40), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claim", sa.String(80)),
    sa.Column("snapshot_id", sa.String(40)),
    sa.Column("code", sa.String(60)),
    sa.Column("place", sa.String(200)),
)
sa.Index("gw_archive_job_open", job.c.state, job.c.next_try)
sa.Index("gw_archive_job_logg", job.c.tenant, job.c.logg)

delivery = sa.Table(
    "gw_delivery",
    meta,
    sa.Column("snapshot_id", sa.String(40), primary_key=True),
    sa.Column("archive", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("next_try", sa.String(40), nullable=False),
    sa.Column("deadline", sa.String(40), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claim", sa.String(80)),
    sa.Column("reply_ref", sa.String(80)),
    sa.Column("code", sa.String(60)),
    sa.Column("place", sa.String(200)),
    sa.Column("mappe", sa.String(200)),
    sa.Column("journalpost", sa.String(200)),
    sa.Column("nummer", sa.String(80)),
    sa.Column("evidence", sa.Text),  # per file what came back; before that, what was sent
    sa.Column("verified_at", sa.String(40)),
    sa.Column("confirmed_by", sa.String(80)),
    sa.Column("key", sa.String(40)),  # the external key, where it is not the snapshot's own id
    sa.Column("looked_at", sa.String(40)),  # when a receipt was last looked at again
)
sa.Index("gw_delivery_open", delivery.c.state, delivery.c.next_try)
sa.Index("gw_delivery_logg", delivery.c.tenant, delivery.c.logg)
sa.Index("gw_delivery_looked", delivery.c.tenant, delivery.c.state, delivery.c.looked_at)

pace = sa.Table(
    "gw_pace",
    meta,
    sa.Column("archive", sa.String(40), primary_key=True),
    sa.Column("free_at", sa.String(40), nullable=False),
)

tick = sa.Table(
    "gw_tick",
    meta,
    sa.Column("tick_id", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("started", sa.String(40), nullable=False),
    sa.Column("ended", sa.String(40)),
    sa.Column("code", sa.String(60)),  # set when a fault of ours stopped it
    sa.Column("summary", sa.Text),
)

tombstone = sa.Table(
    "gw_tombstone",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("logg", sa.String(40), primary_key=True),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("snapshot_id", sa.String(40), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # intensjon | slettet
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("deleted_at", sa.String(40)),
)

notice = sa.Table(
    "gw_notice",
    meta,
    sa.Column("notice_id", sa.String(40), primary_key=True),  # of logg, event, number, receiver
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("hendelse", sa.String(10), nullable=False),  # aapnet | lukket | finnes
    sa.Column("dato", sa.String(10), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # planlagt | skrevet | holdt | utgaatt
    sa.Column("code", sa.String(60)),
    # By its name in `varsler`; empty in a row from before, which is every receiver's.
    sa.Column("receiver", sa.String(40), nullable=False, server_default=""),
)
sa.Index("gw_notice_open", notice.c.tenant, notice.c.state)
sa.Index("gw_notice_logg", notice.c.tenant, notice.c.logg)

orphan = sa.Table(
    "gw_orphan",
    meta,
    sa.Column("payload", sa.String(40), primary_key=True),
    sa.Column("noted", sa.String(40), nullable=False),
)
