"""What an archivist does by hand: confirm, have files laid out, let it be tried again, delete.

Whoever gets content laid out has it written in the ledger first. Nothing here reads content.
"""

from pathlib import Path

from gateway import app, places
from gateway.arkiv.levering import Tilstand
from gateway.cli.archiving import works
from gateway.cli.exits import OK, USAGE
from gateway.cli.flagged import unmade_of
from gateway.cli.opening import acting, house, speaker
from gateway.effects.archiving import confirm as confirming
from gateway.effects.archiving import deleting, proof, unmade
from gateway.errors import Rejected
from gateway.ledger.access import Ground, Shown, note
from gateway.ledger.naming import named
from gateway.staff.roles import Act
from gateway.texts.catalogue import Catalogue


def confirm(
    snapshot_id: str,
    archive: str,
    archive_id: str,
    by: str,
    files: Path | None,
    system: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """A person says where the snapshot is; the archive is looked in first."""
    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        who = acting(opened, by, Act.ARCHIVE)
        state = confirming.confirm(verk, snapshot_id, archive, archive_id, who, files)
        texts = Catalogue(told.language)
        told.say(f"{snapshot_id} i {archive}: {texts.label('levering_' + state.value)}")
        if state is Tilstand.BEKREFTET:
            told.say(
                "Oppgaven er lukket. Skal loggen kunne slettes, må bytene leses tilbake fra"
                " arkivet. Der vi ikke kan lese, last ned filene igjen: bekreft med --files MAPPE."
            )
        elif state is Tilstand.FORELAGT:
            told.say("Filene er de som ble fryst. De er vist fram, ikke lest tilbake av oss.")
        anchor = opened.database.anchor_line()
        told.say(f"Anker {anchor}")
        told.give(snapshot=snapshot_id, archive=archive, state=state.value, anchor=anchor)
        told.end(OK)


def files(
    snapshot_id: str,
    out: Path,
    by: str,
    system: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Lay a snapshot's files out for a person."""
    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        who = acting(opened, by, Act.ARCHIVE)
        confirming.known(verk, snapshot_id)
        access = note(verk.database, verk.now(), who, Shown.UTTAK, snapshot_id, Ground.ARKIVPLIKT)
        count = confirming.lay_out(verk, snapshot_id, out, access)
        told.say(f"{count} filer i {out}. Slett mappen når de ligger i arkivet.")
        told.give(snapshot=snapshot_id, files=count, folder=str(out))
        told.end(OK)


def seen(
    snapshot_id: str, by: str, system: str, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Somebody has seen to what could not be made durable in a snapshot."""
    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        who = acting(opened, by, Act.ARCHIVE)
        found = unmade.saw(verk, snapshot_id, who)
        unmade_of(found, told)
        told.say(f"{len(found)} vedlegg i {snapshot_id} er sett. De venter ikke lenger.")
        told.give(snapshot=snapshot_id, seen=len(found))
        told.end(OK)


def ip_package(
    logg: str,
    out: Path,
    by: str,
    system: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """The hand-over package to an individuell plan."""
    from gateway.effects.archiving import ip_package as packing

    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        logg = named(verk.database, verk.tenant, logg, system)
        who, ground = acting(opened, by, Act.IP_PACKAGE), Ground.INDIVIDUELL_PLAN
        read = packing.read(verk, logg)
        app.open_staff(opened).belongs(who, *read.unit())
        own = read.logg.id
        access = note(verk.database, verk.now(), who, Shown.IP_PAKKE, own, ground, logg=own)
        paths = packing.lay_out(verk, read, out, access)
        for path in paths:
            told.say(str(path))
        told.say("Skriv det inn i planverktøyet, og slett mappen etterpå.")
        told.give(files=[str(path) for path in paths])
        told.end(OK)


def retry(
    system: str,
    snapshot_id: str,
    archive: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
    *,
    anew: bool = False,
) -> None:
    """Let what failed be tried again at the next round."""
    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        count = confirming.retry(verk, snapshot_id, archive, anew=anew)
        told.say(f"{count} prøves igjen. Nå: stafett archive run {system}")
        told.give(again=count)
        told.end(OK)


def delete(
    system: str,
    logg: str,
    by: str,
    role: str,
    reason: str,
    out: Path | None,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Delete one passive log that every archive verifiably holds."""
    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        if reason not in REASONS:
            told.say("Grunn er en av: " + ", ".join(REASONS))
            told.end(USAGE)
        logg = named(verk.database, verk.tenant, logg, system)
        may = deleting.roles(verk)
        who = acting(opened, by, Act.DELETE, only=may)
        if role and role not in may | {verk.kommune.slett.rolle}:
            raise Rejected("SLETT_ROLLE", place=logg)
        unit = deleting.responsible(verk, logg)
        if unit is not None:
            app.open_staff(opened).belongs(who, *unit)
        row = deleting.delete(verk, logg, by=who, reason=reason)
        path = proof.write(verk, row, out or places.data_folder(opened.settings) / "slettebevis")
        told.say(f"{logg} er slettet i {system}. Slettebevis: {path}")
        left = deleting.copies(verk, logg)
        texts = Catalogue(told.language)
        for one in left:
            what = texts.code(one.code)
            told.say(f"{one.code} [{one.system} {one.ref}]: {what.what} {what.do}")
        told.give(logg=logg, proof=str(path), deleted_at=row["deleted_at"],
                  copies=[[one.system, one.ref] for one in left])  # fmt: skip
        told.end(OK)


REASONS = ("etterKrav", "avsluttet", "feilopprettet", "flyttet")
"""Why a log is deleted, as a code: a tombstone holds no free text."""
