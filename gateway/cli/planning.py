"""Commands about plans: make, show, compare, explain, sign."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa

from gateway.app import House
from gateway.cli.console import OK, TO_DO, Speaker
from gateway.cli.opening import house, route, speaker
from gateway.effects.planning import Planner
from gateway.effects.stored import step_of
from gateway.engine import collecting
from gateway.errors import LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.migrate.rules.scope import Scope
from gateway.plan.facts import losses
from gateway.plan.step import Step, StepKind
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from gateway.texts.catalogue import Catalogue
from schemas.stafettlogg.kodeverk import Loggstatus


def scope(
    units: list[str] | None,
    levels: list[int] | None,
    statuses: list[str] | None,
    logs: Path | None,
    first: int | None,
) -> Scope:
    """The chosen part, from the words of the command. Raises Rejected for a status nobody has."""
    known = {status.value for status in Loggstatus}
    given = tuple(status.upper() for status in statuses or ())
    if wrong := set(given) - known:
        raise Rejected("UKJENT_STATUS", place=f"{len(wrong)} av {len(given)}")
    named = None
    if logs is not None:
        lines = logs.read_text(encoding="utf-8-sig").splitlines()
        named = tuple(line.strip() for line in lines if line.strip())
        if not named:
            raise Rejected("TOM_LISTE", place=logs.name)
    return Scope(tuple(units or ()), tuple(levels or ()), given, named, first)


def plan(
    source: str,
    target: str,
    repair: str,
    chosen: Scope,
    after: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Make a plan and show it."""
    if repair and not chosen.all:
        raise Rejected("UTVALG_OG_REPARASJON", place=repair)
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if repair:
            run_row(opened.database, repair)
        with route(opened, source, target) as way:
            collecting.settle()
            kind = "reparer" if repair else "frem"
            made = Planner(way, kind, repair or None, scope=chosen, after=after or None)
            plan_id = made.build()
        end(opened, plan_id, told)


def end(opened: House, plan_id: str, told: Speaker) -> NoReturn:
    """Show a plan that was made and say what comes next; one without steps is not ready."""
    summarise(opened, plan_id, told)
    row = plan_row(opened.database, plan_id)
    if row["state"] == "tom":
        text = Catalogue(told.language).code(row["reason"])
        told.say(f"\n{text.what}\n  Gjør dette: {text.do}")
        told.end(TO_DO)
    told.say(f"\nLes den:     stafett show {plan_id}")
    told.say(f"Godkjenn den: stafett sign {plan_id} --by NAVN")
    told.end(OK)


def summarise(opened: House, plan_id: str, told: Speaker) -> None:
    """The plan in counts: what moves, what stays and why, and the books."""
    row = plan_row(opened.database, plan_id)
    summary: dict[str, Any] = json.loads(row["summary"] or "{}")
    texts = Catalogue(told.language)
    told.give(plan=plan_id, state=row["state"], hash=row["hash"], summary=summary)
    told.say(f"{plan_id}: {row['source']} -> {row['target']}, {row['state']}")
    if row["signed_by"]:
        told.say(f"Signert av {row['signed_by']} {row['signed_at']}")
    chosen = Scope.of(row["scope"])
    outside = summary.get("listed", 0) - summary.get("steps", 0) if row["scope"] else 0
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
    if row["waits_for"]:
        told.say(f"Venter på prøven av {row['waits_for']}.")
    if row["hash"]:
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
            row = run_row(opened.database, what)
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
    over = [f"{s.logg[:8]}:{place}" for s in made for place in s.over]
    told.give(overwrites=over)
    if over:
        told.say("\nVille skrevet over det noen har endret; blir ikke med uten at hvert er nevnt:")
        for name in over:
            told.say(f"  --overwrite {name}")
    if left := [s for s in made if s.facts.get("stranded")]:
        told.say("\nStår aktiv i målet uten grunnlag; sett passiv der (R-116):")
        told.table(
            ("logg", "i målet", "kode"), [(s.logg[:8], s.target_ref, s.code) for s in left],
            "stranded",
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


def sign(
    plan_id: str,
    by: str,
    overwrite: tuple[str, ...],
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Sign a plan."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        at = opened.clock.now().isoformat(timespec="seconds")
        digest = signing.sign(opened.database, plan_id, by, at, overwrite)
        row = plan_row(opened.database, plan_id)
        asked = [s for s in steps(opened, plan_id) if s.over]
        goes = signing.overwrites(row)
        left = [s for s in asked if s.nr not in goes]
        told.give(plan=plan_id, hash=digest, by=by, at=at, overwrites=len(goes), left=len(left))
        told.say(f"{plan_id} er signert av {by}.\nHash {digest}")
        if asked:
            told.say(f"Skriver over: {len(goes)} logger. Blir ikke med: {len(left)}.")
            missing = [
                f"{s.logg[:8]}:{place}"
                for s in left
                for place in s.over
                if not any(name.endswith(f":{place}") for name in overwrite)
            ]
            told.give(missing=missing)
            for name in missing if overwrite else ():
                told.say(f"  Ikke nevnt: --overwrite {name}")
        told.say(f"Utfør den: stafett migrate {plan_id}")
        told.end(OK)


__all__ = ["TO_DO", "end", "plan", "scope", "show", "sign", "steps", "summarise"]
