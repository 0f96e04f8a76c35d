"""The nightly reconciliation of hand-overs: what was sent against what was received, by proof.

Nothing is moved. What does not fit is noted with a code for a person: a chain with a gap after the
end, a switch the other side has not answered, a message nobody took.
"""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa

from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring import oversikt, rader
from gateway.effects.transferring.aapning import VENTER
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.ledger import transfer_tables as x
from gateway.ledger.chain import Fact, append
from gateway.overfoering.bevis import chain
from gateway.overfoering.tilstand import Tilstand

DAYS = 60
"""How far back ended hand-overs are looked at."""
_LATE = timedelta(days=2)


def reconcile(verk: Overfoeringsverk) -> Counter[str]:
    """Code -> how many hand-overs it was noted for; `STEMMER` for those that fit."""
    found: Counter[str] = Counter()
    since = stamp(verk.now() - timedelta(days=DAYS))
    with verk.arkiv.database.look() as connection:
        rows = connection.execute(
            sa.select(x.overfoering).where(
                x.overfoering.c.tenant == verk.tenant, x.overfoering.c.endret >= since
            )
        ).all()
    for row in rows:
        rad = rader.opened(verk.arkiv.ring, row)
        code = _wrong(verk, rad)
        found[code or "STEMMER"] += 1
        # What waits for a person keeps the word it has: that is what the person is told by.
        if code and rad.verdi["kode"] not in (code, *VENTER):
            _note(verk, rad, code)
    return found


def _wrong(verk: Overfoeringsverk, rad: Rad) -> str:
    bevis = oversikt.proof(verk, rad)
    if rad.tilstand is Tilstand.FULLFOERT:
        for links in (bevis.fra_avgiver, bevis.fra_mottaker):
            if chain(links).brudd is not None:
                return "BEVIS_BRUTT"
    late = rad.verdi["endret"] <= stamp(verk.now() - _LATE)
    if late and rad.tilstand in {Tilstand.AKSEPTERT, Tilstand.AKSEPT_AVVENTES}:
        return "VENTER_FULLFOERING"
    if late and rad.verdi["etterarbeid"]:
        return "VENTER_FULLFOERING"
    return ""


def _note(verk: Overfoeringsverk, rad: Rad, code: str) -> None:
    body = {"side": rad.side.value, "forsoek": rad.forsoek, "hendelse": "avstemming", "kode": code}
    with verk.arkiv.database.begin() as connection:
        fresh = rader.load_in(connection, verk, rad.side, rad.id, rad.forsoek, lock=True)
        if fresh is not None:
            rader.change(connection, verk, fresh, {"kode": code})
            fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
            append(connection, verk.stamp(), [fact])
