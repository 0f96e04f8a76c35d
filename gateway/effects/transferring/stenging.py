"""The sender's own log when the receiver has it: passive, its people's access ended, never deleted.

Done as often as it takes after FULLFOERT; what stands is asked first, so that doing it again does
nothing. Within one municipality there is nothing to close: the log stands where it stood.
"""

import hashlib

from gateway.effects import failpoint, gate
from gateway.effects.transferring import rader
from gateway.effects.transferring.importering import _declared
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, Rejected
from gateway.ledger.chain import Fact, append
from gateway.overfoering.mottak import hand_out
from gateway.policy.verdict import Release, Verdict
from gateway.ports.connector import Order
from schemas.overfoering.koder import Maaltype
from schemas.stafettlogg.kodeverk import Loggstatus


def close(verk: Overfoeringsverk, rad: Rad) -> Rad:
    """Set the log passive in its system and see that it is. Raises GatewayErrors."""
    if rad.verdi["maaltype"] == Maaltype.ANNEN_KOMMUNE.value:
        _passive(verk, rad)
    with verk.arkiv.database.begin() as connection:
        new = rader.change(connection, verk, rad, {"etterarbeid": "", "kode": ""})
        body = {"side": "avgiver", "forsoek": rad.forsoek, "hendelse": "stengt"}
        fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
        append(connection, verk.stamp(), [fact])
    return new


def _passive(verk: Overfoeringsverk, rad: Rad) -> None:
    source, mapping = verk.arkiv.source, verk.arkiv.mapping
    try:
        document, logg = verk.read_now(rad.verdi["ref"])
    except Conflict as error:
        if error.code != "BORTE":
            raise
        return  # nothing stands that could be closed
    if logg.status is not Loggstatus.AKTIV:
        return
    made = hand_out(logg, rad.lukket.byttet or verk.stamp())
    body = mapping.dump(mapping.encode(made, verk.tenant).wire)
    digest = hashlib.sha256(body).hexdigest()
    order = Order(
        key=made.id,
        idempotency_key=f"{made.id}:steng:{digest[:32]}",
        body=body,
        read_file=_no_file,
        ref=document.ref,
        base_version=document.version,
        known_violations=_declared(made, body),
    )
    failpoint.reach("steng.foer")
    gate.settle_at_home(source, order, Release(made.id, digest, Verdict()))
    failpoint.reach("steng.skrevet")
    _, after = verk.read_now(rad.verdi["ref"])
    if after.status is not Loggstatus.PASSIV:
        raise Rejected("STENGING_IKKE_UTFOERT", place=rad.id)


def _no_file(_file_id: str) -> bytes:
    raise Rejected("VEDLEGG_MANGLER", place="stenging")
