"""Messages on their way out: made with the step that says them, sent as often as it takes.

A message is written, signed, sealed and stored in the transaction of the step; what is sent later
is those very bytes, so that saying it twice says the same. The receiver's technical receipt ends
the sending, not the channel's answer.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring import rader
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import LocalFault
from gateway.ledger import owners
from gateway.ledger import transfer_tables as x
from gateway.ports.forsegling import Pakkefil
from schemas.overfoering.hode import Hode, Verdi
from schemas.overfoering.koder import VERSJON, Meldingstype
from schemas.overfoering.meldinger import GENESIS, digest, write

MELDING = "melding.json"
INNHOLD = "innhold.laast"
_JSON, _BYTES = "application/json", "application/octet-stream"
ENDS = frozenset({Meldingstype.TILBAKETREKKING, Meldingstype.UTLOEPT, Meldingstype.AVVISNING})
"""What ends an attempt, towards the safer state. None of these has any content to protect."""
PAUSES = (30, 120, 600, 1800, 3600, 4 * 3600)
"""Seconds between tries of one message; the last repeats until the row has ended."""


@dataclass(frozen=True, slots=True)
class Utkast:
    """What a message says, and the locked package beside it."""

    innhold: Verdi = field(repr=False)
    laast: bytes | None = field(default=None, repr=False)


def enqueue(
    connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, kind: Meldingstype, utkast: Utkast
) -> Rad:
    """Write one message of the conversation and put it in the outbox; the row counts it."""
    nr = int(rad.verdi["nr_ut"]) + 1
    body, sealed, message = _made(verk, rad, kind, utkast, nr, str(rad.verdi["hode_ut"]))
    new = rader.change(connection, verk, rad, {"nr_ut": nr, "hode_ut": digest(body)})
    _store(connection, verk, rad, message, body, sealed)
    return new


def enqueue_receipt(
    connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, innhold: Verdi
) -> None:
    """A technical receipt: outside the chain, sent once for each arrival."""
    kind = Meldingstype.KVITTERING
    body, sealed, message = _made(verk, rad, kind, Utkast(innhold), 0, GENESIS)
    _store(connection, verk, rad, message, body, sealed)


def _made(
    verk: Overfoeringsverk, rad: Rad, kind: Meldingstype, utkast: Utkast, nr: int, forrige: str
) -> tuple[bytes, bytes, Hode]:
    hode = Hode(
        versjon=VERSJON,
        melding_id=str(uuid.UUID(verk.arkiv.clock.new_id())),
        overfoering_id=rad.id,
        forsoek=rad.forsoek,
        type=kind,
        side=rad.side.value,
        fra=verk.tenant,
        til=rad.lukket.motpart,
        sendt=verk.stamp(),
        nr=nr,
        forrige=forrige,
        sett=int(rad.verdi["nr_inn"]),
    )
    body = write(hode, utkast.innhold)
    files = [Pakkefil(MELDING, _JSON, body)]
    if utkast.laast is not None:
        files.append(Pakkefil(INNHOLD, _BYTES, utkast.laast))
    try:
        return body, verk.forsegler.pakk(files, rad.lukket.motpart), hode
    except LocalFault:
        if kind not in ENDS:
            raise
    # A certificate that has run out never stops somebody from taking it back: it is sealed later.
    return body, body, hode


def sealed(verk: Overfoeringsverk, rad: Rad, kept: bytes) -> bytes:
    """What goes on the line: as it was kept, or sealed now when it could not be then."""
    if not kept.startswith(b"{"):
        return kept
    return verk.forsegler.pakk([Pakkefil(MELDING, _JSON, kept)], rad.lukket.motpart)


def _store(
    connection: sa.Connection,
    verk: Overfoeringsverk,
    rad: Rad,
    hode: Hode,
    body: bytes,
    sealed: bytes,
) -> None:
    (payload,) = verk.arkiv.store.put([(owners.transfer(rad.id), sealed)])
    row: dict[str, Any] = {
        "tenant": verk.tenant, "side": rad.side.value, "retning": "ut",
        "melding_id": hode.melding_id, "overfoering_id": rad.id, "forsoek": rad.forsoek,
        "type": hode.type.value, "nr": hode.nr, "sha": digest(body), "forrige": hode.forrige,
        "pakke": payload, "tilstand": "venter", "forsoekt": 0, "neste": verk.stamp(),
        "transport_id": "", "kode": "", "tid": hode.sendt,
    }  # fmt: skip
    connection.execute(x.melding.insert(), row)


def next_try(verk: Overfoeringsverk, tries: int) -> str:
    """When a message that has been tried so often is tried again."""
    return stamp(verk.now() + timedelta(seconds=PAUSES[min(tries, len(PAUSES) - 1)]))
