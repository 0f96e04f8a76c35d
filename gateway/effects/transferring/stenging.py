"""The sender's own log when the receiver has it: passive, its people's access ended, never deleted.

Done as often as it takes after FULLFOERT; what stands is asked first, so that doing it again does
nothing. Within one municipality there is nothing to close: the log stands where it stood.
"""

import hashlib

from gateway.effects import failpoint, gate
from gateway.effects.transferring import rader
from gateway.effects.transferring.nedskriving import known_breaches
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, Rejected
from gateway.ledger.chain import Fact, append
from gateway.overfoering.mottak import hand_out
from gateway.ports.connector import Document, Order
from schemas.overfoering.koder import Maaltype
from schemas.stafettlogg.kodeverk import Deltakerstatus, Loggstatus, Rolle
from schemas.stafettlogg.logg import Stafettlogg

_FAMILIE = frozenset({Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})


def close(verk: Overfoeringsverk, rad: Rad) -> Rad:
    """Set the log passive in its system and see that it is. Raises GatewayErrors."""
    left = ""
    if rad.verdi["maaltype"] == Maaltype.ANNEN_KOMMUNE.value:
        left = _passive(verk, rad)
    with verk.arkiv.database.begin() as connection:
        new = rader.change(connection, verk, rad, {"etterarbeid": "", "kode": left})
        body = {"side": "avgiver", "forsoek": rad.forsoek, "hendelse": "stengt"}
        if left:
            body["kode"] = left
        fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
        append(connection, verk.stamp(), [fact])
    return new


def _passive(verk: Overfoeringsverk, rad: Rad) -> str:
    """The public code of what a person must still do, or an empty string."""
    try:
        document, logg = verk.read_now(rad.verdi["ref"])
    except Conflict as error:
        if error.code != "BORTE":
            raise
        return ""  # nothing stands that could be closed
    if logg.status is not Loggstatus.AKTIV:
        # Closed by somebody else, or by us before we died: its people may still be in it.
        return "TILGANG_GJENSTAAR" if _staff_inside(logg) else ""
    made = hand_out(logg, rad.lukket.byttet or verk.stamp())
    try:
        _write(verk, document, made)
    except Rejected:
        # Some history cannot be written back as it stands; closing is what must not wait, and a
        # person ends the access.
        _write(verk, document, hand_out(logg, "", access=False))
        left = "TILGANG_GJENSTAAR"
    else:
        left = ""
    _, after = verk.read_now(rad.verdi["ref"])
    if after.status is not Loggstatus.PASSIV:
        raise Rejected("STENGING_IKKE_UTFOERT", place=rad.id)
    # A system may have no place for an access that has ended: what reads back is what is so.
    return "TILGANG_GJENSTAAR" if _staff_inside(after) else left


def _staff_inside(logg: Stafettlogg) -> bool:
    return any(
        one.rolle not in _FAMILIE and one.status is Deltakerstatus.AKTIV for one in logg.deltakelser
    )


def _write(verk: Overfoeringsverk, document: Document, made: Stafettlogg) -> None:
    mapping = verk.arkiv.mapping
    body = mapping.dump(mapping.encode(made, verk.tenant).wire)
    digest = hashlib.sha256(body).hexdigest()
    order = Order(
        key=made.id,
        idempotency_key=f"{made.id}:steng:{digest[:32]}",
        body=body,
        read_file=_no_file,
        ref=document.ref,
        base_version=document.version,
        known_violations=known_breaches(made),
    )
    passed = gate.release_home(made.id, body, made, verk.arkiv.frame, gate.SETTLED_HOME)
    if isinstance(passed, gate.Refusal):
        raise Rejected(passed.code, place=made.id)
    failpoint.reach("steng.foer")
    gate.settle_at_home(verk.arkiv.source, order, passed)
    failpoint.reach("steng.skrevet")


def _no_file(_file_id: str) -> bytes:
    raise Rejected("VEDLEGG_MANGLER", place="stenging")
