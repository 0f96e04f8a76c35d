"""Commands that prove: reconcile, report, verify.

A finding's state and the change of a place are codes of ours: a program gets them as they are, a
person gets the words for them.
"""

from collections import Counter
from pathlib import Path

from gateway import app
from gateway.cli.console import BROKEN, INCOMPLETE, OK, TO_DO
from gateway.cli.opening import house, route, speaker
from gateway.effects import runs
from gateway.effects.reconciling import RIGHT
from gateway.effects.reconciling import reconcile as reconciled
from gateway.errors import Rejected
from gateway.ledger import chain
from gateway.run.rows import plan_row, run_row
from gateway.tasks.rows import Task
from gateway.tasks.standing import ungrounded
from gateway.texts.catalogue import Catalogue

AT_FAULT = frozenset({"drifted", "missing", "partial"})
"""The answers that a repair has something to do about."""


def reconcile(
    run_id: str, without_files: bool, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Read back every log of a run and compare; its files too, by their content."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        plan = plan_row(opened.database, run_row(opened.database, run_id)["plan_id"])
        counts: Counter[str] = Counter()
        files: Counter[str] = Counter()
        wrong: list[tuple[str, str, str, tuple[tuple[str, str, str, int], ...]]] = []
        wrote = sum(runs.effects(opened.database, run_id).values())
        back = plan["kind"] == runs.BACK
        lost: list[Task] = []
        stands: list[str] = []
        with route(opened, plan["source"], plan["target"], back=back) as way:
            for found in reconciled(way, run_id, files=not without_files):
                counts[found.state] += 1
                files.update(right=found.content.right, wrong=len(found.content.wrong))
                stands += [found.logg] if found.state != "missing" and found.logg else []
                if found.state not in RIGHT:
                    wrong.append((found.logg[:8], found.target_ref, found.state, found.places))
            lost = ungrounded(way, stands) if not back else []
        told.table(
            ("hva", "antall"),
            [
                *((texts.label(f"outcome_{name}"), count) for name, count in counts.items()),
                *_content(texts, None if without_files else files),
            ],
            "counts",
        )
        if wrong:
            told.say()
            told.table(
                ("logg", "i målet", "tilstand", "steder"),
                [(logg, ref, state, ", ".join(f"{k}.{f} {c} ({n})" for k, f, c, n in places))
                 for logg, ref, state, places in wrong],
                "findings",
                [(logg, ref, texts.label(f"outcome_{state}"),
                  ", ".join(f"{k}.{f} {texts.change(c)} ({n})" for k, f, c, n in places))
                 for logg, ref, state, places in wrong],
            )  # fmt: skip
            if counts["extra"]:
                told.say(texts.label("extra_means"))
            if not back and AT_FAULT & counts.keys():
                told.say(
                    f"Rett opp: stafett plan {plan['source']} {plan['target']} --repair {run_id}"
                )
        if lost:
            told.say("\nStår aktiv i målet; sett passiv (R-116):")
            told.table(
                ("logg", "i målet", "kode", "betyr"),
                [(one.logg[:8], one.ref, one.code, texts.code(one.code).what) for one in lost],
                "ungrounded",
            )
        told.give(run=run_id, states=dict(counts), files=None if without_files else dict(files))
        if not counts:
            # Nothing was compared: that is no proof of anything.
            code = "INGENTING_SAMMENLIGNET" if wrote else "KJOERING_UTEN_LOGGER"
            told.say(f"{texts.code(code).what}\n  Gjør dette: {texts.code(code).do}")
            told.give(code=code)
            told.end(INCOMPLETE)
        told.end(TO_DO if wrong or lost else OK)


def _content(texts: Catalogue, files: Counter[str] | None) -> list[tuple[str, int | str]]:
    """The lines on the content of files; None says that it was not tried."""
    if files is None:
        return [(texts.label("content_title"), texts.label("content_untried"))]
    return [(texts.label(f"content_{name}"), files[name]) for name in ("right", "wrong")]


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
        try:
            html, data = write(facts, folder, language or opened.settings.gateway.language)
        except (OSError, ValueError):
            raise Rejected("FIL_KAN_IKKE_SKRIVES", place="--out") from None
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
