"""Show a plan, a run, a snapshot or one log, from the ledger: places and codes, never content.

What is told of a run is what became of it, with the hash that was signed; what is told of a plan is
what it would do. Only the places of a clash are asked of a system, for a step holds none.
"""

from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from gateway.app import House
from gateway.cli import textfile
from gateway.cli.console import Speaker
from gateway.cli.doubting import telling
from gateway.cli.exits import OK
from gateway.cli.opening import acting, house, route, speaker
from gateway.cli.planning import summarise
from gateway.cli.ran import show_run
from gateway.effects.stored import step_of
from gateway.errors import GatewayError, Rejected
from gateway.ledger import tables as t
from gateway.ledger import trust
from gateway.ledger.access import Ground, Shown, note
from gateway.ledger.naming import named
from gateway.ledger.replay import Wrong
from gateway.migrate.edited import edited
from gateway.plan.facts import losses
from gateway.plan.step import Step, StepKind
from gateway.run import signing
from gateway.run.rows import plan_row, ran_by, run_of, run_row
from gateway.staff.roles import Act
from gateway.tasks.remedies import About, commands, name, signature
from gateway.tasks.waits import under_way
from gateway.tasks.wrote import run_for
from gateway.texts.catalogue import Catalogue


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
    by: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """A plan, a run, a snapshot, or one log."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if what.startswith("plan-"):
            with telling(told, _of_plans(opened, what, against)):
                _show_plan(opened, what, against, save, told)
                told.end(OK)
        elif what.startswith("run-"):
            row = run_row(opened.database, what)
            doubt = trust.of_run(opened.database, what)
            if doubt is None and against:
                doubt = trust.of_plan(opened.database, against)
            with telling(told, doubt):
                if against or save:
                    _show_plan(opened, row["plan_id"], against, save, told)
                else:
                    show_run(opened, what, told)
                told.end(OK)
        elif not _show_snapshot(opened, what, told):
            found = _find(opened, what)[0]
            run_id = run_of(opened.database, found[0])
            ran = trust.of_run(opened.database, run_id) if run_id is not None else None
            with telling(told, ran or _of_plans(opened, found[0])):
                _show_logg(opened, found, why, by, told)
                told.end(OK)
        told.end(OK)


def _of_plans(opened: House, plan_id: str, against: str = "") -> Wrong | None:
    """What is wrong with what a plan is told from, or the one beside it."""
    found = trust.of_plan(opened.database, plan_id)
    return found or (trust.of_plan(opened.database, against) if against else None)


def _show_snapshot(opened: House, what: str, told: Speaker) -> bool:
    from gateway.cli.archiving import show_snapshot

    return show_snapshot(opened, what, told)


def _show_plan(opened: House, plan_id: str, against: str, save: Path | None, told: Speaker) -> None:
    texts = Catalogue(told.language)
    summarise(opened, plan_id, told)
    made = steps(opened, plan_id)
    if save:
        textfile.write(save, b"".join(step.line() for step in made), "--save")
        told.say(f"\nSkrevet til {save}")
    if against:
        plan_row(opened.database, against)
        _compare(made, steps(opened, against), told)
        return
    told.say()
    rows = [
        (s.nr, s.kind.value, s.logg[:8] or s.source_ref, s.code, s.facts.get("leaves", ""),
         sum(line[3] for line in losses(s.facts)), s.facts.get("files", ""))
        for s in made
    ]  # fmt: skip
    told.table(
        ("steg", "hva", "logg", "kode", "opplysninger", "ikke i målet", "filer"),
        rows, "steps", [(nr, texts.label(f"short_{kind}"), *rest) for nr, kind, *rest in rows],
    )  # fmt: skip
    _named(opened, plan_id, made, told)
    _taken(made, told)
    if left := [s for s in made if s.facts.get("stranded")]:
        told.say("\nStår aktiv i målet uten grunnlag; sett passiv der (R-116):")
        told.table(
            ("logg", "i målet", "kode"), [(s.logg[:8], s.target_ref, s.code) for s in left],
            "stranded",
        )  # fmt: skip
    told.say("\nEn logg: stafett show LOGG --why")


def _taken(made: list[Step], told: Speaker) -> None:
    """Where the plan leaves nothing of what stands in the target, because it was taken away on the
    other side; in steps that go, and in those that go when they are named."""
    takes = [name(s.logg, place) for s in made for place in s.facts.get("takes", ())]
    told.give(takes=takes)
    if takes:
        told.say(f"\n{Catalogue(told.language).label('takes')}")
        for one in takes:
            told.say(f"  {one}")


def _named(opened: House, plan_id: str, made: list[Step], told: Speaker) -> None:
    """What the plan would write over: what its signature named, which goes, and the rest, with the
    one command that names all; of a plan that has been run, the way to a new one."""
    texts, plan = Catalogue(told.language), plan_row(opened.database, plan_id)
    goes, signed = signing.overwrites(plan), signing.named(plan)
    over = [name(s.logg, place) for s in made for place in s.over]
    left = [name(s.logg, place) for s in made if s.nr not in goes for place in s.over]
    told.give(overwrites=over, named=list(signed), goes=list(goes))
    if plan["signed_hash"]:
        told.give(signed_hash=plan["signed_hash"])
        told.say(f"\nSignert hash {plan['signed_hash']}")
    go = [name(s.logg, place) for s in made if s.nr in goes for place in s.over]
    if go:
        told.say("Nevnt i signaturen; disse stedene skrives over:")
        for one in go:
            told.say(f"  {one}")
    # What is named is told by the start of the log's id, however it was typed.
    if half := [one for one in left if one in {name(*each.split(":", 1)) for each in signed}]:
        told.say("Nevnt, men loggen blir ikke med, for ikke alle stedene i den er nevnt:")
        for one in half:
            told.say(f"  {one}")
    if not left:
        return
    ran = run_of(opened.database, plan_id) is not None
    told.say("\nVille skrevet over det noen har endret; blir ikke med uten at hvert er nevnt:")
    for one in left:
        told.say(f"  --overwrite {one}")
    typed = f"stafett plan {plan['source']} {plan['target']}" if ran else signature(plan_id, over)
    told.give(commands=[typed])
    told.say(f"  {typed}")
    if ran:
        told.say(f"  {texts.label('signer_anew')}")


def _compare(now: list[Step], then: list[Step], told: Speaker) -> None:
    """What differs between two plans, log by log."""
    texts = Catalogue(told.language)
    old = {s.source_ref: s for s in then}
    new = {s.source_ref: s for s in now}
    rows: list[tuple[str, str, str, str]] = []
    words: list[tuple[str, str, str, str]] = []
    for ref in sorted(old.keys() | new.keys()):
        a, b = old.get(ref), new.get(ref)
        if a is None or b is None or (a.kind, a.code) != (b.kind, b.code):
            what = "logg" if a is None or b is None else "avgjørelse"
            rows.append((ref, _decided(a), _decided(b), what))
            words.append((ref, _decided(a, texts), _decided(b, texts), what))
        elif a.content_sha != b.content_sha:
            rows.append((ref, a.content_sha[:8], b.content_sha[:8], "innhold"))
            words.append(rows[-1])
    told.say()
    told.table(("logg", "før", "nå", "forskjell"), rows, "differences", words)
    if not rows:
        told.say("Planene er like.")


def _decided(step: Step | None, texts: Catalogue | None = None) -> str:
    """What a plan decided for a log, as a code or in words; a dash when it is not in the plan."""
    if step is None:
        return "-"
    kind = step.kind.value
    return f"{texts.label(f'short_{kind}') if texts else kind} {step.code}".strip()


def _find(opened: House, given: str) -> list[tuple[str, Step]]:
    """Steps about one log, newest plan first; `given` is any name of it (`named`), or the ref of
    one that could not be read, and so has no id of ours."""
    tenant = opened.settings.kommune.orgnr
    try:
        own = named(opened.database, tenant, given)
    except Rejected as error:
        if error.code != "UKJENT_LOGG":
            raise
        own = ""
    mine = t.step.c.logg == own if own else t.step.c.source_ref == given
    with opened.database.begin() as connection:
        rows = connection.execute(
            sa.select(t.step)
            .join(t.plan, t.plan.c.plan_id == t.step.c.plan_id)
            .where(mine, t.plan.c.tenant == tenant)
            .order_by(t.plan.c.created.desc())
        ).all()
    found = [(str(row.plan_id), step_of(row._mapping)) for row in rows]
    if not found:
        raise Rejected("UKJENT_LOGG", place=given[:40])
    return found


def _show_logg(opened: House, found: tuple[str, Step], why: bool, by: str, told: Speaker) -> None:
    texts = Catalogue(told.language)
    plan_id, step = found
    who = acting(opened, by, Act.SEE_LOG)
    now = opened.clock.now().isoformat(timespec="milliseconds")
    own = step.logg or step.source_ref
    note(opened.database, now, who, Shown.LOGG, own, Ground.MIGRERING, logg=step.logg)
    told.say(f"Logg {step.logg} i {plan_id}: {texts.label('step_' + step.kind.value)} {step.code}")
    told.say(f"I kilden: {step.source_ref}. I målet: {step.target_ref or '-'}")
    told.give(logg=step.logg, plan=plan_id, kind=step.kind.value, code=step.code, place=step.place)
    if step.place:
        told.say(f"Sted: {step.place}")
    _to_do(opened, plan_id, step, told)
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
        _notes(step, told)
        if not findings and step.kind in (StepKind.PUT, StepKind.SKIP):
            told.say("Alle regler sier ja.")
        if step.kind in (StepKind.CLASH, StepKind.OVERWRITE):
            _places(opened, plan_id, step, told)
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


def _notes(step: Step, told: Speaker) -> None:
    """What is told of the log, and neither stopped it nor kept anything back."""
    texts, notes = Catalogue(told.language), step.facts.get("notes", [])
    if not notes:
        told.give(notes=[])
        return
    told.say(f"\n{texts.label('notes_title')}:")
    told.table(
        ("kode", "regler", "gjelder", "betyr", "gjør dette"),
        [(code, ", ".join(rules), f"{entity[:8]} {place}".strip() or "hele loggen",
          texts.code(code).what, texts.code(code).do) for code, rules, entity, place in notes],
        "notes",
    )  # fmt: skip


_STOPPED = (StepKind.PARK, StepKind.CLASH, StepKind.OVERWRITE, StepKind.TASK, StepKind.HOLD)


def _to_do(opened: House, plan_id: str, step: Step, told: Speaker) -> None:
    """What stopped the log, in the plan or in its run, what it means, and what to type."""
    plan = plan_row(opened.database, plan_id)
    with opened.database.look() as connection:
        effect = connection.execute(
            sa.select(t.effect.c.state, t.effect.c.code, t.effect.c.place, t.run.c.run_id)
            .join(t.run, t.run.c.run_id == t.effect.c.run_id)
            .where(t.run.c.plan_id == plan_id, t.effect.c.nr == step.nr)
        ).first()
        code, place = step.code, step.place
        if effect is not None and effect.code:
            code, place = effect.code, effect.place or ""
        elif any(one.logg == step.logg for one in under_way(connection, plan)):
            code, place = "KANSKJE_OPPRETTET", ""
        elif step.kind not in _STOPPED:
            return
        about = About(
            code, plan["source"], plan["target"], step.logg, place, plan_id,
            run_for(connection, code, plan, step.logg), step.over, signing.named(plan),
            ran_by(connection, plan_id) is not None,
        )  # fmt: skip
    texts = Catalogue(told.language)
    text = texts.code(code)
    if effect is not None:
        told.give(run=effect.run_id, state=effect.state, stopped=code)
        told.say(f"{effect.run_id}: {texts.label(effect.state)}")
    told.say(f"{code}: {text.what}\n  Gjør dette: {text.do}")
    # Asking for this very page again would help nobody.
    typed = [one for one in commands(about) if not one.startswith("stafett show ")]
    told.give(commands=typed)
    for one in typed:
        told.say(f"  {one}")
    if about.over and about.ran:
        told.say(f"  {texts.label('signer_anew')}")


def _places(opened: House, plan_id: str, step: Step, told: Speaker) -> None:
    """Where people have changed the log: the places of the step, or those found when asked now."""
    places = step.over
    plan = plan_row(opened.database, plan_id)
    if not places and step.code in ("MAAL_ENDRET", "KILDE_ENDRET"):
        try:
            with route(opened, plan["source"], plan["target"]) as way:
                places = edited(way, step.logg)
        except GatewayError as error:
            told.give(places_unread=error.code)
            told.say(f"Stedene kan ikke leses i {plan['target']} nå: {error.code}.")
            return
    told.give(places=list(places))
    if places:
        told.say(f"\nEndret i {plan['target']} siden de to sist var enige:")
        for place in places:
            told.say(f"  {place}")
    elif step.code in ("MAAL_ENDRET", "KILDE_ENDRET"):
        told.say("Ingen steder er forskjellige lenger; lag planen på nytt.")
