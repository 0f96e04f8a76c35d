"""The commands of `stafett transfer`. Each imports what it needs when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.console import guarded
from gateway.cli.options import By as ByOf
from gateway.cli.options import Config, Json, Kommune, Language

transfer = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""Overfør ansvaret for en logg, uten at det noen gang er i det uvisse.

    Avgiver: start (velg hva og til hvem) - send - show - withdraw - retry. Mottaker: inbox -
    assign (lederen peker ut en person) - accept - reject. Avgiver har ansvaret helt til en
    person hos mottaker har akseptert og avgivers port har byttet. round henter, sender og
    fullfører det som venter; `stafett serve` gjør det av seg selv.
    """,
)

Ident = Annotated[str, typer.Argument(metavar="OVERFOERING", help="Overføringens id.")]
By = Annotated[
    str, typer.Option("--by", envvar="STAFETT_BY", help="Hvem: referansen fra ansattfilen.")
]
Role = Annotated[str, typer.Option("--role", help="Rollen: leder eller stafettholder.")]


@transfer.command()
@guarded
def start(
    logg: Annotated[
        str,
        typer.Argument(metavar="LOGG", help="Loggens id: vår, starten på den, eller systemets."),
    ],
    by: By,
    to: Annotated[
        str, typer.Option("--to", help="Mottakerkommunens organisasjonsnummer; tomt: vår egen.")
    ] = "",
    unit: Annotated[str, typer.Option("--unit", help="Mottakende virksomhet (orgnr).")] = "",
    unit_name: Annotated[
        str, typer.Option("--unit-name", help="Virksomhetens navn, slik samtykket skriver det.")
    ] = "",
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            help="sammeVirksomhet, annenVirksomhetSammeKommune eller annenKommune.",
        ),
    ] = "annenKommune",
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            help="flytting, skolebytte, barnehageTilSkole, tjenestebytte, holderSlutter, annet.",
        ),
    ] = "flytting",
    concern: Annotated[
        list[str] | None,
        typer.Option(
            "--concern",
            help="Oppmerksomhet som følger med: nummer i loggen, id (vår eller systemets),"
            " eller alle. Gjentas.",
        ),
    ] = None,
    extra: Annotated[
        list[str] | None,
        typer.Option(
            "--with", help="Også: presentasjon, lysglimt, notater, moeter, meldinger. Gjentas."
        ),
    ] = None,
    person: Annotated[
        str, typer.Option("--person", help="Navngitt mottaker (deres referanse); tomt: lederen.")
    ] = "",
    consent: Annotated[
        str, typer.Option("--consent", help="Samtykkets id, vår eller systemets.")
    ] = "",
    read_by: Annotated[
        str,
        typer.Option("--read-by", help="Rolle som har lest skjemaet: det dekker mottaker og valg."),
    ] = "",
    informed: Annotated[
        str, typer.Option("--informed", help="Når foresatte ble informert (dato).")
    ] = "",
    heard: Annotated[str, typer.Option("--heard", help="Når familien ble hørt (dato).")] = "",
    words: Annotated[
        Path | None,
        typer.Option("--words", help="Fil med ord til ny stafettholder; reiser forseglet."),
    ] = None,
    role: Role = "leder",
    on_behalf: Annotated[
        str, typer.Option("--on-behalf", help="Stafettholderen lederen handler for (referanse).")
    ] = "",
    channel: Annotated[
        str, typer.Option("--channel", help="manuell: et menneske bærer papirene.")
    ] = "",
    group: Annotated[
        str, typer.Option("--group", help="Flyttesakens id, for søsken; kobler aldri tilstander.")
    ] = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Start en overføring: et utkast, og loggen bestilles arkivert. Ingenting sendes.

    Ingenting følger med uten at det er valgt. Samtykke må dekke type, mottaker og utvalg.
    """
    from gateway.cli import transferring as t

    wish = t.Wish(
        to, unit, unit_name, kind, reason, tuple(concern or ()), tuple(extra or ()), person,
        consent, read_by, informed, heard, words, channel, group,
    )  # fmt: skip
    t.start(logg, wish, t.actor(by, role, on_behalf), config, kommune, as_json)


@transfer.command()
@guarded
def send(
    overfoering: Ident,
    by: By,
    role: Role = "leder",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Send tilbud og forseglet pakke. Samtykke, adressebeskyttelse og arkiv spørres nå.

    Avgiver har fortsatt ansvaret; mottaker kan ikke lese innholdet før noen har akseptert.
    """
    from gateway.cli import transferring as t

    t.send(overfoering, t.actor(by, role), config, kommune, as_json)


