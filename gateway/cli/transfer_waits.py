"""The commands of `stafett transfer` about what waits: seen, resume, whom to look up, a request.

Each imports what it needs when it runs.
"""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.console import guarded
from gateway.cli.options import By, Config, Json, Kommune
from gateway.cli.transfer import Ident, Role, transfer


@transfer.command()
@guarded
def seen(
    overfoering: Ident,
    by: By = "",
    role: Role = "leder",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Lederen har sett hva som har skjedd. Ingenting flytter seg av det."""
    from gateway.cli import transfer_settling as t
    from gateway.cli.transferring import actor

    t.seen(overfoering, actor(by, role), config, kommune, as_json)


@transfer.command()
@guarded
def resume(
    overfoering: Ident,
    by: By = "",
    role: Role = "leder",
    write: Annotated[
        bool,
        typer.Option(
            "--write-here",
            help="Familien er skjermet, tilgangen er ordnet, og loggen skal skrives her likevel.",
        ),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Det som ble holdt ved åpningen, er behandlet av riktig rolle: spør registeret igjen."""
    from gateway.cli import transfer_settling as t
    from gateway.cli.transferring import actor

    t.resume(overfoering, actor(by, role), config, kommune, as_json, decided=write)


@transfer.command()
@guarded
def family(
    overfoering: Ident,
    out: Annotated[Path, typer.Option("--out", help="Filen numrene skrives til.")],
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Hvem i familien som må slås opp i Folkeregisteret for hånd, som en registerfil å fylle ut.

    Bare for rollen som behandler det som holdes; hvem som fikk numrene, står i hovedboken.
    """
    from gateway.cli import transfer_settling as t

    t.family(overfoering, out, by, config, kommune, as_json)


@transfer.command()
@guarded
def read(
    overfoering: Ident,
    by: By,
    out: Annotated[Path, typer.Option("--out", help="Mappen filene legges i.")],
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """PDF-en og vedleggene i en pakke som porten ikke kan lese, eller ikke alt i.

    For den som har overtatt, og lederen i enheten; hvem som fikk dem, står i hovedboken.
    """
    from gateway.cli import transfer_settling as t

    t.read(overfoering, out, by, config, kommune, as_json)


@transfer.command()
@guarded
def taken(
    overfoering: Ident,
    by: By,
    role: Role = "stafettholder",
    from_sender: Annotated[
        bool,
        typer.Option(
            "--from-sender",
            help="Loggen er lest i det avgivers folk ga, ikke i filene fra transfer read.",
        ),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Loggen er lest på papir, i PDF-en eller i det avgiver ga: overføringen er fullført.

    Filene må være tatt ut her med transfer read, ellers sier --from-sender hvor den er lest. Da
    lukker avgiver sin logg. Legg den inn i fagsystemet deres, og fortell familien det, først.
    """
    from gateway.cli import transfer_settling as t
    from gateway.cli.transferring import actor

    t.taken(overfoering, actor(by, role), config, kommune, as_json, from_sender=from_sender)


@transfer.command()
@guarded
def answer(
    request: Annotated[str, typer.Argument(metavar="ETTERSPOERSEL", help="Etterspørselens id.")],
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Etterspørselen er behandlet. Den andre får ikke svar; det eneste svaret er et tilbud."""
    from gateway.cli import transfer_settling as t

    t.answer(request, by, config, kommune, as_json)


@transfer.command()
@guarded
def echo(
    orgnr: Annotated[str, typer.Argument(metavar="ORGNR", help="Motparten (orgnr).")],
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Spør en motpart om oppsettet holder i begge ender. Sier ingenting om noen, og lagres ikke.

    Sier hva som er galt, i hvilken ende, og hva som gjøres.
    """
    from gateway.cli import transferecho as t

    t.echo(orgnr, config, kommune, as_json)
