"""The commands of `stafett archive`. Each imports what it needs when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.console import guarded
from gateway.cli.options import By, Config, Json, Kommune, Language, Source

archive = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""Arkiver loggene: PDF/A og JSON, med bevis for at arkivet har hver byte.

    check (svarer arkivene) - due (hva forfaller) - run (en runde nå) - show (hva venter, ett
    uttak, én loggs tidslinje) - confirm (et menneske har lagt det i arkivet) - seen (vedlegg som
    ikke ble varige) - retry - recheck (se på kvitteringer igjen) - report.
    """,
)


@archive.command()
@guarded
def check(config: Config = None, kommune: Kommune = "", as_json: Json = False) -> None:
    """Spør hvert arkiv hva det er, og prøv det en natt trenger: søk, klasse, lenker, opplasting.

    Det som legges inn for å prøve, tas bort igjen, og bare der arkivets eier har tillatt det.
    Utgangskode 4 når noe ikke virker.
    """
    from gateway.cli import archiving

    archiving.check(config, kommune, as_json)


@archive.command()
@guarded
def due(
    system: Source, config: Config = None, kommune: Kommune = "", as_json: Json = False
) -> None:
    """Se over alle logger: hva forfaller, og hva har arkivet. Ingenting sendes.

    Det som forfaller legges i kø, spredt over natten. Kan gjentas; samme grunn gir én jobb.
    """
    from gateway.cli import archiving

    archiving.due(system, config, kommune, as_json)


@archive.command()
@guarded
def run(
    system: Source,
    logg: Annotated[str, typer.Option("--logg", help="Bare denne loggen (id).")] = "",
    why: Annotated[
        str, typer.Option("--why", help="Grunn når det er én logg: foerSletting, kommunebytte ...")
    ] = "foerSletting",
    slot: Annotated[str, typer.Option("--slot", help="Arbeiderens faste navn.")] = "w0",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """En runde nå: frys det som forfaller, lever til arkivene, og les tilbake hver fil.

    En levering er arkivert først når bytene er hentet tilbake og er de samme. Utgangskode 1 når
    noe venter på et menneske, 4 når ingenting kan gå til et arkiv slik det er satt opp.
    """
    from gateway.cli import archiving

    archiving.run(system, logg, why, slot, config, kommune, as_json)


@archive.command(name="show")
@guarded
def archive_show(
    what: Annotated[str, typer.Argument(help="Et uttak eller en logg (id).")] = "",
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Det som venter på et menneske, med frist.")
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Vis hva som venter, ett uttak, eller én loggs tidslinje. Koder og id-er, aldri innhold."""
    from gateway.cli import archiving

    archiving.show(what, waiting, config, kommune, as_json)


@archive.command()
@guarded
def logs(
    system: Source, config: Config = None, kommune: Kommune = "", as_json: Json = False
) -> None:
    """Alle logger som er sett: tilstand hos leverandøren, og om arkivet har siste versjon."""
    from gateway.cli import archivestatus

    archivestatus.logs(system, config, kommune, as_json)


@archive.command()
@guarded
def confirm(
    system: Source,
    snapshot: Annotated[str, typer.Argument(metavar="UTTAK", help="Uttaket (id).")],
    name: Annotated[str, typer.Option("--archive", help="Arkivets navn i oppsettet.")],
    archive_id: Annotated[
        str, typer.Option("--archive-id", help="Arkivets eget nummer, for eksempel 2026/123-4.")
    ],
    by: By = "",
    files: Annotated[
        Path | None,
        typer.Option("--files", help="Mappe med filene slik de ble lastet ned fra arkivet."),
    ] = None,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Bekreft at et menneske har lagt et uttak i arkivet.

    Arkivet blir sett i først: viser det uttaket, er det bytene derfra som teller. Der ingenting
    kan leses, sammenlignes filene i --files med det som ble fryst; filer vi selv har lagt ut,
    teller ikke. Uten bytene er oppgaven lukket, men loggen kan ikke slettes på det.
    """
    from gateway.cli import filing

    filing.confirm(snapshot, name, archive_id, by, files, system, config, kommune, as_json)


@archive.command()
@guarded
def files(
    system: Source,
    snapshot: Annotated[str, typer.Argument(metavar="UTTAK", help="Uttaket (id).")],
    out: Annotated[Path, typer.Option("--out", help="Mappen filene legges i.")],
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Legg ut filene i et uttak for den som skal bære dem til arkivet for hånd.

    Filene er ikke kryptert der de legges; hvem som fikk dem, og når, står i hovedboken.
    """
    from gateway.cli import filing

    filing.files(snapshot, out, by, system, config, kommune, as_json)


@archive.command()
@guarded
def seen(
    system: Source,
    snapshot: Annotated[str, typer.Argument(metavar="UTTAK", help="Uttaket (id).")],
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Si at noen har sett på vedleggene i et uttak som ikke kunne gjøres varige.

    De vises med filnummer og kode, og venter ikke lenger. Originalene følger uttaket som de er.
    """
    from gateway.cli import filing

    filing.seen(snapshot, by, system, config, kommune, as_json)


@archive.command(name="ip-package")
@guarded
def ip_package(
    system: Source,
    logg: Annotated[str, typer.Argument(metavar="LOGG", help="Loggens id, eller starten på den.")],
    out: Annotated[Path, typer.Option("--out", help="Mappen filene legges i.")],
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Pakken til individuell plan: loggen ordnet etter forskriften § 19, som PDF/A og JSON.

    Et menneske skriver den inn i planverktøyet (DIPS Samspill har ingen dokumentert vei inn).
    Krever gyldig samtykke; det loggen ikke svarer på er merket som mangler.
    """
    from gateway.cli import filing

    filing.ip_package(logg, out, by, system, config, kommune, as_json)


@archive.command()
@guarded
def retry(
    system: Source,
    snapshot: Annotated[str, typer.Argument(metavar="[UTTAK]")] = "",
    name: Annotated[str, typer.Option("--archive", help="Bare dette arkivet.")] = "",
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Lever som en ny post: den som står i arkivet, er feil."),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """La det som feilet prøves igjen ved neste runde.

    Med --anew (ett uttak og --archive) legges en ny post ved siden av den som har andre byte enn
    de som ble fryst. Den gamle blir stående; arkivaren avgjør hva som skal skje med den.
    """
    from gateway.cli import filing

    filing.retry(system, snapshot, name, config, kommune, as_json, anew=anew)


@archive.command()
@guarded
def recheck(
    system: Source,
    snapshot: Annotated[str, typer.Argument(metavar="[UTTAK]")] = "",
    sample: Annotated[
        int, typer.Option("--sample", min=1, help="Hvor mange kvitteringer som ses på igjen.")
    ] = 50,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Se på kvitteringer igjen: hent bytene tilbake en gang til, og sammenlign.

    De som har ventet lengst, kommer først. Det som bare var bekreftet, blir lest tilbake der
    arkivet kan det. Utgangskode 1 når noe ikke lenger er det som ble fryst.
    """
    from gateway.cli import archiving

    archiving.recheck(system, snapshot, sample, config, kommune, as_json)


@archive.command(name="report")
@guarded
def archive_report(
    system: Source,
    language: Language = "",
    out: Annotated[Path | None, typer.Option("--out", help="Mappe for rapporten.")] = None,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Skriv rapporten: hva ble arkivert hvor, hva venter, hva feilet, og hva gjøres."""
    from gateway.cli import archiving

    archiving.report(language, out, system, config, kommune, as_json)
