"""Make a plan and tell it in counts: what moves, what stays and why, and whom nobody answered to.

The plan is read again from the ledger, so what is told now is what is told when somebody asks for
it later. Nothing here is sent anywhere.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa

from gateway import app
from gateway.app import House
from gateway.cli.choosing import Chosen, numbered
from gateway.cli.console import Speaker
from gateway.cli.doubting import refuse
from gateway.cli.exits import OK, TO_DO
from gateway.cli.opening import house, route, speaker
from gateway.effects.planning import Planner
from gateway.effects.stored import step_of
from gateway.engine import collecting
from gateway.errors import Rejected
from gateway.ledger import tables as t
from gateway.ledger import trust
from gateway.ledger.store import LOST
from gateway.migrate.answers import Unanswered, unanswered
from gateway.migrate.rules.scope import Scope
from gateway.plan.step import StepKind
from gateway.run.rows import approvals_of, plan_row, run_row
from gateway.tasks.waits import under_way
from gateway.texts.catalogue import Catalogue


def plan(
    source: str,
    target: str,
    repair: str,
    chosen: Chosen,
    after: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Make a plan and show it."""
    if repair and not chosen.scope.all:
        raise Rejected("UTVALG_OG_REPARASJON", place=repair)
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if repair:
            run_row(opened.database, repair)
            refuse(trust.of_run(opened.database, repair))
        refuse(trust.of_way(opened.database, source, target))
        with route(opened, source, target) as way:
            collecting.settle()
            kind = "reparer" if repair else "frem"
            made = Planner(way, kind, repair or None, scope=chosen.scope, after=after or None)
            plan_id = made.build()
        end(opened, plan_id, told, chosen.lines)


def end(opened: House, plan_id: str, told: Speaker, lines: Sequence[int] = ()) -> NoReturn:
    """Show a plan that was made and say what comes next; one without steps is not ready. `lines`
    are those its ids stood on in the file they came from."""
    missing = summarise(opened, plan_id, told, lines)
    row = plan_row(opened.database, plan_id)
    if (state := state_of(row)) == "tom":
        code = row["reason"] or NOBODY
        text = Catalogue(told.language).code(code)
        told.give(code=code)
        told.say(f"\n{code}: {text.what}\n  Gjør dette: {text.do}")
        told.end(TO_DO)
    lost = _lost(row, told)
    told.say(f"\nLes den:     stafett show {plan_id}")
    told.say(f"Godkjenn den: stafett sign {plan_id} --by HVEM")
    told.end(TO_DO if missing or lost or state != "klar" else OK)


def _lost(row: Mapping[str, Any], told: Speaker) -> bool:
    """Say what to do about logs that are parked for a sealed copy of ours that is lost."""
    codes = json.loads(row["summary"] or "{}").get("codes", {})
    texts, lost = Catalogue(told.language), sorted(LOST & codes.keys())
    for code in lost:
        told.say(f"\n{code} ({codes[code]}): {texts.code(code).what}")
        told.say(f"  Gjør dette: {texts.code(code).do}")
    return bool(lost)


NOBODY = "INGEN_VALGT"
"""The code of a plan whose chosen part no log is in."""


def state_of(row: Mapping[str, Any]) -> str:
    """A plan's state as it is told: one whose chosen part holds no log is empty, never ready."""
    summary = json.loads(row["summary"] or "{}")
    # What the source lists no more is told in every plan, whoever was chosen.
    kinds = {kind for kind in summary.get("kinds", {}) if kind != StepKind.TASK.value}
    nobody = row["state"] == "klar" and row["scope"] and not kinds
    return "tom" if nobody else str(row["state"])


