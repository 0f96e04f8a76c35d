"""The one list of what waits for whom, and the staff as the gateway has read them."""

from typing import Annotated

import typer

from gateway.cli.options import Config, Json, Kommune


def waiting(
    role: Annotated[
        str, typer.Option("--role", help="Bare det som venter på denne rollen, som leder.")
    ] = "",
    unit: Annotated[
        str,
        typer.Option("--unit", help="Bare det som gjelder denne virksomheten (orgnr) eller alle."),
    ] = "",
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Bare det som er over fristen.")
    ] = False,
    config: Config = None,
    kommune: Kommune = "",
    as_json: Json = False,
) -> None:
    """Alt som venter på et menneske: hva, på hvem, siden når, og kommandoen som løser det.

    Koder og id-er, aldri innhold. Det står her til handlingen er gjort. Utgangskode 1 når noe
    venter.
    """
    from gateway.cli.doubting import telling
    from gateway.cli.exits import OK, TO_DO
    from gateway.cli.opening import house, speaker
    from gateway.cli.ran import told_of
    from gateway.cli.running import at_work
    from gateway.errors import Rejected
    from gateway.ledger import trust
    from gateway.staff import orgnr
    from gateway.staff.roles import StaffRole
    from gateway.tasks import book
    from gateway.tasks.kinds import KONTAKTPUNKT
    from gateway.tasks.of_runs import NOBODY_AT_WORK
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        # As the list itself writes it, or as the staff file does.
        named = {texts.label(f"role_{one.value}").casefold(): one.value for one in StaffRole}
        role = named.get(role.casefold(), role)
        if role and role not in {one.value for one in StaffRole}:
            raise Rejected("UKJENT_ROLLE", place="--role")
        if unit and (code := orgnr.fault(unit, "ENHET_UKJENT")):
            raise Rejected(code, place="--unit")
        own = opened.settings.kommune
        with telling(told, trust.doubt(opened.database, (own.orgnr,))):
            handles = own.adressesperre.kontaktpunkt.value
            wanted = [role, *([KONTAKTPUNKT] if role == handles else [])] if role else []
            now = opened.clock.now().isoformat(timespec="milliseconds")
            with opened.database.look() as connection:
                found = book.listed(
                    connection, own.orgnr, now, roles=wanted, unit=unit, overdue=overdue
                )
            if any(one.code == NOBODY_AT_WORK for one in found) and at_work(opened):
                found = [one for one in found if one.code != NOBODY_AT_WORK]
            columns = ("hva", "id", "sted", "rolle", "enhet", "siden", "frist", "kode", "kommando")
            rows = [
                (one.kind.value, one.item, one.place,
                 handles if one.role == KONTAKTPUNKT else one.role, one.unit,
                 one.since, one.deadline, one.code, one.command)
                for one in found
            ]  # fmt: skip
            words = [
                (texts.label(f"waits_{kind}"), item[:36], place, texts.label(f"role_{whose}"), of,
                 since[:10], f"{'! ' if one.overdue else ''}{deadline[:10]}", code, "")
                for one, (kind, item, place, whose, of, since, deadline, code, _)
                in zip(found, rows, strict=True)
            ]  # fmt: skip
            told.table(columns[:-1], [row[:-1] for row in rows], "waiting",
                       [row[:-1] for row in words])  # fmt: skip
            told.give(waiting=[dict(zip(columns, row, strict=True)) for row in rows],
                      overdue=sum(one.overdue for one in found))  # fmt: skip
            for code in dict.fromkeys(one.code for one in found):
                text = texts.code(code)
                told.say(f"\n{code}: {text.what}\n  Gjør dette: {text.do}")
                for typed in told_of([one.command for one in found if one.code == code]):
                    told.say(f"    {typed}")
            if not found:
                told.say(texts.label("waits_for_nobody"))
            told.end(TO_DO if found else OK)


def staff(config: Config = None, kommune: Kommune = "", as_json: Json = False) -> None:
    """Hvem som kan handle i dag, etter ansattfilen: referanse, roller, virksomhet, gyldighet.

    Navn, numre og adresser vises ikke. Linjer som ikke kan brukes, er nevnt med nummer og kode;
    da er utgangskoden 1.
    """
    from gateway import app
    from gateway.cli.exits import OK, TO_DO
    from gateway.cli.opening import house, speaker
    from gateway.staff.roles import StaffRole
    from gateway.texts.catalogue import Catalogue

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        found = app.open_staff(opened)
        today = found.today()
        rows = [
            (one.ref, ", ".join(sorted(one.roller)), one.virksomhet,
             one.fra.isoformat() if one.fra else "", one.til.isoformat() if one.til else "",
             texts.label("ja" if one.works_on(today) else "nei"))
            for one in found.all()
        ]  # fmt: skip
        told.table(("ref", "roller", "virksomhet", "fra", "til", "i arbeid"), rows, "staff")
        broken = [(one.nr, one.code) for one in found.broken()]
        if broken:
            told.say()
            told.table(("linje", "kode"), broken, "broken")
        for code in sorted({code for _, code in broken}):
            text = texts.code(code)
            told.say(f"{code}: {text.what}\n  Gjør dette: {text.do}")
        there = {role for one in found() for role in one.roller}
        empty = [role.value for role in StaffRole if role.value not in there]
        told.give(nobody=empty)
        if empty:
            names = ", ".join(texts.label(f"role_{role}") for role in empty)
            told.say(f"\n{texts.label('role_nobody')}: {names}")
        told.end(TO_DO if broken else OK)
