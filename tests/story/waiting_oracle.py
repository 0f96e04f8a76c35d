"""What waits of the logs of plans and runs, counted again from steps and effects: an outside view.

It replays the ledger plan by plan and shares nothing with the room that writes the list but its
tables: the newest word about a log, each way, is the one that counts.
"""

import json
from typing import Any

import sqlalchemy as sa

from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x

STOPS = {"park", "clash", "overwrite", "hold"}


def _held_by_time(facts: str) -> bool:
    """Whether time alone removes every hold of a step."""
    holds = [f for f in json.loads(facts).get("findings", ()) if f[2]]
    return bool(holds) and all(f[5] for f in holds)


def recount(connection: sa.Connection) -> set[tuple[str, str]]:
    """(way, source ref) of every log that waits."""
    waits: dict[tuple[str, str], bool] = {}
    plans = connection.execute(
        sa.select(t.plan).where(t.plan.c.state == "klar").order_by(t.plan.c.created)
    ).all()
    events: list[tuple[str, int, Any]] = [(p.created, 0, p) for p in plans]
    by_id = {p.plan_id: p for p in plans}
    runs = connection.execute(sa.select(t.run)).all()
    events += [(r.started, 1, r) for r in runs]
    for _at, kind, one in sorted(events, key=lambda e: (e[0], e[1])):
        plan = one if kind == 0 else by_id[one.plan_id]
        way = f"vei:{plan.source}>{plan.target}"
        steps = connection.execute(sa.select(t.step).where(t.step.c.plan_id == plan.plan_id)).all()
        if kind == 0:
            signed = connection.execute(
                sa.select(t.approval.c.overwrites)
                .where(t.approval.c.plan_id == plan.plan_id)
                .order_by(t.approval.c.nr.desc())
            ).scalar()
            named = set(json.loads(signed)["steps"]) if signed else set()
            if plan.kind == "frem" and not plan.scope:
                # A plan of everything says what waits of this way, and nothing else does.
                waits = {key: yes for key, yes in waits.items() if key[0] != way}
            for step in steps:
                if step.kind == "task":
                    continue
                stops = step.kind in STOPS and step.nr not in named
                timed = step.kind == "hold" and _held_by_time(step.facts)
                waits[way, step.source_ref] = stops and not timed
            continue
        refs = {step.nr: step.source_ref for step in steps}
        for effect in connection.execute(
            sa.select(t.effect).where(t.effect.c.run_id == one.run_id)
        ):
            if effect.state != "intensjon":
                seen_after = effect.code == "KANSKJE_OPPRETTET"
                waits[way, refs[effect.nr]] = effect.state != "ferdig" and not seen_after
            if effect.state == "ferdig" and effect.target_ref and plan.source != plan.target:
                waits[f"vei:{plan.target}>{plan.source}", effect.target_ref] = False
    return {key for key, yes in waits.items() if yes}


def told(connection: sa.Connection) -> set[tuple[str, str]]:
    """The same, as the list tells it."""
    rows = connection.execute(
        sa.select(t.waiting.c.owner, t.waiting.c.item).where(t.waiting.c.kind == "logg")
    )
    return {(row.owner, row.item) for row in rows}


def of_deliveries(connection: sa.Connection) -> set[tuple[str, str]]:
    """(archive, snapshot) of every delivery a person must look at, from archiving's own tables."""
    rows = connection.execute(
        sa.select(a.delivery.c.archive, a.delivery.c.snapshot_id)
        .join(a.snapshot, a.snapshot.c.snapshot_id == a.delivery.c.snapshot_id)
        .where(a.delivery.c.state.in_(["menneske", "feilet"]), a.snapshot.c.erased.is_(False))
    )
    return {(row.archive, row.snapshot_id) for row in rows}


def told_of_archives(connection: sa.Connection) -> set[tuple[str, str]]:
    """The same, as the list tells it."""
    rows = connection.execute(
        sa.select(t.waiting.c.place, t.waiting.c.item).where(
            t.waiting.c.kind == "arkiv",
            t.waiting.c.owner.like("arkiv:%"),
            # What goes on trying by itself is told of too, and has a test of its own.
            t.waiting.c.code != "ARKIV_ULEST",
        )
    )
    return {(row.place, row.item) for row in rows}


def of_transfers(connection: sa.Connection) -> set[tuple[str, str]]:
    """(side, hand-over) of every newest attempt that stands where somebody must act: offers nobody
    has answered, drafts, what is held, letters not written and what a leader has not seen."""
    rows = connection.execute(sa.select(x.overfoering).order_by(x.overfoering.c.forsoek)).all()
    newest = {(row.side, row.overfoering_id): row for row in rows}
    drafts = {"UTKAST", "SAMTYKKE_AVVENTES", "KLAR"}
    found = set()
    for key, row in newest.items():
        own = row.tilstand in (drafts | {"SPERRET"} if row.side == "avgiver" else _OFFERED)
        hangs = bool(row.etterarbeid and row.kode)
        told = row.varsle == "leder" or row.brev == "skrives"
        unseen = bool(row.kode) and row.varsle != "sett" and not row.etterarbeid
        ended = row.tilstand in _ENDED
        by_code = unseen and (
            row.kode in ("TILGANG_GJENSTAAR", "BEVIS_BRUTT", "VENTER_FULLFOERING")
            or (row.tilstand == "SPERRET" and row.side == "mottaker")
            if ended
            else row.tilstand not in drafts and row.kode not in ("MANUELL", "VENTER_BEKREFTELSE")
        )
        papers = row.side == "avgiver" and row.tilstand == "SENDT" and row.kanal == "manuell"
        if own or hangs or told or by_code or papers:
            found.add(key)
    return found


_OFFERED = {"MOTTATT", "TILDELT"}
_ENDED = {"FULLFOERT", "AVVIST", "UTLOEPT", "TRUKKET", "FEILET", "SPERRET"}


def told_of_transfers(connection: sa.Connection) -> set[tuple[str, str]]:
    """The same, as the list tells it."""
    rows = connection.execute(
        sa.select(t.waiting.c.owner, t.waiting.c.item).where(t.waiting.c.kind == "overfoering")
    )
    return {(row.owner.removeprefix("overfoering:"), row.item) for row in rows}
