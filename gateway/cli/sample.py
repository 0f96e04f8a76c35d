"""The command about a run's sample: draw it, and keep who looked at what and said what."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import Config, Json, Kommune


def sample(
    run_id: Annotated[str, typer.Argument(metavar="KJØRING")],
    size: Annotated[
        int, typer.Option("--size", min=1, help="Hvor mange som trekkes tilfeldig.")
    ] = 5,
    seed: Annotated[
        str, typer.Option("--seed", help="Frø for trekningen; samme frø trekker de samme.")
    ] = "",
    looked: Annotated[
        str, typer.Option("--looked", metavar="LOGG", help="Loggen noen har sett på i målet.")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Hvem som så (rolle eller initialer).")] = "",
    says: Annotated[str, typer.Option("--says", help="Hva de sa: riktig eller feil.")] = "",
    note: Annotated[
        Path | None,
        typer.Option("--note", help="Fil med noen ord om det; forsegles og vises aldri i lister."),
    ] = None,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Trekk en prøve av en kjøring, og ta vare på hvem som så på hva og hva de sa.

    Tilfeldige logger, og de mest utsatte: flest opplysninger som bare vi har, plassholdere og
    regelbrudd. En ny plan kan vente på prøven: `stafett plan ... --after-sample KJØRING`.
    Utgangskode 1 til alt er sett og riktig.
    """
    from gateway.cli.console import OK, TO_DO
    from gateway.cli.opening import house, speaker
    from gateway.errors import Rejected
    from gateway.run import sampling
    from gateway.run.rows import run_row
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        run_row(opened.database, run_id)
        now = opened.clock.now().isoformat(timespec="seconds")
        if looked:
            if not by.strip():
                raise Rejected("MANGLER_NAVN_PAA_DEN_SOM_SAA", place=run_id)
            words = note.read_text(encoding="utf-8") if note else ""
            sampling.looked(
                opened.database, opened.store, run_id, looked, by=by, says=says, note=words, at=now
            )
        drawn = sampling.draw(opened.database, run_id, size, seed or run_id, now)
        told.table(
            ("logg", "i målet", "hvorfor", "sett av", "når", "sa"),
            [(one.logg, one.target_ref, ", ".join(texts.label(f"sample_{w}") for w in one.why),
              one.looked_by, one.looked_at, one.says)
             for one in drawn],
            "sample",
        )  # fmt: skip
        random = sum("tilfeldig" in one.why for one in drawn)
        told.give(seed=drawn[0].seed, random=random)
        told.say(f"\n{random} er trukket tilfeldig, med frøet «{drawn[0].seed}».")
        left = sampling.unseen(opened.database, run_id)
        told.give(run=run_id, unseen=left)
        if left:
            told.say(f"\nSett og riktig: {left}. Si fra slik:")
            told.say(f"  stafett sample {run_id} --looked LOGG --by NAVN --says riktig")
        told.end(TO_DO if left else OK)
