"""The command tree. Each command imports what it needs when it runs, so that help is quick."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli import transfer_waits  # noqa: F401 - its commands join `transfer`
from gateway.cli.archive import archive
from gateway.cli.console import guarded, unread
from gateway.cli.created import created
from gateway.cli.filled import Filled
from gateway.cli.moving import moves
from gateway.cli.options import By, Config, Json, Kommune, Language, Source
from gateway.cli.plan import plan, show, sign
from gateway.cli.sample import sample
from gateway.cli.tasks import tasks
from gateway.cli.transfer import transfer
from gateway.cli.versions import versions
from gateway.cli.waiting import staff, waiting

stafett = typer.Typer(
    cls=Filled,
    name="stafett",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""Flytter stafettlogger mellom kommunale systemer, med bøkene i balanse.

    Rekkefølgen er: systems (hva kan systemene) - plan (hva vil flyttes, hva kan ikke) -
    show (les planen) - sign (godkjenn den) - migrate (gjør det) - status - reconcile - report -
    verify. Ingenting sendes før en plan er signert.

    Utgangskoder: 0 ferdig, 1 ferdig med noe til et menneske, 2 feil bruk eller et ønske som ikke
    kan oppfylles nå, 3 feil hos oss (oppsett, nøkkel, disk), 4 et system svarer feil, 5
    ufullstendig, 6 beviset holder ikke, 7 skrevet, men lest tilbake annerledes.
    """,
)


@stafett.command()
@guarded
def systems(config: Config = None, kommune: Kommune = "", as_json: Json = False) -> None:
    """Hvilke systemer finnes, hva de tilbyr, og hvordan vi vet det.

    Hver operasjon er documented (leverandøren har skrevet det), assumed (vårt forslag; kjører
    bare mot sandkassen til kommunen har bekreftet det) eller manual (et menneske gjør det).
    """
    from gateway.cli import look

    look.systems(config, kommune, as_json)


@stafett.command()
@guarded
def mapping(
    system: Annotated[str, typer.Argument(help="For eksempel visma_samspill.")],
    as_json: Json = False,
) -> None:
    """Dekningstabellen: hvert felt hos leverandøren og hos oss, med rad eller begrunnelse."""
    from gateway.cli import look

    look.mapping(system, as_json)


stafett.command()(guarded(plan))
stafett.command()(guarded(show))
stafett.command()(guarded(sign))


