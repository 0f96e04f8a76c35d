"""The command that lists what waits for a person in a target, whichever room it comes from."""

from typing import TYPE_CHECKING

from gateway.cli.options import Config, Json, Kommune

if TYPE_CHECKING:
    from gateway.app import House
    from gateway.cli.console import Speaker
    from gateway.texts.catalogue import Catalogue


def tasks(config: Config = None, kommune: Kommune = "", as_json: Json = False) -> None:
    """Det et menneske må gjøre i et system, til det er sett at det er gjort.

    Oppgaver, logger som kanskje ble opprettet (KANSKJE_OPPRETTET), det de to systemene er uenige om
    etter det nyeste en plan sier om loggen, og kjøringer der avstemmingen fant noe som ingen har
    rettet siden, med kommandoen som løser hver. En oppgave lukkes av seg selv når neste plan eller
    avstemming ser at det er i orden.
    """
    from gateway.cli.archiving import unread_of
    from gateway.cli.doubting import telling
    from gateway.cli.exits import OK, TO_DO
    from gateway.cli.opening import house, speaker
    from gateway.cli.ran import told_of
    from gateway.effects.archiving import overview
    from gateway.ledger import trust
    from gateway.tasks.rows import waiting
    from gateway.tasks.waits import clashes, creations
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        tenant, systems = opened.settings.kommune.orgnr, opened.settings.gateway.systems

        with telling(told, trust.of_tasks(opened.database, tenant)):

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
                for typed in told_of(
                    [c for one in waits if one.code == code for c in one.commands]
                ):
                    told.say(f"  {typed}")
                if any(one.anew for one in waits if one.code == code):
                    told.say(f"  {texts.label('signer_anew')}")
            at_fault = _at_fault(opened, told, texts)
            unread = unread_of(overview.unread(opened.database, tenant), told)
            if not rows and not at_fault and not unread:
                told.say("Ingen oppgaver venter.")
            told.end(TO_DO if rows or at_fault or unread else OK)


def _at_fault(opened: "House", told: "Speaker", texts: "Catalogue") -> int:
    """Say which runs reading back found at fault, where nobody has put it right since. Returns how
    many they are."""
    from gateway.tasks.reconciled import faulty_runs, remedies

    with opened.database.look() as connection:
        rows = [
            (run_id, plan.source, plan.target, found.look.at[:10], found.loggs,
             "; ".join(remedies(run_id, plan, found)))
            for run_id, plan, found in faulty_runs(connection, opened.settings.kommune.orgnr)
        ]  # fmt: skip
    columns = ("kjøring", "fra", "til", "avstemt", "logger", "kommando")
    if rows:
        told.say(f"\n{texts.label('reconciled_title')}:")
        told.table(columns, rows, "reconciled")
    else:
        told.give(reconciled=[])
    return len(rows)
