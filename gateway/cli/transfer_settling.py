"""What the commands do about what waits in a hand-over: seen, resumed, looked up, answered."""

import json
from datetime import timedelta
from pathlib import Path

from gateway.cli.exits import OK, TO_DO
from gateway.cli.opening import acting, speaker
from gateway.cli.transferring import either, patient, receiver, state, works
from gateway.effects.laying_out import lay_files
from gateway.effects.transferring import aapning, etterspoersler, holdt, runde, unread, varslet
from gateway.ledger.access import Ground, Shown, note
from gateway.overfoering.grunnlag import Aktoer
from gateway.staff.roles import Act
from gateway.texts.catalogue import Catalogue


def seen(own: str, aktoer: Aktoer, config: Path | None, kommune: str, as_json: bool) -> None:
    """A leader has seen where it stands."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        rad = patient(lambda: varslet.seen(verk, either(verk, own), aktoer))
        state(told, verk, rad)
        told.end(OK)


def resume(
    own: str, aktoer: Aktoer, config: Path | None, kommune: str, as_json: bool, *, decided: bool
) -> None:
    """What was held at the opening has been handled: open it again, and ask once more."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        patient(lambda: holdt.resume(verk, receiver(verk, own), aktoer, decided=decided))
        runde.settle(verk, 2)
        rad = receiver(verk, own)
        state(told, verk, rad)
        told.end(TO_DO if rad.verdi["kode"] else OK)


def family(own: str, out: Path, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Whom to look up in the register, for the role that handles what is held."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        handles = verk.arkiv.kommune.adressesperre.kontaktpunkt.value
        who, ground = acting(opened, by, Act.TRANSFER, only={handles}), Ground.ANSVARSOVERFOERING
        rad = receiver(verk, own)
        found = aapning.family_to_ask(verk, rad)
        access = note(opened.database, verk.stamp(), who, Shown.REGISTER, own, ground)
        access.covers(Shown.REGISTER, own)
        asked = {number: {"grad": "ukjent", "foedselsdato": None} for number in found.numre}
        until = (verk.now() + timedelta(days=1)).isoformat(timespec="seconds")
        body = json.dumps({"gyldigTil": until, "personer": asked}, indent=1).encode()
        lay_files(out.parent, [(out.name, body + b"\n")])
        told.give(persons=len(found.numre), without=found.uten_nummer)
        told.say(f"{len(found.numre)} å slå opp, {found.uten_nummer} uten nummer. Filen: {out}")
        told.say(Catalogue(told.language).label("register_fill_in"))
        told.end(OK)


def read(own: str, out: Path, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """What people can read of a package that the gateway cannot, laid out for one person."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        who, ground = acting(opened, by, Act.TRANSFER), Ground.ANSVARSOVERFOERING
        rad = receiver(verk, own)
        found = unread.beside(verk, rad, Aktoer(who.ref, who.rolle))
        access = note(opened.database, verk.stamp(), who, Shown.PAPIRER, own, ground)
        access.covers(Shown.PAPIRER, own)
        lay_files(out, [(one.navn, one.data) for one in found.files])
        unread.given_out(verk, rad, found)
        told.give(files=len(found.files))
        told.say(f"{len(found.files)}: {out}")
        told.say(Catalogue(told.language).label("unread_taken").format(id=own, rolle=who.rolle))
        told.end(OK)


def taken(
    own: str,
    aktoer: Aktoer,
    config: Path | None,
    kommune: str,
    as_json: bool,
    *,
    from_sender: bool = False,
) -> None:
    """A person has read it: it is completed."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        rad = patient(
            lambda: unread.taken_on_paper(
                verk, receiver(verk, own), aktoer, fra_avgiver=from_sender
            )
        )
        runde.settle(verk, 2)
        state(told, verk, rad)
        told.end(OK)


def answer(own: str, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """A request has been dealt with."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        etterspoersler.close(verk, own, acting(opened, by, Act.ASK))
        told.give(request=own, closed=True)
        told.say(f"{own}: lukket.")
        told.end(OK)
