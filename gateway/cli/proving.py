"""Commands that prove: reconcile, report, verify."""

from collections import Counter
from pathlib import Path

from gateway import app
from gateway.cli.console import BROKEN, OK, TO_DO
from gateway.cli.opening import house, route, speaker
from gateway.effects import runs
from gateway.effects.reconciling import reconcile as reconciled
from gateway.ledger import chain
from gateway.texts.catalogue import Catalogue


def reconcile(run_id: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Read back every log of a run and compare."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        plan = runs.plan_row(opened.database, runs.run_row(opened.database, run_id)["plan_id"])
        counts: Counter[str] = Counter()
        wrong = []
        with route(opened, plan["source"], plan["target"]) as way:
            for found in reconciled(way, run_id):
                counts[found.state] += 1
                if found.state != "settled":
                    places = [f"{k}.{f} {c} ({n})" for k, f, c, n in found.places]
                    wrong.append((found.logg[:8], found.target_ref, found.state, ", ".join(places)))
        told.table(
            ("hva", "antall"),
            [(texts.label(f"outcome_{name}"), count) for name, count in counts.items()],
            "counts",
        )
        if wrong:
            told.say()
            told.table(("logg", "i målet", "tilstand", "steder"), wrong, "findings")
            told.say(f"Rett opp: stafett plan {plan['source']} {plan['target']} --repair {run_id}")
        told.give(run=run_id, states=dict(counts))
        told.end(TO_DO if wrong else OK)


def report(
    run_id: str,
    language: str,
    out: Path | None,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Write the report."""
    from gateway.report.build import build
    from gateway.report.write import write

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        facts = build(opened.database, run_id)
        folder = out or app.data_folder(opened.settings) / "reports"
        html, data = write(facts, folder, language or opened.settings.gateway.language)
        told.give(html=str(html), json=str(data), state=facts["state"])
        told.say(f"{html}\n{data}")
        told.end(OK)


def verify(config: Path | None, kommune: str, as_json: bool) -> None:
    """Walk the hash chain."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        with opened.database.begin() as connection:
            proof = chain.verify(connection)
        told.give(entries=proof.entries, head=proof.head, broken_at=proof.broken_at)
        if proof.broken_at is None:
            told.say(f"Hovedboken er hel: {proof.entries} poster.\nSiste hash {proof.head}")
            told.end(OK)
        told.say(f"Hovedboken er BRUTT ved post {proof.broken_at}.")
        told.end(BROKEN)
