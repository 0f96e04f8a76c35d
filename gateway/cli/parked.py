"""The command about what a run set aside: what it means, what to type, and what is solved since."""

from pathlib import Path
from typing import NoReturn

from gateway.app import House
from gateway.cli.console import Speaker
from gateway.cli.doubting import refuse, telling
from gateway.cli.exits import OK, TO_DO
from gateway.cli.opening import house, route, speaker
from gateway.cli.planning import summarise
from gateway.cli.ran import remedies, word
from gateway.effects import runs
from gateway.effects.planning import Planner
from gateway.effects.progress import newest
from gateway.errors import LocalFault, Rejected
from gateway.ledger import trust
from gateway.run.rows import plan_row, run_row
from gateway.tasks.parked import parked as left_by
from gateway.texts.catalogue import Catalogue


def parked(run_id: str, retry: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    """What could not go, by place and kind; `retry` plans just those again. What a later run has
    solved stands last, says by which, and is neither counted nor planned."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        chosen = run_id or newest(opened.database)
        if chosen is None:
            raise LocalFault("UKJENT_KJOERING")
        wrong = trust.of_run(opened.database, chosen)
        if retry:
            refuse(wrong)
        with telling(told, wrong):
            _parked(opened, chosen, retry, told)


def _parked(opened: House, chosen: str, retry: bool, told: Speaker) -> NoReturn:
    found = sorted(left_by(opened.database, chosen), key=lambda row: bool(row.solved_by))
    left = [row for row in found if not row.solved_by]
    texts = Catalogue(told.language)
    told.table(
        ("logg", "ref", "hva", "kode", "sted", "betyr", "gjør dette", "løst av"),
        [(row.logg[:8], row.ref, row.state, row.code, row.place, texts.code(row.code).what,
          texts.code(row.code).do, row.solved_by)
         for row in found],
        "parked",
        [(row.logg[:8], row.ref, word(texts, row.state), row.code, row.place,
          "" if row.solved_by else texts.code(row.code).what, "", row.solved_by)
         for row in found],
    )  # fmt: skip
    told.give(run=chosen, remedies=remedies(found, texts, told), left=len(left))
    if not found:
        told.say("Ingenting er parkert.")
    elif not left:
        told.say("Alt er løst av senere kjøringer.")
    elif retry:
        plan = plan_row(opened.database, run_row(opened.database, chosen)["plan_id"])
        if plan["kind"] == runs.BACK:
            raise Rejected("FEIL_VEI", place=chosen)
        with route(opened, plan["source"], plan["target"]) as way:
            refs = frozenset(row.ref for row in left)
            # The same kind of plan again: a log on its way home would else be made anew there.
            plan_id = Planner(way, plan["kind"], plan["of_run"]).build(only=refs)
        summarise(opened, plan_id, told)
        told.say(f"\nGodkjenn: stafett sign {plan_id} --by HVEM")
    told.end(TO_DO if left else OK)
