"""The manual channel: a person carries papers, and a signed receipt accepts (R-133, R-134).

The same guards as on every channel: consent, protection, archive. What is laid out is the chosen
part as PDF/A and JSON, and a receipt for the receiver to sign. Until the signed receipt is
registered the sender is responsible.
"""

import re
from datetime import timedelta
from pathlib import Path

from gateway.effects import gate
from gateway.effects.archiving.freezing import frame
from gateway.effects.laying_out import lay_files
from gateway.effects.transferring.avgi import MANUELL
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.pakking import reader
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, must, take
from gateway.effects.transferring.vakthold import answers, authority, disclosing, look
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.ledger.access import Access, Shown
from gateway.ledger.chain import Fact, append
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Hendelse, Tilstand, Vakt
from gateway.overfoering.utvalg import select
from gateway.texts.catalogue import Catalogue
from schemas.stafettlogg.identifikator import holds_number

_REFERENCE = re.compile(r"^[A-Za-z0-9/._:-]{1,40}$")


def lay_out(verk: Overfoeringsverk, rad: Rad, folder: Path, access: Access) -> tuple[Path, ...]:
    """Write the papers, for somebody whose access is written. Raises Rejected with the guard that
    says no, or the state that does."""
    access.covers(Shown.PAPIRER, rad.id)
    if rad.verdi["kanal"] != MANUELL or rad.tilstand is not Tilstand.SENDT:
        raise Rejected("IKKE_MANUELL", place=rad.id)
    found = disclosing(verk, rad)
    if code := found[Vakt.VERN] or found[Vakt.SAMTYKKE]:
        raise Rejected(code, place=rad.id)
    from gateway.snapshot.freeze import freeze

    sett = look(verk, rad)
    if code := gate.release_to_person(verk.arkiv, sett.logg):
        raise Rejected(code, place=rad.id)
    valgt = rad.grunnlag()
    chosen = select(sett.logg, valgt.utvalg, valgt.tillegg)
    made = freeze(
        chosen.logg, frame(verk.arkiv, chosen.logg, sett.document.version), reader(verk, sett)
    )
    words = Catalogue(verk.arkiv.kommune.maalform)
    receipt = words.label("mottakskvittering").format(
        overfoering=rad.id, antall=rad.verdi["antall"], sum=made.pdf_sha
    )
    files = [(one.uttaksfil.filnavn, one.body) for one in made.files]
    files.append(("mottakskvittering.txt", receipt.encode("utf-8")))
    paths = lay_files(folder, files)
    body = {"side": "avgiver", "forsoek": rad.forsoek, "hendelse": "lagtUt", "pdf": made.pdf_sha}
    with verk.arkiv.database.begin() as connection:
        fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
        append(connection, verk.stamp(), [fact])
    return paths


def received(
    verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer, *, signert: str, arkivnummer: str
) -> Rad:
    """The signed receipt has come: the receiver is responsible from the day it was signed.

    `signert` is an ISO date; `arkivnummer` is where the signed paper lies, and is never empty.
    """
    if not signert or not arkivnummer:
        raise Rejected("MOTTAKSKVITTERING_MANGLER", place=rad.id)
    if signert[:10] > (verk.now() + timedelta(days=1)).date().isoformat():
        raise Rejected("MOTTAKSKVITTERING_MANGLER", place="signert")
    if not _REFERENCE.match(arkivnummer) or holds_number(arkivnummer):
        # It is kept in the chain, where nothing may be that could be a person.
        raise Rejected("UGYLDIG_VERDI", place="arkivnummer")
    sett = look(verk, rad)
    found = disclosing(verk, rad)
    found[Vakt.FULLMAKT] = authority(verk, sett.logg, aktoer)
    if rad.verdi["kanal"] != MANUELL:
        found[Vakt.FULLMAKT] = "IKKE_MANUELL"
    step = Skritt(
        Hendelse.MANUELT_MOTTATT,
        answers(found),
        av=aktoer.rolle,
        lukket={"akseptert": signert},
        fakta={"signert": signert[:10], "arkivnummer": arkivnummer[:40]},
    )
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    return new