def summarise(opened: House, plan_id: str, told: Speaker, lines: Sequence[int] = ()) -> Unanswered:
    """The plan in counts: what moves, what stays and why, and the books. Returns what of the
    chosen part nobody answered to."""
    row = plan_row(opened.database, plan_id)
    summary: dict[str, Any] = json.loads(row["summary"] or "{}")
    texts = Catalogue(told.language)
    state = state_of(row)
    told.give(plan=plan_id, state=state, hash=row["hash"], summary=summary)
    said = texts.label(f"state_{state}")
    told.say(f"{plan_id}: {row['source']} -> {row['target']}, {said}")
    with opened.database.look() as connection:
        given = approvals_of(connection, plan_id)
    told.give(approvals=given)
    if not given and row["signed_by"]:
        told.say(f"Signert av {row['signed_by']} {row['signed_at']}")
    for one in given:
        told.say(f"Signert av {one['by']} ({one['role']}) {one['at']}")
    chosen = Scope.of(row["scope"])
    kinds = summary.get("kinds", {})
    # What the source lists no more has a step, and is none of what it lists.
    inside = summary.get("steps", 0) - kinds.get(StepKind.TASK.value, 0)
    outside = summary.get("listed", 0) - inside if row["scope"] else 0
    told.give(scope=json.loads(row["scope"] or "null"), waits_for=row["waits_for"])
    if row["scope"]:
        parts = [
            *chosen.units,
            *(f"nivå {level}" for level in chosen.levels),
            *chosen.statuses,
            *([f"{len(chosen.logs)} logger fra en liste"] if chosen.logs is not None else []),
            *([f"de {chosen.first} første som ikke er flyttet"] if chosen.first else []),
        ]
        told.say(f"Utvalg: {', '.join(parts)}. Utenfor: {outside} av {summary.get('listed', 0)}.")
    missing = _unanswered(opened, row, told, lines)
    if row["waits_for"]:
        told.say(f"Venter på prøven av {row['waits_for']}.")
    if row["hash"]:
        told.say(f"Hash {row['hash']}\n")
    kinds = kinds | {StepKind.TASK.value: _stranded(opened, plan_id)}
    told.table(
        ("antall", "hva"),
        [(kinds[kind.value], texts.label(f"step_{kind.value}")) for kind in StepKind
         if kinds.get(kind.value)],
        "kinds",
    )  # fmt: skip
    if codes := summary.get("codes"):
        told.say()
        # A plan from before this was counted tells its codes without.
        became = summary.get("became") or [[code, "", count] for code, count in codes.items()]
        rows = [(code, n, what, texts.code(code).what) for code, what, n in sorted(became)]
        told.table(
            ("kode", "antall", "hva", "betyr"), rows, "codes",
            [(code, n, texts.label(f"short_{what}") if what else "", means)
             for code, n, what, means in rows],
        )  # fmt: skip
    if takes := summary.get("takes"):
        told.say(f"\n{texts.label('takes')} {takes}. Hvilke: stafett show {plan_id}")
    leaves = summary.get("leaves", 0)
    told.say(f"\nBøkene for det som flyttes: {leaves} opplysninger, hver på én konto")
    told.table(
        ("konto", "antall", "betyr"),
        [(texts.label(f"account_{name}"), count, texts.label(f"account_{name}_means"))
         for name, count in sorted(summary.get("accounts", {}).items(), key=lambda x: -x[1])],
        "accounts",
    )  # fmt: skip
    _may_be_made(opened, row, told)
    told.say(f"\nVentet tid: {summary.get('run_seconds', 0)} sekunder. Ingenting er sendt.")
    return missing


def _stranded(opened: House, plan_id: str) -> int:
    """How many copies stand active in the target without their ground: those gone from the source,
    and those held, which are among the held too."""
    with opened.database.look() as connection:
        rows = connection.execute(
            sa.select(t.step).where(
                t.step.c.plan_id == plan_id,
                t.step.c.kind.in_([StepKind.TASK.value, StepKind.HOLD.value]),
            )
        ).all()
    return sum(bool(step_of(row._mapping).facts.get("stranded")) for row in rows)


def _may_be_made(opened: House, row: dict[str, Any], told: Speaker) -> None:
    """Say which logs of the plan wait for a person's word before anything of them is sent: they
    may have been made in the target before."""
    with opened.database.look() as connection:
        waits = under_way(connection, row)
    told.give(may_be_made={one.logg: list(one.commands) for one in waits})
    if waits:
        text = Catalogue(told.language).code("KANSKJE_OPPRETTET")
        told.say(f"\nKANSKJE_OPPRETTET: {len(waits)} av loggene. {text.what}")
        told.say(f"  Gjør dette: {text.do}")
        for one in waits:
            told.say(f"  Logg {one.logg}, i kilden {one.source_ref}:")
            for typed in one.commands:
                told.say(f"    {typed}")


def _unanswered(
    opened: House, row: dict[str, Any], told: Speaker, lines: Sequence[int]
) -> Unanswered:
    """Say which ids and units of the chosen part no log of the source answers to."""
    if not row["scope"] or row["state"] not in ("klar", "tom"):
        return Unanswered()
    found = unanswered(opened.database, opened.store, app.mapping(row["source"]), row)
    texts = Catalogue(told.language)
    if found.logs:
        where = "linje" if lines else "nr. på lista"
        at = [lines[n - 1] for n in found.logs] if lines else list(found.logs)
        text = texts.code("LISTE_UTEN_SVAR")
        told.give(unanswered=at)
        told.say(f"LISTE_UTEN_SVAR: {len(at)} id-er ({where} {numbered(at)}). {text.what}")
        told.say(f"  Gjør dette: {text.do}")
    if found.units:
        units = Scope.of(row["scope"]).units
        text = texts.code("ENHET_UTEN_SVAR")
        told.give(unknown_units=[units[n - 1] for n in found.units])
        told.say(f"ENHET_UTEN_SVAR: {', '.join(units[n - 1] for n in found.units)}. {text.what}")
        told.say(f"  Gjør dette: {text.do}")
    return found
