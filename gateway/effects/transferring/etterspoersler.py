"""Requests: a unit asks whether a log should come to it (R-018). It tells that it asks, no more.

A request names no child and starts nothing; a person who knows what it is about may start a
hand-over, or close the request. There is no answer on the wire but the offer itself, so nobody
learns from a request whether a log exists.
"""

import json
import uuid
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from gateway.effects import gate
from gateway.effects.transferring.post import MELDING
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.ledger import transfer_tables as x
from gateway.ledger.chain import Fact, append
from gateway.ledger.resealing import SealedColumn
from gateway.ledger.upsert import insert_new
from gateway.ports.forsegling import Pakkefil
from gateway.ports.kanal import Forsendelse
from gateway.staff.member import Acting
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind
from schemas.overfoering.hode import Hode, Verdi
from schemas.overfoering.koder import VERSJON, Meldingstype
from schemas.overfoering.meldinger import GENESIS, Etterspoersel, write

_OWNER = "etterspoersel"
MOST_OPEN = 500
"""Requests that wait for a person; more are refused until somebody has dealt with some."""


def ask(verk: Overfoeringsverk, mottaker: str, virksomhet: str, referanse: str) -> str:
    """Send a request. Raises Rejected with `knows`' code, and what the channel raises."""
    motpart = verk.motparter.get(mottaker)
    lacks = "UKJENT_MOTPART" if motpart is None else verk.knows(mottaker)
    if motpart is None or lacks:
        raise Rejected(lacks, place="etterspoersel")
    wrong = False
    try:
        asked = Etterspoersel(virksomhet=virksomhet, referanse=referanse)
    except ValidationError:
        wrong = True
    if wrong:
        raise Rejected("UGYLDIG_VERDI", place="etterspoersel")
    own = str(uuid.UUID(verk.arkiv.clock.new_id()))
    hode = Hode(
        versjon=VERSJON,
        melding_id=str(uuid.UUID(verk.arkiv.clock.new_id())),
        overfoering_id=own,
        forsoek=1,
        type=Meldingstype.ETTERSPOERSEL,
        side="mottaker",
        fra=verk.tenant,
        til=mottaker,
        sendt=verk.stamp(),
        nr=1,
        forrige=GENESIS,
        sett=0,
    )
    body = write(hode, asked)
    package = verk.forsegler.pakk([Pakkefil(MELDING, "application/json", body)], mottaker)
    _keep(verk, own, "ut", {"motpart": mottaker, "virksomhet": virksomhet, "ref": referanse})
    forsendelse = Forsendelse(
        hode.melding_id, own, hode.type.value, verk.address(mottaker), package
    )
    passed = gate.release_message(forsendelse, None)
    assert passed is not None
    gate.dispatch(verk.channel(motpart.kanal), forsendelse, passed)
    return own


def take(verk: Overfoeringsverk, hode: Hode, told: Verdi) -> bool:
    """Keep a request for a person. True when it is new."""
    assert isinstance(told, Etterspoersel)
    if _open(verk) >= MOST_OPEN:
        raise Rejected("INNBOKS_FULL", place="etterspoersel")
    guarded = {"motpart": hode.fra, "virksomhet": told.virksomhet, "ref": told.referanse}
    return _keep(verk, hode.overfoering_id, "inn", guarded)


def _open(verk: Overfoeringsverk) -> int:
    with verk.arkiv.database.look() as connection:
        return int(
            connection.execute(
                sa.select(sa.func.count())
                .select_from(x.etterspoersel)
                .where(
                    x.etterspoersel.c.tenant == verk.tenant,
                    x.etterspoersel.c.retning == "inn",
                    x.etterspoersel.c.tilstand == "aapen",
                )
            ).scalar_one()
        )


SEALED = (SealedColumn(x.etterspoersel.c.lukket, lambda r: _label(r.etterspoersel_id)),)
"""What the ring itself seals here."""


def _label(own: str) -> str:
    return f"etterspoersel:{own}"


def _keep(verk: Overfoeringsverk, own: str, retning: str, guarded: dict[str, str]) -> bool:
    sealed = verk.arkiv.ring.seal(json.dumps(guarded).encode(), _label(own))
    row = {"tenant": verk.tenant, "etterspoersel_id": own, "retning": retning, "lukket": sealed,
           "tilstand": "aapen", "tid": verk.stamp()}  # fmt: skip
    with verk.arkiv.database.begin() as connection:
        new = insert_new(connection, x.etterspoersel, row)
        if new:
            if retning == "inn":
                _state(connection, verk.tenant, verk.stamp(), own)
            body = {"hendelse": "etterspoersel", "retning": retning}
            append(connection, verk.stamp(), [Fact("overfoering", run_id=own, body=body)])
    return new


def _state(connection: sa.Connection, tenant: str, at: str, own: str) -> None:
    said = Waiting(
        Kind.REQUEST, "ETTERSPOERSEL_VENTER", f"stafett transfer answer {own} --by HVEM"
    )  # fmt: skip
    book.state_one(connection, tenant, _OWNER, at, own, said)


def state_open(connection: sa.Connection, tenant: str) -> None:
    """State the open requests to us as what waits, each from when it came; in the caller's
    transaction."""
    rows = connection.execute(
        sa.select(x.etterspoersel.c.etterspoersel_id, x.etterspoersel.c.tid).where(
            x.etterspoersel.c.tenant == tenant,
            x.etterspoersel.c.retning == "inn",
            x.etterspoersel.c.tilstand == "aapen",
        )
    ).all()
    for row in rows:
        _state(connection, tenant, row.tid, row.etterspoersel_id)


def waiting(verk: Overfoeringsverk) -> list[dict[str, Any]]:
    """Open requests to us, with who asks: for the person who answers them, and nobody else."""
    with verk.arkiv.database.look() as connection:
        rows = connection.execute(
            sa.select(x.etterspoersel).where(
                x.etterspoersel.c.tenant == verk.tenant,
                x.etterspoersel.c.retning == "inn",
                x.etterspoersel.c.tilstand == "aapen",
            )
        ).all()
    found = []
    for row in rows:
        label = _label(row.etterspoersel_id)
        told = json.loads(verk.arkiv.ring.open(bytes(row.lukket), label))
        found.append({"id": row.etterspoersel_id, "tid": row.tid} | told)
    return found


def close(verk: Overfoeringsverk, own: str, by: Acting) -> None:
    """A person has dealt with a request. Raises Rejected("UKJENT_ETTERSPOERSEL")."""
    with verk.arkiv.database.begin() as connection:
        changed = connection.execute(
            x.etterspoersel.update()
            .where(
                x.etterspoersel.c.tenant == verk.tenant,
                x.etterspoersel.c.etterspoersel_id == own,
                x.etterspoersel.c.retning == "inn",
                x.etterspoersel.c.tilstand == "aapen",
            )
            .values(tilstand="lukket")
        ).rowcount
        if changed:
            book.state_one(connection, verk.tenant, _OWNER, verk.stamp(), own)
            body = {"hendelse": "etterspoerselLukket", "av": by.ref}
            append(connection, verk.stamp(), [Fact("overfoering", run_id=own, body=body)])
    if not changed:
        raise Rejected("UKJENT_ETTERSPOERSEL", place=own[:40])