@stafett.command()
@guarded
def migrate(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN")] = "",
    back: Annotated[
        str, typer.Option("--back", help="Lag en plan som fører kjøringens logger hjem igjen.")
    ] = "",
    slot: Annotated[str, typer.Option("--slot", help="Denne prosessens faste navn.")] = "w0",
    detach: Annotated[
        bool, typer.Option("--detach", help="Start og gå; `stafett worker` gjør arbeidet.")
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Utfør en signert plan. Tåler strømbrudd: `stafett resume KJØRING` fortsetter.

    Bare det som er endret siden sist blir skrevet. Stopper du prosessen, er ingenting tapt og
    ingenting skrevet to ganger.
    """
    from gateway.cli import running

    running.migrate(plan_id, back, slot, detach, config, kommune, as_json)


@stafett.command()
@guarded
def status(
    run_id: Annotated[str, typer.Argument(metavar="[KJØRING]")] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Følg med til den er ferdig.")] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Hvor langt kjøringen er kommet: logger, fart, tid igjen, parkerte."""
    from gateway.cli import running

    running.status(run_id, watch, config, kommune, as_json)


@stafett.command()
@guarded
def resume(
    run_id: Annotated[str, typer.Argument(metavar="KJØRING")],
    slot: Annotated[str, typer.Option("--slot", help="Denne prosessens faste navn.")] = "w0",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Fortsett en kjøring som ble stoppet, pauset eller drept."""
    from gateway.cli import running

    running.resume(run_id, slot, config, kommune, as_json)


@stafett.command()
@guarded
def pause(
    run_id: Annotated[str, typer.Argument(metavar="KJØRING")],
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Stans en kjøring etter loggene den holder på med. `stafett resume` fortsetter."""
    from gateway.cli import running

    running.set_state(run_id, "pauset", config, kommune, as_json)


@stafett.command()
@guarded
def cancel(
    run_id: Annotated[str, typer.Argument(metavar="KJØRING")],
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Avslutt en kjøring. Det som er flyttet, er flyttet; en ny plan tar resten."""
    from gateway.cli import running

    running.set_state(run_id, "avbrutt", config, kommune, as_json)


@stafett.command()
@guarded
def worker(
    slot: Annotated[str, typer.Option("--slot", help="Fast og eget navn for prosessen.")],
    lease: Annotated[float, typer.Option("--lease", help="Sekunder før en død tas over.")] = 15.0,
    config: Config = None,
    kommune: Kommune = "",
) -> None:
    """Arbeid til du blir stoppet. Flere arbeidere krever PostgreSQL."""
    from gateway.cli import running

    running.work(slot, lease, config, kommune)


@stafett.command()
@guarded
def parked(
    run_id: Annotated[str, typer.Argument(metavar="[KJØRING]")] = "",
    retry: Annotated[bool, typer.Option("--retry", help="Lag en plan for bare disse.")] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Logger som ikke kunne flyttes, med sted og slag. De andre ble ikke stoppet av dem."""
    from gateway.cli import parked as parking

    parking.parked(run_id, retry, config, kommune, as_json)


@stafett.command()
@guarded
def reconcile(
    run_id: Annotated[str, typer.Argument(metavar="KJØRING")],
    without_files: Annotated[
        bool,
        typer.Option("--without-files", help="Hent ikke filenes innhold; det står som ikke prøvd."),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Les hver logg tilbake fra målet og sammenlign med det planen lovet, blad for blad, og filene
    med hashen av innholdet."""
    from gateway.cli import proving

    proving.reconcile(run_id, without_files, config, kommune, as_json)


@stafett.command()
@guarded
def report(
    run_id: Annotated[str, typer.Argument(metavar="KJØRING")],
    language: Language = "",
    out: Annotated[Path | None, typer.Option("--out", help="Mappe for rapporten.")] = None,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Skriv rapporten for en kjøring, som HTML og JSON. Inneholder steder, aldri verdier."""
    from gateway.cli import proving

    proving.report(run_id, language, out, config, kommune, as_json)


@stafett.command()
@guarded
def verify(
    against: Annotated[
        str | None,
        typer.Option(
            "--against", help="Et anker fra en rapport eller kvittering: linjen, eller filen."
        ),
    ] = None,
    anchor_anew: Annotated[
        bool, typer.Option("--anchor-anew", help="Sett ankeret på nytt der hovedboken nå slutter.")
    ] = False,
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Prøv hovedboken: poster, tabeller, lagrede kopier og anker mot hverandre."""
    from gateway.cli import verifying

    verifying.verify(against, anchor_anew, by, config, kommune, as_json)


@stafett.command()
@guarded
def keys(
    rotate: Annotated[
        bool,
        typer.Option("--rotate", help="Bytt nøkkel. Ingen andre kan bruke hovedboken imens."),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Lag nøkkelfilen til hovedboken, hvis den ikke finnes, eller bytt nøkkel. Ta kopi av den."""
    from gateway.cli import keys as keyring

    keyring.keys(config, kommune, rotate=rotate, as_json=as_json)


@stafett.command()
@guarded
def sandbox(
    system: Annotated[
        str, typer.Argument(help="For eksempel conexus_companion, folkeregister eller noark5.")
    ],
    port: Annotated[
        int | None, typer.Option("--port", help="Port på denne maskinen; 0 velger.")
    ] = None,
    data: Annotated[Path, typer.Option("--data", help="Mappe for sandkassens data.")] = Path(
        "sandbox"
    ),
    fill: Annotated[int, typer.Option("--fill", help="Antall oppdiktede logger å fylle i.")] = 0,
    corpus: Annotated[
        bool, typer.Option("--corpus", help="Fyll i eksempelsamlingen, skrevet etter rutinene.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Frø for de oppdiktede loggene.")] = 1,
    tenant: Annotated[str, typer.Option("--tenant", help="Organisasjonsnummer.")] = "899100107",
    register: Annotated[
        Path | None,
        typer.Option("--register", help="Øvingsregister: skrives av loggene, leses av registeret."),
    ] = None,
) -> None:
    """Start en øvingsutgave av et system på denne maskinen. Stopp med Ctrl-C."""
    from gateway.cli import look

    look.sandbox(system, port, data, fill, corpus, seed, tenant, register)


@stafett.command()
@guarded
def demo(
    logs: Annotated[int, typer.Option("--logs", help="Antall logger.")] = 200,
    folder: Annotated[Path, typer.Option("--folder", help="Mappe for alt demoen lager.")] = Path(
        "demo"
    ),
    keep_calm: Annotated[
        bool, typer.Option("--no-faults", help="Uten feil i sandkassene og uten drap.")
    ] = False,
) -> None:
    """Vis hovedjobben: en kommune flyttes, med feil og strømbrudd, og flyttes hjem igjen."""
    from gateway import demo as play

    play.run(logs, folder, faults=not keep_calm)


stafett.command()(guarded(versions))
stafett.command()(guarded(sample))
stafett.command()(guarded(tasks))
stafett.command()(guarded(created))
stafett.command()(guarded(waiting))
stafett.command()(guarded(staff))
stafett.add_typer(archive, name="archive")
stafett.add_typer(transfer, name="transfer")
stafett.add_typer(moves, name="moves")


@stafett.command()
@guarded
def delete(
    system: Source,
    logg: Annotated[str, typer.Argument(metavar="LOGG", help="Loggens id, eller starten på den.")],
    by: By = "",
    role: Annotated[
        str, typer.Option("--role", help="Rollen det gjøres i; ellers den kommunen har valgt.")
    ] = "",
    reason: Annotated[
        str,
        typer.Option("--reason", help="etterKrav, avsluttet, feilopprettet eller flyttet."),
    ] = "avsluttet",
    out: Annotated[Path | None, typer.Option("--out", help="Mappe for slettebeviset.")] = None,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Slett én passiv logg, bare når hvert arkiv beviselig har siste versjon.

    Bytene leses tilbake fra arkivet en gang til før noe slettes. Arkivet røres aldri.
    """
    from gateway.cli import filing

    filing.delete(system, logg, by, role, reason, out, config, kommune, as_json)


@stafett.command()
@guarded
def serve(
    slot: Annotated[
        str, typer.Option("--slot", help="Arbeiderens faste navn; ulikt i hver prosess.")
    ] = "w0",
    config: Config = None,
    kommune: Kommune = "",
) -> None:
    """Arbeid av seg selv: netter i arkivet, overføringer, flyttehint. Stopp med Ctrl-C.

    Tar imot pakker fra andre kommuner, og sender det som venter. Etter nedetid tas natten som
    ble borte. Flere prosesser kan kjøre; én natt er én jobb, og én runde er én runde.
    """
    from gateway.cli import serving

    serving.serve(slot, config, kommune)


def main() -> None:
    """Entry point. What is still to be written is written here, where it can be seen that nobody
    reads it."""
    try:
        try:
            stafett(prog_name="stafett", standalone_mode=True, args=sys.argv[1:])
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        unread()
