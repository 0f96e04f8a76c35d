"""The command by which a person says whether a log that may have been made stands in the target."""

from typing import Annotated

import typer

from gateway.cli.options import By, Config, Json, Kommune


def created(
    target: Annotated[str, typer.Argument(metavar="SYSTEM", help="Der loggen skulle lages.")],
    logg: Annotated[str, typer.Argument(metavar="LOGG", help="Loggens id, eller starten på den.")],
    by: By = "",
    at: Annotated[str, typer.Option("--at", metavar="REF", help="Id-en den har der.")] = "",
    not_there: Annotated[bool, typer.Option("--not-there", help="Den står der ikke.")] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Si om en logg som kanskje ble opprettet, står i målet (KANSKJE_OPPRETTET).

    Skjemaet sendes aldri en gang til før målet har vist loggen, eller noen har sagt dette. Målet
    blir spurt om det som står på REF, handler om samme barn. Neste plan går videre derfra:
    `stafett parked KJØRING --retry`.
    """
    from gateway.cli.exits import OK
    from gateway.cli.opening import acting, house, route, speaker
    from gateway.cli.typed import no_number
    from gateway.effects.runs import ENDED
    from gateway.errors import Rejected
    from gateway.exit.creations import Creations
    from gateway.exit.pointing import is_about
    from gateway.ledger.naming import named as name
    from gateway.run.rows import run_row
    from gateway.staff.roles import Act
    from gateway.tasks.wrote import run_of_creation

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if bool(at) is not_there:
            raise Rejected("SI_HVOR_ELLER_IKKE", place=logg[:40])
        who = acting(opened, by, Act.CREATED)
        no_number(at, "--at")
        tenant = opened.settings.kommune.orgnr
        creations = Creations(opened.database, opened.clock, target, tenant)
        named = name(opened.database, tenant, logg, target)
        ref = at or creations.pointed_at(named)
        if ref:
            with route(opened, target, target, back=True) as way:
                fault = is_about(
                    way.target, way.pair.target, way.ring, tenant, creations.child(named), ref
                )
            if at and fault is not None:
                raise fault
            if not at and fault is None:
                # Somebody has pointed it out, and there it stands: another would be a second one.
                raise Rejected("DEN_STAAR_DER", place=ref)
        creations.said(named, who, at or None)
        with opened.database.look() as connection:
            run_id = run_of_creation(connection, target, tenant, named)
        told.give(logg=named, system=target, at=at, by=who.ref, run=run_id)
        told.say("Skrevet i hovedboken.")
        if run_id and run_row(opened.database, run_id)["state"] not in ENDED:
            told.say(f"Kjøringen er ikke ferdig. Fortsett: stafett resume {run_id}")
        elif run_id:
            told.say(f"Lag planen på nytt: stafett parked {run_id} --retry")
        else:
            told.say("Overføringen går videre av seg selv.")
        told.end(OK)
