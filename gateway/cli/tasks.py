"""The command that lists what waits for a person in a target."""

from gateway.cli.options import Config, Json, Kommune


def tasks(config: Config = None, kommune: Kommune = "", as_json: Json = False) -> None:
    """Det et menneske må gjøre i et system, til det er sett at det er gjort.

    En oppgave lukkes av seg selv når neste plan eller avstemming ser at det er i orden.
    """
    from gateway.cli.console import OK, TO_DO
    from gateway.cli.opening import house, speaker
    from gateway.tasks.rows import waiting
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        with opened.database.look() as connection:
            found = waiting(connection, opened.settings.kommune.orgnr)
        told.table(
            ("system", "i systemet", "logg", "siden", "hva", "gjør dette", "kode"),
            [(one.system, one.ref, one.logg[:8], one.opened[:10], texts.code(one.code).what,
              texts.code(one.code).do, one.code)
             for one in found],
            "tasks",
        )  # fmt: skip
        if not found:
            told.say("Ingen oppgaver venter.")
        told.end(TO_DO if found else OK)
