"""The ledger's tables for hand-overs. Who the counterpart is stands sealed, and nowhere else (C-4).

They share `meta` with `tables.py`, so that one migration history and one comparison cover all.
"""

import sqlalchemy as sa

from gateway.ledger.tables import meta

overfoering = sa.Table(
    "gw_overfoering",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("side", sa.String(10), primary_key=True),  # avgiver | mottaker
    sa.Column("overfoering_id", sa.String(36), primary_key=True),
    sa.Column("forsoek", sa.Integer, primary_key=True),
    sa.Column("tilstand", sa.String(20), nullable=False),
    sa.Column("versjon", sa.Integer, nullable=False),  # compare and set
    sa.Column("kode", sa.String(60), nullable=False),
    sa.Column("logg", sa.String(80), nullable=False),  # empty at a receiver that has not accepted
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("ref", sa.String(80), nullable=False),
    sa.Column("maaltype", sa.String(40), nullable=False),
    sa.Column("begrunnelse", sa.String(30), nullable=False),
    sa.Column("kanal", sa.String(40), nullable=False),
    sa.Column("antall", sa.Integer, nullable=False),
    sa.Column("utvalg", sa.Text, nullable=False),  # ids of the chosen concerns, and what goes along
    sa.Column("samtykke", sa.String(80), nullable=False),
    sa.Column("aksept_id", sa.String(36), nullable=False),
    sa.Column("gruppe", sa.String(36), nullable=False),
    sa.Column("lukket", sa.LargeBinary, nullable=False),  # counterpart, unit, persons, free words
    sa.Column("noekkel", sa.String(40), nullable=False),  # sealed payload: the lock's key, or empty
    sa.Column("nyttelast", sa.String(40), nullable=False),  # sealed payload: the package, or empty
    sa.Column("nyttelast_sha", sa.String(64), nullable=False),
    sa.Column("content_sha", sa.String(64), nullable=False),  # the log that was archived and sent
    sa.Column("frist", sa.String(40), nullable=False),  # when the state ends by itself, or empty
    sa.Column("neste", sa.String(40), nullable=False),  # when to look again, or empty
    sa.Column("paaminnet", sa.Integer, nullable=False),
    sa.Column("etterarbeid", sa.String(12), nullable=False),  # importer | steng | ""
    sa.Column("forsoekt", sa.Integer, nullable=False),  # tries of that
    sa.Column("nr_ut", sa.Integer, nullable=False),
    sa.Column("hode_ut", sa.String(64), nullable=False),
    sa.Column("nr_inn", sa.Integer, nullable=False),
    sa.Column("opprettet", sa.String(40), nullable=False),
    sa.Column("endret", sa.String(40), nullable=False),
    sa.Column("oedelegges", sa.String(40), nullable=False, server_default=""),  # or empty: kept
    sa.Column("varsle", sa.String(10), nullable=False, server_default=""),  # leder | ""
    sa.Column("brev", sa.String(10), nullable=False, server_default=""),  # skrives | skrevet | ""
)
sa.Index("gw_overfoering_neste", overfoering.c.tenant, overfoering.c.neste)
sa.Index("gw_overfoering_logg", overfoering.c.tenant, overfoering.c.logg)

aapen = sa.Table(
    "gw_overfoering_aapen",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("side", sa.String(10), primary_key=True),
    sa.Column("logg", sa.String(80), primary_key=True),
    sa.Column("overfoering_id", sa.String(36), nullable=False),
    sa.Column("forsoek", sa.Integer, nullable=False),
)

melding = sa.Table(
    "gw_overfoeringsmelding",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("side", sa.String(10), primary_key=True),  # whose row it belongs to
    sa.Column("retning", sa.String(3), primary_key=True),  # inn | ut
    sa.Column("melding_id", sa.String(36), primary_key=True),
    sa.Column("overfoering_id", sa.String(36), nullable=False),
    sa.Column("forsoek", sa.Integer, nullable=False),
    sa.Column("type", sa.String(20), nullable=False),
    sa.Column("nr", sa.Integer, nullable=False),
    sa.Column("sha", sa.String(64), nullable=False),
    sa.Column("forrige", sa.String(64), nullable=False),
    sa.Column("pakke", sa.String(40), nullable=False),  # sealed payload: as sent, or empty
    sa.Column("tilstand", sa.String(10), nullable=False),  # venter|sendt|kvittert|oppgitt|tatt
    sa.Column("forsoekt", sa.Integer, nullable=False),
    sa.Column("neste", sa.String(40), nullable=False),
    sa.Column("transport_id", sa.String(120), nullable=False),
    sa.Column("sist", sa.String(40), nullable=False, server_default=""),  # when it last went out
    sa.Column("kode", sa.String(60), nullable=False),
    sa.Column("tid", sa.String(40), nullable=False),
)
sa.Index("gw_overfoeringsmelding_neste", melding.c.tenant, melding.c.tilstand, melding.c.neste)
sa.Index("gw_overfoeringsmelding_rad", melding.c.overfoering_id, melding.c.forsoek)

kjent = sa.Table(
    "gw_overfoering_kjent",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("ref", sa.String(80), primary_key=True),
    sa.Column("person", sa.String(40), primary_key=True),  # keyed pseudonym, or empty: the log's
    sa.Column("version", sa.String(80), nullable=False),
    sa.Column("logg", sa.String(80), nullable=False),
)
sa.Index("gw_overfoering_kjent_person", kjent.c.tenant, kjent.c.system, kjent.c.person)

etterspoersel = sa.Table(
    "gw_etterspoersel",
    meta,
    sa.Column("tenant", sa.String(9), primary_key=True),
    sa.Column("etterspoersel_id", sa.String(36), primary_key=True),
    sa.Column("retning", sa.String(3), nullable=False),
    sa.Column("lukket", sa.LargeBinary, nullable=False),  # counterpart, unit and its reference
    sa.Column("tilstand", sa.String(10), nullable=False),  # aapen | lukket
    sa.Column("tid", sa.String(40), nullable=False),
)
