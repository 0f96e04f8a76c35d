"""Commands that prove a run: reconcile, report.

A finding's state and the change of a place are codes of ours: a program gets them as they are, a
person gets the words for them.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from gateway import places
from gateway.app import House
from gateway.cli.console import Speaker
from gateway.cli.doubting import refuse, telling
from gateway.cli.exits import BROKEN, INCOMPLETE, OK, TO_DO
from gateway.cli.opening import house, route, speaker
from gateway.effects import runs
from gateway.effects.reconciling import RIGHT, Finding
from gateway.effects.reconciling import reconcile as reconciled
from gateway.errors import Rejected
from gateway.ledger import trust
from gateway.ledger.store import LOST
from gateway.run.rows import plan_row, run_row
from gateway.tasks.reconciled import AT_FAULT
from gateway.tasks.reconciled import reconciled as known_of
from gateway.tasks.rows import Task
from gateway.tasks.standing import ungrounded
from gateway.texts.catalogue import Catalogue


def reconcile(
    run_id: str, without_files: bool, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Read back every log of a run and compare; its files too, by their content."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        refuse(trust.of_run(opened.database, run_id))
        plan = plan_row(opened.database, run_row(opened.database, run_id)["plan_id"])
        counts: Counter[str] = Counter()
        files: Counter[str] = Counter({"right": 0, "wrong": 0})
        wrong: list[Finding] = []
        unread: list[Finding] = []
        wrote = sum(runs.effects(opened.database, run_id).values())
        back = plan["kind"] == runs.BACK
        lost: list[Task] = []
        stands: list[str] = []
        with route(opened, plan["source"], plan["target"], back=back) as way:
            for found in reconciled(way, run_id, files=not without_files):
                counts[found.state] += 1
                files.update(right=found.content.right, wrong=len(found.content.wrong))
                stands += [found.logg] if found.state != "missing" and found.logg else []
                wrong += [found] if found.state not in RIGHT else []
                unread += [found] if found.code else []
            lost = ungrounded(way, stands) if not back else []
        told.table(
            ("hva", "antall"),
            [
                *((texts.label(f"outcome_{name}"), count) for name, count in counts.items()),
                *_content(texts, None if without_files else files, len(unread)),
            ],
            "counts",
        )
        earlier = _earlier(opened, run_id, told, texts) if without_files else 0
        if wrong:
            _findings(wrong, told, texts)
            if counts["extra"]:
                told.say(texts.label("extra_means"))
            _unread(unread, told, texts)
        for typed in _remedies(plan, run_id, wrong, earlier):
            told.say(f"Rett opp: {typed}")
        if lost:
            told.say("\nStår aktiv i målet; sett passiv (R-116):")
            told.table(
                ("logg", "i målet", "kode", "betyr"),
                [(one.logg[:8], one.ref, one.code, texts.code(one.code).what) for one in lost],
                "ungrounded",
            )
        told.give(run=run_id, states=dict(counts), files=None if without_files else dict(files))
        told.give(untried=len(unread))
        if not counts:
            # Nothing was compared: that is no proof of anything.
            code = "INGENTING_SAMMENLIGNET" if wrote else "KJOERING_UTEN_LOGGER"
            told.say(f"{texts.code(code).what}\n  Gjør dette: {texts.code(code).do}")
            told.give(code=code)
            told.end(INCOMPLETE)
        if any(found.code in LOST for found in unread):
            told.end(BROKEN)  # a sealed copy of ours is not what was sealed
        told.end(TO_DO if wrong or lost or earlier else OK)


def _content(
    texts: Catalogue, files: Counter[str] | None, untried: int
) -> list[tuple[str, int | str]]:
    """The lines on the content of files; None says that it was not tried."""
    if files is None:
        return [(texts.label("content_title"), texts.label("content_untried"))]
    lines: list[tuple[str, int | str]] = [
        (texts.label(f"content_{name}"), files[name]) for name in ("right", "wrong")
    ]
    return [*lines, *([(texts.label("content_unread"), untried)] if untried else [])]


def _earlier(opened: House, run_id: str, told: Speaker, texts: Catalogue) -> int:
    """Say what the last look with files found that nobody has proved since. Returns how many logs
    it is."""
    from gateway.report.write import local

    with opened.database.look() as connection:
        known = known_of(connection, run_id)
    if known is None or known.with_files is None:
        return 0
    look = known.with_files
    told.give(
        last_files={"at": look.at, **(look.files or {}), "logs": [*known.lost],
                    "more": known.more_lost}
    )  # fmt: skip
    if known.files_open:
        said = texts.label("content_last")
        told.say(said.format(at=local(look.at), count=known.files_open))
    return known.files_open


def _findings(wrong: list[Finding], told: Speaker, texts: Catalogue) -> None:
    told.say()
    told.table(
        ("logg", "i målet", "tilstand", "steder"),
        [(one.logg[:8], one.target_ref, one.state,
          ", ".join(f"{k}.{f} {c} ({n})" for k, f, c, n in one.places))
         for one in wrong],
        "findings",
        [(one.logg[:8], one.target_ref, texts.label(f"outcome_{one.state}"),
          ", ".join(f"{k}.{f} {texts.change(c)} ({n})" for k, f, c, n in one.places))
         for one in wrong],
    )  # fmt: skip


def _unread(unread: list[Finding], told: Speaker, texts: Catalogue) -> None:
    """Say what each code means by which a log, or a file of it, could not be read."""
    told.give(
        unread=[
            {"logg": one.logg[:8], "i målet": one.target_ref, "kode": one.code,
             "betyr": texts.code(one.code).what, "gjør dette": texts.code(one.code).do}
            for one in unread
        ]
    )  # fmt: skip
    for code, count in sorted(Counter(one.code for one in unread).items()):
        text = texts.code(code)
        told.say(f"\n{code} ({count}): {text.what}\n  Gjør dette: {text.do}")


def _remedies(plan: dict[str, Any], run_id: str, wrong: list[Finding], earlier: int) -> list[str]:
    """What to type: a log under way is gone on with, the rest of what is at fault is repaired."""
    typed = [*dict.fromkeys(one.mends for one in wrong if one.mends)]
    at_fault = earlier or any(one.state in AT_FAULT and not one.mends for one in wrong)
    if at_fault and plan["kind"] != runs.BACK:
        typed.append(f"stafett plan {plan['source']} {plan['target']} --repair {run_id}")
    return typed


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
        with telling(told, trust.of_run(opened.database, run_id)):
            facts = build(opened.database, run_id)
            folder = out or places.data_folder(opened.settings) / "reports"
            try:
                html, data = write(facts, folder, language or opened.settings.gateway.language)
            except (OSError, ValueError):
                raise Rejected("FIL_KAN_IKKE_SKRIVES", place="--out") from None
            told.give(html=str(html), json=str(data), state=facts["state"])
            told.say(f"{html}\n{data}")
            told.end(OK)
