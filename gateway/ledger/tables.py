"""The ledger's tables. Ids, codes, hashes and counts in clear; everything of a person sealed.

`payload` lives in a second SQLite file (one writer per file) or in the same PostgreSQL database.
Changes of shape are Alembic revisions in `migrations/`; a test compares the two.
"""

import sqlalchemy as sa

meta = sa.MetaData()
payload_meta = sa.MetaData()

setting = sa.Table(
    "gw_setting",
    meta,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

plan = sa.Table(
    "gw_plan",
    meta,
    sa.Column("plan_id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),  # frem | tilbake | reparer | hent
    sa.Column("source", sa.String(40), nullable=False),
    sa.Column("target", sa.String(40), nullable=False),
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("of_run", sa.String(40)),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # henter | klar | ufullstendig
    sa.Column("reason", sa.String(60)),
    sa.Column("hash", sa.String(64)),
    sa.Column("summary", sa.Text),
    # Who signed, in plans from before approvals had rows of their own.
    sa.Column("signed_by", sa.String(80)),
    sa.Column("signed_at", sa.String(40)),
    sa.Column("signed_hash", sa.String(64)),
    sa.Column("scope", sa.Text),  # the chosen part, as JSON; null is everything
    sa.Column("waits_for", sa.String(40)),  # a run whose sample must be looked at first
    sa.Column("overwrites", sa.Text),  # the places named when signing, as JSON
    sa.Column("laid", sa.String(40)),  # payload: a version laid on what stood, to be brought back
)

approval = sa.Table(
    "gw_approval",
    meta,
    # A row is added and never changed: who approved a plan first stands beside who did later.
    sa.Column("plan_id", sa.String(40), primary_key=True),
    sa.Column("nr", sa.Integer, primary_key=True),  # from 1
    sa.Column("by", sa.String(80), nullable=False),  # a reference from the staff file
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("overwrites", sa.Text),  # the places named, as JSON
)

manifest = sa.Table(
    "gw_manifest",
    meta,
    sa.Column("owner", sa.String(40), primary_key=True),
    sa.Column("phase", sa.String(8), primary_key=True),
    sa.Column("ref", sa.String(80), primary_key=True),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("nr", sa.Integer, nullable=False),
)

record = sa.Table(
    "gw_record",
    meta,
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("ref", sa.String(80), primary_key=True),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("sha", sa.String(64)),
    sa.Column("payload", sa.String(40)),
    sa.Column("size", sa.Integer, nullable=False, server_default="0"),
    sa.Column("code", sa.String(60)),  # set when the document could not be taken in
    sa.Column("place", sa.String(200)),
)

file = sa.Table(
    "gw_file",
    meta,
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("ref", sa.String(80), primary_key=True),
    sa.Column("file_id", sa.String(80), primary_key=True),
    sa.Column("sha", sa.String(64), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("payload", sa.String(40), nullable=False),
)

step = sa.Table(
    "gw_step",
    meta,
    sa.Column("plan_id", sa.String(40), primary_key=True),
    sa.Column("nr", sa.Integer, primary_key=True),
    sa.Column("chunk", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),  # see gateway.plan.step.StepKind
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("source_ref", sa.String(80), nullable=False),
    sa.Column("source_version", sa.String(80), nullable=False),
    sa.Column("source_sha", sa.String(64)),
    sa.Column("content_sha", sa.String(64)),
    sa.Column("target_ref", sa.String(80)),
    sa.Column("base_version", sa.String(80)),
    sa.Column("generation", sa.Integer, nullable=False, server_default="1"),
    sa.Column("code", sa.String(60)),
    sa.Column("place", sa.String(200)),
    sa.Column("facts", sa.Text, nullable=False),  # books, remarks, breaches: places and codes
)
sa.Index("gw_step_chunk", step.c.plan_id, step.c.chunk)
sa.Index("gw_step_logg", step.c.logg)

run = sa.Table(
    "gw_run",
    meta,
    sa.Column("run_id", sa.String(40), primary_key=True),
    sa.Column("plan_id", sa.String(40), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(60)),
    sa.Column("started", sa.String(40), nullable=False),
    sa.Column("ended", sa.String(40)),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="1"),
    sa.Column("cursor", sa.String(400)),  # the source's change feed when the run began
    sa.Column("summary", sa.Text),
    sa.Column("approval", sa.Integer),  # the number of the approval it began under
)

effect = sa.Table(
    "gw_effect",
    meta,
    sa.Column("run_id", sa.String(40), primary_key=True),
    sa.Column("nr", sa.Integer, primary_key=True),
    sa.Column("chunk", sa.Integer, nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # intensjon|ferdig|parkert|holdt|flyttet
    sa.Column("code", sa.String(60)),
    sa.Column("place", sa.String(200)),
    sa.Column("kind", sa.String(20)),
    sa.Column("target_ref", sa.String(80)),
    sa.Column("target_version", sa.String(80)),
    sa.Column("outcome", sa.String(10)),  # settled | drifted
    sa.Column("places", sa.Text),
    sa.Column("ours", sa.String(40)),  # payload: the source document that was carried
    sa.Column("sent", sa.String(40)),  # payload: what was promised, word for word
    sa.Column("base", sa.String(40)),  # payload: the target's, as read back
    sa.Column("ids", sa.String(40)),  # payload: the target's ids, and those they stand for
)
sa.Index("gw_effect_logg", effect.c.logg)
sa.Index("gw_effect_ours", effect.c.ours)
sa.Index("gw_effect_target", effect.c.target_ref)
sa.Index("gw_effect_chunk", effect.c.run_id, effect.c.chunk)

claim = sa.Table(
    "gw_claim",
    meta,
    sa.Column("run_id", sa.String(40), primary_key=True),
    sa.Column("chunk", sa.Integer, primary_key=True),
    sa.Column("token", sa.String(40), nullable=False),
)

chunk_done = sa.Table(
    "gw_chunk_done",
    meta,
    sa.Column("run_id", sa.String(40), primary_key=True),
    sa.Column("chunk", sa.Integer, primary_key=True),
)

agreed = sa.Table(
    "gw_agreed",
    meta,
    # The pair by name in alphabetical order, so that it is one row seen from either side.
    sa.Column("one", sa.String(40), primary_key=True),
    sa.Column("other", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("logg", sa.String(40), primary_key=True),
    sa.Column("origin", sa.String(40), nullable=False),  # the system the log came from
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("run_id", sa.String(40), nullable=False),  # the run that agreed last
    sa.Column("one_ref", sa.String(80), nullable=False),
    sa.Column("one_version", sa.String(80), nullable=False),
    sa.Column("one_sha", sa.String(64), nullable=False),  # of the document; empty: not known
    sa.Column("one_doc", sa.String(40), nullable=False),  # payload: the document, whole
    sa.Column("one_ids", sa.String(40)),  # payload: ids given anew there, and ours
    sa.Column("other_ref", sa.String(80), nullable=False),
    sa.Column("other_version", sa.String(80), nullable=False),
    sa.Column("other_sha", sa.String(64), nullable=False),
    sa.Column("other_doc", sa.String(40), nullable=False),
    sa.Column("other_ids", sa.String(40)),
)
sa.Index("gw_agreed_one", agreed.c.one, agreed.c.one_ref)
sa.Index("gw_agreed_other", agreed.c.other, agreed.c.other_ref)
sa.Index("gw_agreed_logg", agreed.c.logg)
sa.Index("gw_agreed_one_doc", agreed.c.one_doc)
sa.Index("gw_agreed_other_doc", agreed.c.other_doc)

version = sa.Table(
    "gw_version",
    meta,
    sa.Column("version_id", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("payload", sa.String(40), nullable=False),  # the document as it stood
    sa.Column("run_id", sa.String(40), nullable=False),  # the run that wrote over it
    sa.Column("places", sa.Text, nullable=False),  # where, as JSON; never what
    sa.Column("at", sa.String(40), nullable=False),
)
sa.Index("gw_version_logg", version.c.logg)

creation = sa.Table(
    "gw_creation",
    meta,
    # One child, one creation that cannot be repeated under way, in one system.
    sa.Column("target", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("child", sa.String(40), primary_key=True),  # a keyed pseudonym
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("run_id", sa.String(40), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # sendt | funnet | frigitt
    sa.Column("sent_at", sa.String(40), nullable=False),
    sa.Column("ref", sa.String(80)),  # where it stands, as the target or a person said
    sa.Column("said_by", sa.String(80)),
)
sa.Index("gw_creation_logg", creation.c.logg)

sample = sa.Table(
    "gw_sample",
    meta,
    sa.Column("run_id", sa.String(40), primary_key=True),
    sa.Column("logg", sa.String(40), primary_key=True),
    sa.Column("nr", sa.Integer, nullable=False),
    sa.Column("target_ref", sa.String(80), nullable=False),
    sa.Column("why", sa.Text, nullable=False),  # JSON: tilfeldig, or what makes it risky
    sa.Column("seed", sa.String(40), nullable=False),
    sa.Column("looked_by", sa.String(80)),
    sa.Column("looked_at", sa.String(40)),
    sa.Column("says", sa.String(12)),  # riktig | feil
    sa.Column("note", sa.String(40)),  # payload: what they said, sealed
)

task = sa.Table(
    "gw_task",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("code", sa.String(60), primary_key=True),
    sa.Column("system", sa.String(40), primary_key=True),  # where something is to be done
    sa.Column("ref", sa.String(80), primary_key=True),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("source", sa.String(40), nullable=False),
    sa.Column("opened", sa.String(40), nullable=False),
    sa.Column("seen", sa.String(40), nullable=False),  # when it was last found to be so
    sa.Column("closed", sa.String(40)),
)

entry = sa.Table(
    "gw_entry",
    meta,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("run_id", sa.String(40), nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("prev", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
sa.Index("gw_entry_run", entry.c.run_id)

head = sa.Table(
    "gw_head",
    meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

cover = sa.Table(
    "gw_cover",
    meta,
    # What every change of a covered table came to, and where the chain ended then; see `cover.py`.
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),  # of the newest entry of it, or empty
    sa.Column("kind", sa.String(12), nullable=False),  # fraFoer | oppgradert | ""
    sa.Column("owner", sa.String(100), nullable=False),  # whose the rows are
    sa.Column("entry_seq", sa.Integer, nullable=False),
    sa.Column("entry_hash", sa.String(64), nullable=False),
    sa.Column("rows", sa.LargeBinary, nullable=False),  # keys and keyed hashes, compressed
    sa.Column("prev", sa.String(64), nullable=False),
    sa.Column("mac", sa.String(64), nullable=False),
)
sa.Index("gw_cover_owner", cover.c.owner)

payload = sa.Table(
    "gw_payload",
    payload_meta,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("blob", sa.LargeBinary, nullable=False),
    sa.Column("key", sa.String(40)),  # its owner's; none in a payload from before they had keys
)

payload_key = sa.Table(
    "gw_payload_key",
    payload_meta,
    sa.Column("key_id", sa.String(40), primary_key=True),
    sa.Column("owner", sa.String(160), nullable=False),  # see gateway.ledger.owners
    sa.Column("wrapped", sa.LargeBinary),  # sealed by the ring; gone when it was destroyed
    sa.Column("destroyed", sa.String(40)),
)
_alive = payload_key.c.wrapped.is_not(None)
sa.Index("gw_payload_key_owner", payload_key.c.owner, unique=True,
         sqlite_where=_alive, postgresql_where=_alive)  # fmt: skip
sa.Index("gw_payload_of_key", payload.c.key)

waiting = sa.Table(
    "gw_waiting",
    meta,
    # What waits for a person, while it does. `owner` and `item` name whose it is: a way between
    # two systems and a log there, a hand-over, a delivery. The room that has it writes it.
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("owner", sa.String(100), primary_key=True),
    sa.Column("item", sa.String(80), primary_key=True),
    sa.Column("code", sa.String(60), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),  # see gateway.tasks.kinds
    sa.Column("place", sa.String(200), nullable=False),  # a system, an archive, a field: no content
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("unit", sa.String(9), nullable=False),  # organisation number, or empty
    sa.Column("since", sa.String(40), nullable=False),
    sa.Column("opens", sa.String(40), nullable=False),  # not a person's before then, or empty
    sa.Column("deadline", sa.String(40), nullable=False),
    sa.Column("command", sa.Text, nullable=False),  # what settles it
)
sa.Index("gw_waiting_role", waiting.c.tenant, waiting.c.role, waiting.c.unit)
