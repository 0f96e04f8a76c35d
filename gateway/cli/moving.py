"""The commands of `stafett moves`: hints that a family has moved. Each imports what it needs."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.console import guarded
from gateway.cli.exits import OK, TO_DO, USAGE
from gateway.cli.options import By, Config, Json, Kommune

moves = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""Hint om flytting: Folkeregisterets hendelser blir forslag til et menneske.

    read (en runde nå) - list (hva venter) - decide (hva et menneske bestemte). Ingen av dem
    flytter en logg. Et forslag er ikke et bevis, og det utløper.
    """,
)


@moves.command()
@guarded
def read(
    everybody: Annotated[
        bool, typer.Option("--everybody", help="Slå opp alle barn med aktiv logg, som etter stans.")
    ] = False,
    logs: Annotated[
        bool,
        typer.Option("--logs", help="Se over hvilke logger som er aktive, også om det er nylig."),
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Les hendelsene fra der vi slapp, til enden. Hendelser om andre enn våre barn lagres aldri.

    Kan gjentas og stoppes når som helst. Utgangskode 1 når noe venter på et menneske.
    """
    _read(everybody, logs, config, kommune, as_json)


@moves.command("list")
@guarded
def show(
    closed: Annotated[bool, typer.Option("--all", help="Ta med dem som er ferdige.")] = False,
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Forslagene som venter. Kommunen vises bare her, bare når den kan vises, og bare for den som
    sier hvem det er (--by); at du så den, blir skrevet i hovedboken."""
    _show(closed, by, config, kommune, as_json)


@moves.command()
@guarded
def decide(
    hint: Annotated[str, typer.Argument(metavar="ID", help="Forslagets id.")],
    how: Annotated[str, typer.Option("--as", help="overfoer, avslutt, behold eller feil.")],
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Skriv ned hva et menneske bestemte. Ingen overføring starter av seg selv."""
    _decide(hint, how, by, config, kommune, as_json)


def _read(everybody: bool, logs: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    from gateway.cli.archiving import named
    from gateway.cli.opening import house, speaker
    from gateway.effects.moving import deciding
    from gateway.schedule import moves as schedule

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        done = schedule.run(opened, everybody=everybody, look_over=logs)
        left = deciding.waiting(opened.database, opened.settings.kommune.orgnr)
        told.say(
            f"{done.lest} hendelser lest, {done.berorer} av våre barn berørt ({done.fulgt} følges)"
        )
        if done.avstemt:
            told.say(f"{done.avstemt} barn slått opp på nytt")
        told.say(
            f"{done.forslag} nye forslag, {done.manuelle} til manuell behandling, "
            f"{done.trukket} trukket, {done.utloept} utløpt"
        )
        if done.uten_nummer:
            told.say(f"{done.uten_nummer} aktive logger er uten nummer og kan ikke følges")
        if done.uleste:
            told.say(f"{done.uleste} logger kan ikke leses")
            named(told, done.navngitt)
        if left:
            told.say(f"{left} venter på et menneske: stafett moves list")
        told.give(**(asdict(done) | {"kastet": dict(done.kastet)}), waiting=left)
        told.end(TO_DO if left else OK)


def _show(closed: bool, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    from gateway.cli.doubting import telling
    from gateway.cli.opening import house, may_see, speaker
    from gateway.effects.moving import deciding
    from gateway.ledger import trust
    from gateway.ledger.access import Ground, Shown, note_in
    from gateway.schedule.moves import works
    from gateway.staff.roles import Act
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened, works(opened) as verk:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        with telling(told, trust.of_moves(opened.database)):
            found = deciding.show(verk, closed=closed)
            who, ground = may_see(opened, by, Act.DECIDE_MOVE), Ground.ANSVARSOVERFOERING
            if who is not None:
                with opened.database.begin() as connection:
                    for one in found:
                        if one.kommune:
                            note_in(connection, verk.now(), who, Shown.FORSLAG, one.hint, ground,
                                    logg=one.logg)  # fmt: skip
            elif any(one.kommune for one in found):
                found = [replace(one, kommune="", flyttedato="") for one in found]
                told.say(f"{texts.label('moves_hidden')}\n")
            rows = [
                (one.hint, one.logg, one.dato, one.kode, texts.label("flytting_" + one.tilstand),
                 f"{one.kommune} {verk.liste.name(one.kommune)}".strip(), one.flyttedato,
                 one.utloeper)
                for one in found
            ]  # fmt: skip
            columns = ("id", "logg", "dato", "kode", "tilstand", "kommune", "flyttedato", "utløper")
            told.table(columns, rows, "moves")
            for code in sorted({one.kode for one in found}):
                text = texts.code(code)
                told.say(f"\n{code}: {text.what}\n  Gjør dette: {text.do}")
            told.end(TO_DO if any(one.tilstand == "aapen" for one in found) else OK)


def _decide(hint: str, how: str, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    from gateway.cli.opening import acting, house, speaker
    from gateway.effects.moving import deciding
    from gateway.schedule.moves import works
    from gateway.staff.roles import Act
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if how not in {one.value for one in deciding.Avgjoerelse}:
            told.say("Avgjørelsen er en av: " + ", ".join(deciding.Avgjoerelse))
            told.end(USAGE)
        who = acting(opened, by, Act.DECIDE_MOVE)
        with works(opened) as verk:
            done = deciding.decide(verk, hint, deciding.Avgjoerelse(how), who)
        label = Catalogue(told.language).label("avgjoerelse_" + how)
        told.say(f"{done.hint} for logg {done.logg}: {label}.")
        told.say("Ingenting er startet. Det gjør den som har ansvaret.")
        told.give(hint=done.hint, logg=done.logg, decision=how)
        told.end(OK)