@transfer.command()
@guarded
def show(
    overfoering: Ident,
    by: ByOf = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Én overføring: hvem har ansvaret, tilstand, frist og tidslinje. Koder, aldri innhold.

    Hvem den andre siden er, vises for den som sier hvem det er (--by); det blir skrevet i
    hovedboken.
    """
    from gateway.cli import transfershow as t

    t.show(overfoering, by, config, kommune, as_json)


@transfer.command()
@guarded
def inbox(
    everything: Annotated[bool, typer.Option("--all", help="Også de som er over.")] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Overføringer som pågår, inn og ut, og etterspørsler. Utgangskode 1 når noe venter på noen."""
    from gateway.cli import transfershow as t

    t.inbox(everything, config, kommune, as_json)


@transfer.command()
@guarded
def assign(
    overfoering: Ident,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Referansen i ansattfilen.")],
    by: By,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Lederen peker ut hvem som skal ta imot. Ansvaret flytter seg ikke."""
    from gateway.cli import transferring as t

    t.assign(overfoering, person, t.actor(by, "leder"), config, kommune, as_json)


@transfer.command()
@guarded
def accept(
    overfoering: Ident,
    by: By,
    login: Annotated[
        str,
        typer.Option(
            "--login", help="Styrken personen er logget inn med, sagt av den som vet: hoey."
        ),
    ],
    by_file: Annotated[
        bool,
        typer.Option(
            "--register-by-file",
            help="Vi har ikke Folkeregisteret på nett: familien slås opp for hånd etterpå.",
        ),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Ta imot ansvaret. Bindende: bare avgivers svar avslutter ventingen.

    Det som kan være galt hos oss, spørres først: ansattfil, system, arkiv og register.
    """
    from gateway.cli import transferring as t

    t.accept(overfoering, by, login, config, kommune, as_json, by_file=by_file)


@transfer.command()
@guarded
def reject(
    overfoering: Ident,
    by: By,
    reason: Annotated[
        str,
        typer.Option("--reason", help="borIkkeHer, feilMottaker, habilitet, manuell, annet."),
    ] = "annet",
    role: Role = "leder",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Si nei. Avgiver beholder loggen, og pakken ødelegges."""
    from gateway.cli import transferring as t

    t.reject(overfoering, reason, t.actor(by, role), config, kommune, as_json)


@transfer.command()
@guarded
def withdraw(
    overfoering: Ident,
    by: By,
    role: Role = "leder",
    family: Annotated[
        bool, typer.Option("--family", help="Familien har trukket samtykket.")
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Trekk tilbudet. Går alltid før aksepten er bekreftet; etterpå gjelder mottakers rutine."""
    from gateway.cli import transferring as t

    t.withdraw(overfoering, t.actor(by, role), family, config, kommune, as_json)


@transfer.command()
@guarded
def hold(
    overfoering: Ident,
    by: By,
    role: Role = "leder",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Stans en overføring som må behandles manuelt. Den andre siden får ikke vite hvorfor."""
    from gateway.cli import transferring as t

    t.hold(overfoering, t.actor(by, role), config, kommune, as_json)


@transfer.command()
@guarded
def retry(
    overfoering: Ident,
    by: By,
    role: Role = "leder",
    released: Annotated[
        bool, typer.Option("--released", help="Manuell behandling er avsluttet av riktig rolle.")
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Nytt forsøk, samme overføring: etter utløpt frist, feil, eller manuell behandling.

    Hos mottaker: les pakken som ikke kunne leses, én gang til nå.
    """
    from gateway.cli import transferring as t

    t.retry(overfoering, t.actor(by, role), released, config, kommune, as_json)


@transfer.command()
@guarded
def papers(
    overfoering: Ident,
    out: Annotated[Path, typer.Option("--out", help="Mappe for papirene.")],
    by: ByOf = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Manuell kanal: legg ut PDF/A og mottakskvittering til den som bærer dem."""
    from gateway.cli import transferring as t

    t.papers(overfoering, out, by, config, kommune, as_json)


@transfer.command()
@guarded
def received(
    overfoering: Ident,
    by: By,
    signed: Annotated[str, typer.Option("--signed", help="Datoen kvitteringen er signert.")],
    archive_id: Annotated[
        str, typer.Option("--archive-id", help="Hvor den signerte kvitteringen ligger.")
    ],
    role: Role = "leder",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Manuell kanal: den signerte mottakskvitteringen er kommet. Først nå er ansvaret flyttet."""
    from gateway.cli import transferring as t

    t.received(overfoering, t.actor(by, role), signed, archive_id, config, kommune, as_json)


@transfer.command(name="round")
@guarded
def round_(
    now: Annotated[
        bool,
        typer.Option("--now", help="Prøv alt igjen nå, også det som ventet på et nytt forsøk."),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Hent, pass på, fullfør og send det som venter, nå. Tar ingen beslutninger for noen."""
    from gateway.cli import transferring as t

    t.round_(now, config, kommune, as_json)


@transfer.command()
@guarded
def proof(
    overfoering: Ident,
    out: Annotated[Path | None, typer.Option("--out", help="Skriv vårt bevis til en fil.")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Sammenlign med den andre sidens bevisfil.")
    ] = None,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Hva er sagt, i hvilken rekkefølge, med hash. To sider kan sammenligne uten å vise innhold."""
    from gateway.cli import transfershow as t

    t.proof(overfoering, out, against, config, kommune, as_json)


@transfer.command()
@guarded
def message(
    overfoering: Ident,
    out: Annotated[Path, typer.Option("--out", help="Mappe for brevet.")],
    language: Language = "nb",
    by: ByOf = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Brevet til familien, som tekst og PDF. Det sendes ikke; et menneske gir det."""
    from gateway.cli import transfershow as t

    t.message(overfoering, out, language, by, config, kommune, as_json)


@transfer.command()
@guarded
def ask(
    to: Annotated[str, typer.Option("--to", help="Kommunen som spørres (orgnr).")],
    unit: Annotated[str, typer.Option("--unit", help="Virksomheten som spør (orgnr).")],
    reference: Annotated[str, typer.Option("--reference", help="Vår egen referanse.")],
    by: ByOf = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Etterspør en overføring. Forespørselen sier ingenting om noe barn, bare at vi spør."""
    from gateway.cli import transfershow as t

    t.ask(to, unit, reference, by, config, kommune, as_json)
