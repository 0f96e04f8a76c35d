"""The command about a run's sample: draw it, and keep who looked at what and said what."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import By, Config, Json, Kommune


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
    by: By = "",
    says: Annotated[
        str, typer.Option("--says", help="Hva de sa: riktig, feil, eller rettet etter feil.")
    ] = "",
    note: Annotated[
        Path | None,
        typer.Option("--note", help="Fil med noen ord om det; forsegles og vises aldri i lister."),
    ] = None,
    notes: Annotated[
        bool,
        typer.Option("--notes", help="Vis ordene noen la ved; krever --by, og blir notert."),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Trekk en prøve av en kjøring, og ta vare på hvem som så på hva og hva de sa.

    Tilfeldige logger, og de mest utsatte: flest opplysninger som bare vi har, plassholdere og
    regelbrudd. Det som er sagt, blir stående; det som sies senere, står ved siden av. En feil
    holder neste bølge til noen sier at den er rettet (--says rettet). En ny plan kan vente på
    prøven: `stafett plan ... --after-sample KJØRING`. Utgangskode 1 til alt er sett og riktig.
    """
    from gateway.cli import textfile
    from gateway.cli.doubting import refuse, telling
    from gateway.cli.exits import OK, TO_DO
    from gateway.cli.opening import acting, house, speaker
    from gateway.cli.typed import no_number
    from gateway.ledger import trust
    from gateway.ledger.access import Ground, Shown, note_in
    from gateway.run import sampling
    from gateway.run.rows import run_row
    from gateway.staff.roles import Act
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        run_row(opened.database, run_id)
        now = opened.clock.now().isoformat(timespec="seconds")
        no_number(seed, "--seed")
        doubt = trust.of_run(opened.database, run_id)
        if looked:
            refuse(doubt)
        with telling(told, doubt):
            if looked:
                who = acting(opened, by, Act.SAMPLE)
                words = textfile.read(note, "--note") if note else ""
                sampling.looked(
                    opened.database,
                    opened.store,
                    run_id,
                    looked,
                    by=who,
                    says=says,
                    note=words,
                    at=now,
                )
            drawn = sampling.draw(opened.database, run_id, size, seed or run_id, now)
            rows = [
                (one.logg, one.target_ref, ", ".join(texts.label(f"sample_{w}") for w in one.why),
                 one.looked_by, one.looked_at, one.says,
                 [{"av": word.by, "når": word.at, "sa": word.says} for word in one.words[1:]])
                for one in drawn
            ]  # fmt: skip
            told.table(
                ("logg", "i målet", "hvorfor", "sett av", "når", "sa", "sagt siden"),
                rows, "sample",
                [(*row, texts.label(f"says_{says}") if says else "",
                  "; ".join(f"{texts.label('says_' + w['sa'])} ({w['av']} {w['når']})"
                            for w in later))
                 for *row, says, later in rows],
            )  # fmt: skip
            random = sum("tilfeldig" in one.why for one in drawn)
            told.give(seed=drawn[0].seed, random=random)
            told.say(f"\n{random} er trukket tilfeldig, med frøet «{drawn[0].seed}».")
            if notes:
                reader = acting(opened, by, Act.READ_NOTES)
                with opened.database.begin() as connection:
                    access = note_in(
                        connection, now, reader, Shown.PROEVE, run_id, Ground.MIGRERING
                    )
                read = sampling.read_notes(opened.database, opened.store, run_id, access)
                told.give(notes=[
                    {"logg": n.logg, "av": n.by, "når": n.at, "ord": n.text} for n in read
                ])  # fmt: skip
                for one in read:
                    told.say(f"\n{one.logg} ({one.by} {one.at}):\n{one.text.strip()}")
                if not read:
                    told.say("\nIngen har lagt ved noen ord.")
            left = sampling.unseen(opened.database, run_id)
            wrong = [one.logg for one in drawn if one.wrong]
            told.give(run=run_id, unseen=left, wrong=wrong)
            for logg in wrong:
                told.say(f"\n{texts.label('sample_holds')} Når det er rettet:")
                told.say(f"  stafett sample {run_id} --looked {logg} --by HVEM --says rettet")
            if left:
                told.say(f"\nSett og riktig: {left}. Si fra slik:")
                told.say(f"  stafett sample {run_id} --looked LOGG --by HVEM --says riktig")
            told.end(TO_DO if left else OK)
