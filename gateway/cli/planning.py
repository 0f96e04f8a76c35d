"""Commands about plans: make, show, compare, explain, sign."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gateway.app import House
from gateway.cli.console import OK, TO_DO, Speaker
from gateway.cli.opening import house, route, speaker
from gateway.effects import runs
from gateway.effects.planning import Planner
from gateway.effects.stored import step_of
from gateway.engine import collecting
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.plan.facts import losses
from gateway.plan.step import Step, StepKind
from gateway.texts.catalogue import Catalogue


def plan(
    source: str, target: str, repair: str, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Make a plan and show it."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if repair:
            runs.run_row(opened.database, repair)
        with route(opened, source, target) as way:
            collecting.settle()
            plan_id = Planner(way, "reparer" if repair else "frem", repair or None).build()
        summarise(opened, plan_id, told)
        told.say(f"\nLes den:     stafett show {plan_id}")
        told.say(f"Godkjenn den: stafett sign {plan_id} --by NAVN")
        told.end(OK)


def summarise(opened: House, plan_id: str, told: Speaker) -> None:
    """The plan in counts: what moves, what stays and why, and the books."""
    row = runs.plan_row(opened.database, plan_id)
    summary: dict[str, Any] = json.loads(row["summary"] or "{}")
    texts = Catalogue(told.language)
    told.give(plan=plan_id, state=row["state"], hash=row["hash"], summary=summary)
    told.say(f"{plan_id}: {row['source']} -> {row['target']}, {row['state']}")
    if row["signed_by"]:
        told.say(f"Signert av {row['signed_by']} {row['signed_at']}")
    told.say(f"Hash {row['hash']}\n")
    kinds = summary.get("kinds", {})
    told.table(
        ("antall", "hva"),
        [(kinds[kind.value], texts.label(f"step_{kind.value}")) for kind in StepKind
         if kinds.get(kind.value)],
        "kinds",
    )  # fmt: skip
    if codes := summary.get("codes"):
        told.say()
        told.table(
            ("kode", "antall", "betyr"),
            [(code, count, texts.code(code).what) for code, count in sorted(codes.items())],
            "codes",
        )
    leaves = summary.get("leaves", 0)
    told.say(f"\nBøkene for det som flyttes: {leaves} opplysninger, hver på én konto")
    told.table(
        ("konto", "antall", "betyr"),
        [(texts.label(f"account_{name}"), count, texts.label(f"account_{name}_means"))
         for name, count in sorted(summary.get("accounts", {}).items(), key=lambda x: -x[1])],
        "accounts",
    )  # fmt: skip
    told.say(f"\nVentet tid: {summary.get('run_seconds', 0)} sekunder. Ingenting er sendt.")


def steps(opened: House, plan_id: str) -> list[Step]:
    """Every step of a plan, in order."""
    with opened.database.begin() as connection:
        rows = connection.execute(
            sa.select(t.step).where(t.step.c.plan_id == plan_id).order_by(t.step.c.nr)
        ).all()
    return [step_of(row._mapping) for row in rows]


def show(
    what: str,
    why: bool,
    against: str,
    save: Path | None,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """A plan, a run, a snapshot, or one log."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if what.startswith("plan-"):
            _show_plan(opened, what, against, save, told)
        elif what.startswith("run-"):
            row = runs.run_row(opened.database, what)
            _show_plan(opened, row["plan_id"], against, save, told)
        elif not _show_snapshot(opened, what, told):
            _show_logg(opened, what, why, told)
        told.end(OK)


def _show_snapshot(opened: House, what: str, told: Speaker) -> bool:
    from gateway.cli.archiving import show_snapshot

    return show_snapshot(opened, what, told)


def _show_plan(opened: House, plan_id: str, against: str, save: Path | None, told: Speaker) -> None:
    summarise(opened, plan_id, told)
    made = steps(opened, plan_id)
    if save:
        save.write_bytes(b"".join(step.line() for step in made))
        told.say(f"\nSkrevet til {save}")
    if against:
        _compare(made, steps(opened, against), told)
        return
    told.say()
    told.table(
        ("steg", "hva", "logg", "kode", "opplysninger", "ikke i målet", "filer"),
        [(s.nr, s.kind.value, s.logg[:8], s.code, s.facts.get("leaves", ""),
          sum(line[3] for line in losses(s.facts)), s.facts.get("files", ""))
         for s in made],
        "steps",
    )  # fmt: skip
    told.say("\nEn logg: stafett show LOGG --why")


