"""The command that lists what waits for a person in a target, whichever room it comes from."""

from gateway.cli.options import Config, Json, Kommune


def tasks(config: Config = None, kommune: Kommune = "", as_json: Json = False) -> None:
    """Det et menneske må gjøre i et system, til det er sett at det er gjort.

    Oppgaver, logger som kanskje ble opprettet (KANSKJE_OPPRETTET), og det de to systemene er uenige
    om etter det nyeste en plan sier om loggen, med kommandoen som løser hver. En oppgave lukkes av
    seg selv når neste plan eller avstemming ser at det er i orden.
    """
    from gateway.cli.console import OK, TO_DO
    from gateway.cli.opening import house, speaker
    from gateway.cli.ran import told_of
    from gateway.tasks.rows import waiting
    from gateway.tasks.waits import clashes, creations
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        tenant, systems = opened.settings.kommune.orgnr, opened.settings.gateway.systems

        def patience(system: str) -> float:
            return systems[system].seen_within if system in systems else 0.0

        with opened.database.look() as connection:
            found = waiting(connection, tenant)
            waits = creations(connection, tenant, opened.clock.now(), patience)
            waits += clashes(connection, tenant)
        rows = [
            (one.system, one.ref, one.logg[:8], one.source, "", one.opened[:10],
             texts.code(one.code).what, texts.code(one.code).do, one.code)
            for one in found
        ] + [
            (one.system, one.ref, one.logg[:8], one.source, one.source_ref, one.since[:10],
             texts.code(one.code).what, texts.code(one.code).do, one.code)
            for one in waits
        ]  # fmt: skip
        told.table(
            ("system", "i systemet", "logg", "fra", "i kilden", "siden", "hva", "gjør dette",
             "kode"),
            rows, "tasks",
        )  # fmt: skip
        told.give(commands={one.logg or one.source_ref: list(one.commands) for one in waits})
        for code in dict.fromkeys(one.code for one in waits):
            told.say(f"\n{code}:")
            for typed in told_of([c for one in waits if one.code == code for c in one.commands]):
                told.say(f"  {typed}")
            if any(one.anew for one in waits if one.code == code):
                told.say(f"  {texts.label('signer_anew')}")
        if not rows:
            told.say("Ingen oppgaver venter.")
        told.end(TO_DO if rows else OK)
