"""Send what waits: the very bytes that were sealed with the step, until the other side has them.

A message that went out and has no receipt is asked about before it goes again (`underveis`).
What discloses (an offer, a package) is judged again at every try, by the one exit gate; if the
answer has become no, the row takes the step that says so instead of sending. A channel that is
down costs nothing but time: the message waits, and so does the responsibility, at the sender.
"""

from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from gateway import log
from gateway.effects import failpoint, gate
from gateway.effects.one_log import surprise
from gateway.effects.transferring import rader
from gateway.effects.transferring.avgi import INTERN
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.post import next_try, sealed
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, take
from gateway.effects.transferring.soesken import freeze_group
from gateway.effects.transferring.underveis import wait
from gateway.effects.transferring.vakthold import answers, disclosing
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ledger import transfer_tables as x
from gateway.overfoering.tilstand import ENDT, Hendelse, Side, Tilstand, Vakt
from gateway.ports.kanal import Forsendelse
from schemas.overfoering.koder import Meldingstype

DISCLOSES = frozenset({Meldingstype.TILBUD.value, Meldingstype.PAKKE.value})
_TAKE = 50
_GIVE_UP_AFTER = 40
"""Tries of one message after its row has ended; the other side has then been away for days."""


@dataclass(slots=True)
class Sendt:
    """What a sending did."""

    sendt: int = 0
    utsatt: int = 0
    holdt: int = 0


def send_due(verk: Overfoeringsverk) -> Sendt:
    """Send every message that is due. One that fails stops no other."""
    done = Sendt()
    with verk.arkiv.database.look() as connection:
        rows = connection.execute(
            sa.select(x.melding)
            .where(
                x.melding.c.tenant == verk.tenant,
                x.melding.c.retning == "ut",
                x.melding.c.tilstand.in_(("venter", "sendt")),
                x.melding.c.neste <= verk.stamp(),
            )
            .order_by(x.melding.c.neste, x.melding.c.nr)
            .limit(_TAKE)
        ).all()
    for row in rows:
        try:
            _one(verk, dict(row._mapping), done)
        except Exception as error:  # noqa: BLE001 - one message's surprise never stops the others
            fault = error if isinstance(error, GatewayError) else surprise(error)
            done.utsatt += 1
            log.get("utboks").warning("melding", code=fault.code, run=row.overfoering_id)
            if not isinstance(error, Conflict | Transient):
                # Put off, or it would stand in front of what can be sent.
                tries = int(row.forsoekt) + 1
                later = {"forsoekt": tries, "neste": next_try(verk, tries - 1), "kode": fault.code}
                _mark(verk, dict(row._mapping), later)
    return done


def _one(verk: Overfoeringsverk, row: dict[str, str], done: Sendt) -> None:
    rad = rader.load(verk, Side(row["side"]), row["overfoering_id"], int(row["forsoek"]))
    if rad is None:
        _mark(verk, row, {"tilstand": "oppgitt", "kode": "UKJENT_OVERFOERING"})
        return
    tries = int(row["forsoekt"]) + 1
    if rad.tilstand in ENDT and tries > _GIVE_UP_AFTER:
        _mark(verk, row, {"tilstand": "oppgitt", "kode": "IKKE_SVAR"})
        return
    if not row["pakke"]:
        _mark(verk, row, {"tilstand": "oppgitt", "kode": "NYTTELAST_OEDELAGT"})
        return
    if row["type"] in DISCLOSES and rad.tilstand in ENDT:
        # Nothing of it goes any more; left waiting, it would stand in front of what may go.
        _mark(verk, row, {"tilstand": "oppgitt", "kode": rad.verdi["kode"] or rad.tilstand.value})
        return
    try:
        channel = verk.channel(
            INTERN if rad.lukket.motpart == verk.tenant else str(rad.verdi["kanal"])
        )
        if row["tilstand"] == "sendt" and (noted := wait(verk, channel, row)) is not None:
            _mark(verk, row, noted)
            return
        package = sealed(verk, rad, verk.arkiv.store.get(row["pakke"]))
        forsendelse = Forsendelse(
            row["melding_id"], rad.id, row["type"], verk.address(rad.lukket.motpart), package,
            # What was sent and brought no word back is sent anew, not asked for once more.
            forrige=row["transport_id"] if row["tilstand"] == "sendt" else "",
        )  # fmt: skip
        failpoint.reach("melding.foer")
        discloses = row["type"] in DISCLOSES
        passed = gate.release_message(forsendelse, partial(_may, verk, rad) if discloses else None)
        if passed is None:
            done.holdt += 1
            return
        sent = gate.dispatch(channel, forsendelse, passed)
        failpoint.reach("melding.sendt")
    except (Transient, UnknownOutcome, Conflict, RemoteFault, LocalFault, Rejected) as error:
        done.utsatt += 1
        _failed(verk, rad, row, tries, error)
        return
    done.sendt += 1
    _mark(
        verk,
        row,
        {
            "tilstand": "sendt",
            "forsoekt": tries,
            "neste": next_try(verk, tries - 1),
            "transport_id": sent[:120],
            "sist": verk.stamp(),
            "kode": "",
        },
    )


def _may(verk: Overfoeringsverk, rad: Rad) -> bool:
    """Judge again now (I2). A no takes the row where it belongs; nothing of it goes any more."""
    if rad.side is not Side.AVGIVER or rad.tilstand not in _UNDERVEIS:
        return rad.tilstand not in ENDT
    found = disclosing(verk, rad)
    if found[Vakt.VERN]:
        event = Hendelse.SPERR
    elif found[Vakt.SAMTYKKE]:
        event = Hendelse.SAMTYKKE_TRUKKET
    else:
        return True
    why = {"aarsak": "MANUELL" if found[Vakt.VERN] else found[Vakt.SAMTYKKE]}
    step = Skritt(event, answers(found), av="gateway", fakta=why)
    new, _ = take(verk, rad, step, speaker(verk))
    if new.tilstand is Tilstand.SPERRET:
        freeze_group(verk, new)
    return False


_UNDERVEIS = frozenset({Tilstand.SENDT, Tilstand.MOTTATT, Tilstand.TILDELT})


def _failed(
    verk: Overfoeringsverk, rad: Rad, row: dict[str, str], tries: int, error: GatewayError
) -> None:
    """Put off, with the code. What this very message can never be sent as, ends the attempt."""
    log.get("utboks").warning(
        "melding", code=error.code, kind=error.kind, run=row["overfoering_id"]
    )
    if isinstance(error, Rejected) and rad.side is Side.AVGIVER and rad.tilstand in _UNDERVEIS:
        step = Skritt(Hendelse.FEIL, answers({}), av="gateway", fakta={"aarsak": error.code})
        take(verk, rad, step, speaker(verk))
        _mark(verk, row, {"tilstand": "oppgitt", "kode": error.code, "forsoekt": tries})
        return
    values = {"forsoekt": tries, "neste": next_try(verk, tries - 1), "kode": error.code[:60]}
    _mark(verk, row, values)


def _mark(verk: Overfoeringsverk, row: dict[str, str], values: dict[str, object]) -> None:
    with verk.arkiv.database.begin() as connection:
        connection.execute(
            x.melding.update()
            .where(
                x.melding.c.tenant == row["tenant"],
                x.melding.c.side == row["side"],
                x.melding.c.retning == "ut",
                x.melding.c.melding_id == row["melding_id"],
                # A receipt that came meanwhile has the last word.
                x.melding.c.tilstand.in_(("venter", "sendt")),
            )
            .values(**values)
        )