def _compare(now: list[Step], then: list[Step], told: Speaker) -> None:
    """What differs between two plans, log by log."""
    old = {s.source_ref: s for s in then}
    new = {s.source_ref: s for s in now}
    rows = []
    for ref in sorted(old.keys() | new.keys()):
        a, b = old.get(ref), new.get(ref)
        if a is None or b is None:
            rows.append((ref, a.kind.value if a else "-", b.kind.value if b else "-", "logg"))
        elif (a.kind, a.code) != (b.kind, b.code):
            rows.append((ref, f"{a.kind.value} {a.code}", f"{b.kind.value} {b.code}", "avgjørelse"))
        elif a.content_sha != b.content_sha:
            rows.append((ref, a.content_sha[:8], b.content_sha[:8], "innhold"))
    told.say()
    told.table(("logg", "før", "nå", "forskjell"), rows, "differences")
    if not rows:
        told.say("Planene er like.")


def _find(opened: House, given: str) -> list[tuple[str, Step]]:
    """Steps about one log, newest plan first; `given` is an id or the start of one."""
    with opened.database.begin() as connection:
        rows = connection.execute(
            sa.select(t.step)
            .join(t.plan, t.plan.c.plan_id == t.step.c.plan_id)
            .where(sa.or_(t.step.c.logg.startswith(given), t.step.c.source_ref == given))
            .order_by(t.plan.c.created.desc())
        ).all()
    found = [(str(row.plan_id), step_of(row._mapping)) for row in rows]
    if not found:
        raise LocalFault("UKJENT_LOGG", place=given[:40])
    if len({step.logg for _plan, step in found if step.logg}) > 1:
        raise LocalFault("FLERE_LOGGER", place=given[:40])
    return found


def _show_logg(opened: House, given: str, why: bool, told: Speaker) -> None:
    texts = Catalogue(told.language)
    plan_id, step = _find(opened, given)[0]
    told.say(f"Logg {step.logg} i {plan_id}: {texts.label('step_' + step.kind.value)} {step.code}")
    told.give(logg=step.logg, plan=plan_id, kind=step.kind.value, code=step.code, place=step.place)
    if step.place:
        told.say(f"Sted: {step.place}")
    findings = step.facts.get("findings", [])
    if why:
        told.say("\nHvorfor:")
        told.table(
            ("kode", "regler", "gjelder", "betyr", "gjør dette"),
            [(code, ", ".join(rules), f"{entity[:8]} {place}".strip() or "hele loggen",
              texts.code(code).what, texts.code(code).do)
             for code, rules, _hold, entity, place, _until in findings],
            "findings",
        )  # fmt: skip
        if not findings:
            told.say("Alle regler sier ja.")
    told.say("\nBøkene, sted for sted:")
    lines: Counter[tuple[str, str, str]] = Counter()
    for place, account, code, count in step.facts.get("books", []):
        lines[(place, account, code)] += count
    told.table(
        ("sted", "konto", "grunn", "antall"),
        [(place, texts.label(f"account_{account}"), texts.reason(code), count)
         for (place, account, code), count in lines.items()],
        "books",
    )  # fmt: skip
    if step.facts.get("breaches"):
        told.say("\nRegelbrudd i kilden (flyttes som de er):")
        told.table(("regel", "enhet"), [(r, e[:8]) for r, e in step.facts["breaches"]], "breaches")


def sign(plan_id: str, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Sign a plan."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        at = opened.clock.now().isoformat(timespec="seconds")
        digest = runs.sign(opened.database, plan_id, by, at)
        told.give(plan=plan_id, hash=digest, by=by, at=at)
        told.say(f"{plan_id} er signert av {by}.\nHash {digest}")
        told.say(f"Utfør den: stafett migrate {plan_id}")
        told.end(OK)


__all__ = ["TO_DO", "plan", "show", "sign", "steps", "summarise"]
