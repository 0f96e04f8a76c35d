"""The commands about plans: make one, read it, sign it. What they do stands in `planning`."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.options import By, Config, Json, Kommune


def plan(
    source: Annotated[str, typer.Argument(help="Systemet loggene flyttes fra.")],
    target: Annotated[str, typer.Argument(help="Systemet loggene flyttes til.")],
    repair: Annotated[
        str, typer.Option("--repair", help="Kjøring med avvik som skal rettes opp.")
    ] = "",
    unit: Annotated[
        list[str] | None, typer.Option("--unit", help="Bare denne enheten (navn; kan gjentas).")
    ] = None,
    level: Annotated[
        list[int] | None, typer.Option("--level", help="Bare dette nivået (kan gjentas).")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="Bare denne statusen, for eksempel AKTIV (kan gjentas)."),
    ] = None,
    logs: Annotated[
        Path | None, typer.Option("--logs", help="Bare loggene i denne filen, én id per linje.")
    ] = None,
    first: Annotated[
        int | None, typer.Option("--first", min=1, help="Bare de N første som ikke er flyttet.")
    ] = None,
    after: Annotated[
        str,
        typer.Option("--after-sample", help="Vent til prøven av denne kjøringen er sett og rett."),
    ] = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Les kilden og lag en plan: hva flyttes, hva holdes, hva mistes. Ingenting sendes.

    Kan gjentas: bare det som er endret hentes på nytt. Med et utvalg blir planen en bølge, og
    det som ligger utenfor blir talt. På lista er linjer som begynner med # kommentarer. En id eller
    en enhet ingen logg svarer til, blir sagt (utgangskode 1). Neste steg er `stafett show PLAN` og
    `stafett sign PLAN --by HVEM`.
    """
    from gateway.cli import planning
    from gateway.cli.choosing import chosen

    part = chosen(unit or (), level or (), status or (), logs, first)
    planning.plan(source, target, repair, part, after, config, kommune, as_json)


def show(
    what: Annotated[str, typer.Argument(help="En plan, en kjøring, et uttak eller en logg (id).")],
    why: Annotated[bool, typer.Option("--why", help="Forklar hver avgjørelse.")] = False,
    against: Annotated[
        str, typer.Option("--against", help="En annen plan å sammenligne med.")
    ] = "",
    save: Annotated[
        Path | None, typer.Option("--save", help="Skriv planen, linje for linje, til en fil.")
    ] = None,
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Vis en plan, en kjøring, et uttak eller én logg. Viser steder og koder, aldri innhold.

    For én logg kreves --by, og at du så på den, blir skrevet i hovedboken.
    """
    from gateway.cli import showing

    showing.show(what, why, against, save, by, config, kommune, as_json)


def sign(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN")],
    by: By = "",
    overwrite: Annotated[
        list[str] | None,
        typer.Option(
            "--overwrite",
            metavar="LOGG:STED",
            help="Skriv over det noen har endret her; hvert sted må nevnes (kan gjentas).",
        ),
    ] = None,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Godkjenn en plan. Planens hash, hvem, i hvilken rolle og når, skrives i hovedboken.

    Det gjør en med rollen it_leder, leder eller fagansvarlig. Signeres planen igjen, står begge
    signaturene, og kjøringen sier hvilken den begynte under.
    Steg som ville skrevet over det et menneske har endret i målet, blir med bare når hvert sted
    er nevnt. Teksten som taper blir tatt vare på: `stafett versions LOGG`.
    """
    from gateway.cli import signature

    signature.sign(plan_id, by, tuple(overwrite or ()), config, kommune, as_json)
