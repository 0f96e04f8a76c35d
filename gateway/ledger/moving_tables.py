"""The ledger's tables for move hints: whom we watch, how far the feed is read, and what came of it.

Numbers and municipalities stand sealed; a person is found by a keyed pseudonym. They share `meta`
with `tables.py`, so that one migration history and one comparison cover all.
"""

import sqlalchemy as sa

from gateway.ledger.tables import meta

pointer = sa.Table(
    "gw_move_pointer",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),  # the first event not read yet
    sa.Column("etag", sa.String(120), nullable=False),  # of an answer for `seq`, or empty
    sa.Column("reconcile", sa.String(60), nullable=False),  # why all must be looked up, or empty
    sa.Column("round", sa.String(40), nullable=False),  # the round that is under way, or empty
    sa.Column("watched_at", sa.String(40), nullable=False),  # when the logs were last looked over
    sa.Column("read_at", sa.String(40), nullable=False),
)

watched = sa.Table(
    "gw_watched",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("logg", sa.String(40), primary_key=True),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("looked_up", sa.Boolean, nullable=False),  # the register has been asked once
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # numbers, and where the child lived
)

watched_person = sa.Table(
    "gw_watched_person",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("person", sa.String(24), primary_key=True),  # keyed pseudonym of a number
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("logg", sa.String(40), primary_key=True),
)
sa.Index("gw_watched_person_logg", watched_person.c.tenant, watched_person.c.logg)

case = sa.Table(
    "gw_move_case",
    meta,
    sa.Column("case_id", sa.String(40), primary_key=True),
    sa.Column("tenant", sa.String(9), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("logg", sa.String(40), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # aapen | trukket | utloept | avgjort
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("expires", sa.String(40), nullable=False),
    sa.Column("sealed", sa.LargeBinary),  # from, to and date; none when nothing may be shown
    sa.Column("ended", sa.String(40)),
    sa.Column("ended_code", sa.String(60)),  # why it was withdrawn, or what was decided
    sa.Column("decided_by", sa.String(80)),
)
sa.Index("gw_move_case_open", case.c.tenant, case.c.state)
sa.Index("gw_move_case_logg", case.c.tenant, case.c.logg)
