"""The command about what a person wrote and a signed step wrote over: list it, bring it back."""

from typing import Annotated

import typer

from gateway.cli.options import By, Config, Json, Kommune


def versions(
    logg: Annotated[str, typer.Argument(metavar="LOGG", help="Loggens id, eller starten på den.")],
    bring_back: Annotated[
        str,
        typer.Option("--bring-back", metavar="VERSJON", help="Lag en plan som legger den tilbake."),
    ] = "",
    by: By = "",
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Det som sto der da en signert plan skrev over det eller tok det bort. Steder og tid, aldri
    innhold.

    Med --bring-back lages en plan som legger stedene som tapte, tilbake på det som står der nå. Den
    leses og signeres som andre planer.
    """
    from gateway.cli.doubting import refuse, telling
    from gateway.cli.exits import OK
    from gateway.cli.opening import acting, house, route, speaker
    from gateway.cli.planning import end
    from gateway.errors import LocalFault
    from gateway.ledger import tables as t
    from gateway.ledger import trust
    from gateway.ledger.access import Ground, Shown, note
    from gateway.ledger.naming import named
    from gateway.run.bringing_back import plan_back
    from gateway.run.versions import of_logg, one
    from gateway.staff.roles import Act

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        tenant = opened.settings.kommune.orgnr
        doubt = trust.doubt(opened.database, (t.version.name,))
        if bring_back:
            refuse(doubt)
            version = one(opened.database, tenant, bring_back)
            if version.logg != named(opened.database, tenant, logg):
                raise LocalFault("UKJENT_VERSJON", place=bring_back[:40])
            with route(opened, version.system, version.system, back=True) as way:
                plan_id = plan_back(way, version)
            told.say(f"Legger {bring_back} tilbake i {version.system}.")
            end(opened, plan_id, told)
        with telling(told, doubt):
            who = acting(opened, by, Act.SEE_LOG)
            found = of_logg(opened.database, tenant, named(opened.database, tenant, logg))
            now = opened.clock.now().isoformat(timespec="milliseconds")
            for own in sorted({version.logg for version in found}):
                note(opened.database, now, who, Shown.VERSJONER, own, Ground.MIGRERING, logg=own)
            told.table(
                ("versjon", "logg", "system", "skrevet over", "av", "steder"),
                [(v.version_id, v.logg[:8], v.system, v.at, v.run_id, ", ".join(v.places))
                 for v in found],
                "versions",
            )  # fmt: skip
            if not found:
                told.say("Ingenting er skrevet over i denne loggen.")
            told.end(OK)
