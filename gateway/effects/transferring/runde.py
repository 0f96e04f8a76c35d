"""One round of everything that waits: take in, watch over, finish, send. Safe to run twice at once.

No step here is anybody's decision. A round takes what has come, lets deadlines and withdrawn
consents do what they do (only towards the safer state), makes and closes logs after the switch,
destroys what nobody needs, and sends what waits. What fails for one row fails for that row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from gateway import log
from gateway.effects.archiving.verk import stamp
from gateway.effects.one_log import OF_ONE_LOG, SURPRISE, of_one_log, surprise
from gateway.effects.transferring import (
    aapning,
    holdt,
    importering,
    kanalvakt,
    rader,
    stenging,
    unread,
)
from gateway.effects.transferring.avgi import MANUELL, unchanged
from gateway.effects.transferring.frister import reminders_due
from gateway.effects.transferring.holdt import HOLDT
from gateway.effects.transferring.innboks import receive
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.opprydding import forget_said
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, take
from gateway.effects.transferring.soesken import freeze_group, freeze_siblings
from gateway.effects.transferring.utboks import send_due
from gateway.effects.transferring.vakthold import answers, disclosing, look
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, GatewayError, Rejected
from gateway.ledger import transfer_tables as x
from gateway.ledger.chain import Fact, append
from gateway.overfoering.tilstand import ENDT, Hendelse, Side, Tilstand, Vakt
from gateway.ports.kanal import Bortlegger

_ENDED = tuple(one.value for one in ENDT)
_PAUSES = (5, 30, 120, 600, 3600)
FROZEN = frozenset({"TILBAKEFOERT", "SEKVENS_BRUTT"})
"""A row whose books were set back: nothing moves it but a person."""


@dataclass(slots=True)
class Runde:
    """What a round did."""

    tatt: int = 0
    kjent: int = 0
    avvist: int = 0
    sendt: int = 0
    steg: int = 0
    ferdig: int = 0
    feil: int = 0
    koder: dict[str, int] = field(default_factory=dict)


def run(verk: Overfoeringsverk) -> Runde:
    """One round. Raises nothing for one row's or one channel's fault; they are counted."""
    done = Runde()
    _receive(verk, done)
    for rad in _open_rows(verk):
        _guarded(done, rad, partial(_watched, verk, rad, done))
    _aside(done, partial(freeze_siblings, verk))
    for rad in _unfinished(verk):
        _guarded(done, rad, partial(_finish, verk, rad, done))
    sent = send_due(verk)
    done.sendt += sent.sendt
    for rad in _to_destroy(verk):
        _guarded(done, rad, partial(destroy, verk, rad))
    _aside(done, partial(forget_said, verk))
    _aside(done, partial(kanalvakt.unheard, verk))
    return done


def settle(verk: Overfoeringsverk, rounds: int = 20) -> Runde:
    """Rounds until one does nothing; for a person who waits at the terminal."""
    whole = Runde()
    for _ in range(rounds):
        one = run(verk)
        for name in ("tatt", "kjent", "avvist", "sendt", "steg", "ferdig", "feil"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        if not (one.tatt or one.kjent or one.sendt or one.steg or one.ferdig):
            break
    return whole


def hasten(verk: Overfoeringsverk) -> None:
    """Everything that waits for its next try is due now, and what no key opened waits to be tried:
    somebody knows that it may go."""
    now = verk.stamp()
    for kanal in verk.kanaler.values():
        if isinstance(kanal, Bortlegger):
            kanal.ta_frem("")
    for table, states in (
        (x.melding, x.melding.c.tilstand.in_(("venter", "sendt"))),
        (x.overfoering, x.overfoering.c.etterarbeid != ""),
    ):
        # One table at a time: a step takes its row first and then its messages.
        with verk.arkiv.database.begin() as connection:
            connection.execute(
                table.update().where(table.c.tenant == verk.tenant, states).values(neste=now)
            )


def _receive(verk: Overfoeringsverk, done: Runde) -> None:
    for name, kanal in verk.kanaler.items():
        try:
            if not kanal.facts().tosidig:
                continue
            got = receive(verk, kanal, name)
        except GatewayError as error:
            _count(done, error.code)
            log.get("runde").warning("kanal", system=name, code=error.code, place=error.place)
            continue
        done.tatt += got.tatt
        done.kjent += got.kjent
        done.avvist += got.avvist


def _guarded(done: Runde, rad: Rad, work: Callable[[], Any]) -> None:
    try:
        work()
    except Conflict as error:
        if error.code != "OVERFOERING_ENDRET":  # somebody else was quicker
            _count(done, error.code)
    except Exception as error:  # noqa: BLE001 - one row's surprise never stops the others
        fault = error if isinstance(error, GatewayError) else surprise(error)
        _count(done, fault.code)
        log.get("runde").warning(
            "rad", run=rad.id, code=fault.code, kind=fault.kind, place=fault.place
        )


def _aside(done: Runde, work: Callable[[], Any]) -> None:
    """Work that belongs to no one row; what it meets is counted, and the round goes on."""
    try:
        work()
    except GatewayError as error:
        _count(done, error.code)
        log.get("runde").warning("runde", code=error.code, place=error.place)


def _count(done: Runde, code: str) -> None:
    done.feil += 1
    done.koder[code] = done.koder.get(code, 0) + 1


def _rows(verk: Overfoeringsverk, *where: sa.ColumnElement[bool]) -> list[Rad]:
    with verk.arkiv.database.look() as connection:
        found = connection.execute(
            sa.select(x.overfoering)
            .where(x.overfoering.c.tenant == verk.tenant, *where)
            .order_by(x.overfoering.c.endret)
        ).all()
    whole = []
    for row in found:
        try:
            whole.append(rader.opened(verk.arkiv.ring, row))
        except (GatewayError, ValueError, TypeError) as error:
            # One row that cannot be opened never stops the others.
            code = error.code if isinstance(error, GatewayError) else "LEDGER_SKADET"
            log.get("runde").error("rad", run=row.overfoering_id, code=code)
    return whole


def _open_rows(verk: Overfoeringsverk) -> list[Rad]:
    return _rows(
        verk,
        x.overfoering.c.tilstand.not_in(_ENDED),
        x.overfoering.c.kode.not_in(tuple(FROZEN)),
        x.overfoering.c.etterarbeid == "",
        # What could not be read is looked at by every new reader (`unread.due`).
        sa.or_(
            x.overfoering.c.neste <= verk.stamp(),
            x.overfoering.c.tilstand == Tilstand.IKKE_FORSTAATT.value,
        ),
    )


def _unfinished(verk: Overfoeringsverk) -> list[Rad]:
    """What the switch has left to do and is due. What is held is opened again by nobody but the
    person who handles it (`holdt`)."""
    return _rows(
        verk,
        x.overfoering.c.etterarbeid != "",
        x.overfoering.c.kode != HOLDT,
        x.overfoering.c.neste <= verk.stamp(),
    )


def _to_destroy(verk: Overfoeringsverk) -> list[Rad]:
    """What a rule has said is to go, when its time has come and nobody needs it any more."""
    return _rows(
        verk,
        x.overfoering.c.oedelegges != "",
        x.overfoering.c.oedelegges <= verk.stamp(),
        x.overfoering.c.etterarbeid == "",
        sa.or_(x.overfoering.c.noekkel != "", x.overfoering.c.nyttelast != ""),
    )


# -- watching ---------------------------------------------------------------------------------
_ASKED = frozenset({Tilstand.KLAR, Tilstand.SENDT, Tilstand.MOTTATT, Tilstand.TILDELT})
_NOTED = OF_ONE_LOG | {SURPRISE, "UGYLDIG_TEKST"}
"""Codes `_watched` leaves in a row whose log could not be looked at."""
LOOK_EVERY = 240.0
"""Seconds between two looks at one open row."""


def _watched(verk: Overfoeringsverk, rad: Rad, done: Runde) -> None:
    """`_watch`; what is wrong with the one log stands in its row, for a person to see."""
    try:
        _watch(verk, rad, done)
    except Exception as error:
        own = None if isinstance(error, Conflict) else of_one_log(error)
        if own is not None and rad.verdi["kode"] != own.code[:60]:
            values = {"kode": own.code[:60], "neste": _after(verk, LOOK_EVERY)}
            with verk.arkiv.database.begin() as connection:
                rader.change(connection, verk, rad, values)
        raise


def _after(verk: Overfoeringsverk, seconds: float) -> str:
    return stamp(verk.now() + timedelta(seconds=seconds))


def _watch(verk: Overfoeringsverk, rad: Rad, done: Runde) -> None:
    """Deadline, reminder, consent and protection of one open row."""
    now = verk.stamp()
    if rad.verdi["frist"] and rad.verdi["frist"] <= now and rad.verdi["kanal"] != MANUELL:
        _, taken = take(verk, rad, Skritt(Hendelse.FRIST, answers({}), av="klokken"), speaker(verk))
        done.steg += taken.regel is not None
        return
    if rad.side is Side.AVGIVER and rad.tilstand in _ASKED and _stopped(verk, rad, done):
        return
    if rad.tilstand is Tilstand.IKKE_FORSTAATT and not unread.due(verk, rad):
        return
    if unread.waits_unread(rad):
        if unread.read_again(verk, rad):
            done.steg += 1
        else:
            unread.put_off(verk, rad, _after(verk, unread.LOOK_EVERY))
        return
    due = reminders_due(verk, rad)
    values: dict[str, Any] = {"neste": stamp(verk.now() + timedelta(seconds=_pause(verk, rad)))}
    if rad.verdi["kode"] in _NOTED:
        values["kode"] = ""  # what stood in the way of looking is gone
    with verk.arkiv.database.begin() as connection:
        if due > rad.verdi["paaminnet"]:
            values["paaminnet"] = due
            body = {"side": rad.side.value, "forsoek": rad.forsoek, "hendelse": "paaminnelse",
                    "nr": due}  # fmt: skip
            fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
            append(connection, now, [fact])
            done.steg += 1
        rader.change(connection, verk, rad, values)


def _pause(verk: Overfoeringsverk, rad: Rad) -> float:
    """Not beyond the deadline."""
    if not rad.verdi["frist"]:
        return LOOK_EVERY
    left = (datetime.fromisoformat(rad.verdi["frist"]) - verk.now()).total_seconds()
    return max(1.0, min(LOOK_EVERY, left))


def _stopped(verk: Overfoeringsverk, rad: Rad, done: Runde) -> bool:
    """A consent that is gone, or a protection that has come, since we last looked (I3)."""
    found = disclosing(verk, rad)
    event = None
    if found[Vakt.VERN]:
        event = Hendelse.SPERR
    elif found[Vakt.SAMTYKKE]:
        event = Hendelse.SAMTYKKE_TRUKKET
    if event is None:
        _tell_if_changed(verk, rad)
        return False
    step = Skritt(event, answers(found), av="gateway", fakta={"aarsak": _public(found)})
    new, taken = take(verk, rad, step, speaker(verk))
    done.steg += taken.regel is not None
    if new.tilstand is Tilstand.SPERRET:
        freeze_group(verk, new)
    return taken.regel is not None


def _public(found: dict[Vakt, str]) -> str:
    """Why, as a code; protection has one word for everything."""
    return "MANUELL" if found[Vakt.VERN] else found[Vakt.SAMTYKKE]


def _tell_if_changed(verk: Overfoeringsverk, rad: Rad) -> None:
    """Somebody has written in a log that is on its way: the sender should send it anew."""
    if rad.tilstand is Tilstand.KLAR or rad.verdi["kanal"] == MANUELL:
        return
    code = unchanged(rad, look(verk, rad))
    if code and rad.verdi["kode"] != code:
        with verk.arkiv.database.begin() as connection:
            rader.change(connection, verk, rad, {"kode": code})
        raise Conflict("OVERFOERING_ENDRET", place=rad.id)


# -- finishing --------------------------------------------------------------------------------
def _finish(verk: Overfoeringsverk, rad: Rad, done: Runde) -> None:
    """What the switch has left to do: make the log, or close it."""
    work = importering.complete if rad.verdi["etterarbeid"] == "importer" else stenging.close
    try:
        work(verk, rad)
    except Conflict as error:
        if error.code == "OVERFOERING_ENDRET":
            raise
        _later(verk, rad, error)
        raise
    except GatewayError as error:
        if error.code in aapning.VENTER:
            # No fault of anybody's: it waits for a person, and nothing is told of it here.
            holdt.put_off(verk, rad, error.code, _pause_after(rad))
            return
        if _cannot_be_read(rad, error):
            assert isinstance(error, Rejected)
            unread.found_unread(verk, rad, error)
            done.steg += 1
            return
        _later(verk, rad, error)
        raise
    except Exception as error:
        # The responsibility has moved: a person must be able to see that it hangs, and on what.
        _later(verk, rad, surprise(error))
        raise
    done.ferdig += 1


def _cannot_be_read(rad: Rad, error: GatewayError) -> bool:
    """Whether the package is the fault, and not the log's own system."""
    to_write = rad.verdi["etterarbeid"] == "importer"
    return to_write and isinstance(error, Rejected) and unread.unreadable(error)


def _later(verk: Overfoeringsverk, rad: Rad, error: GatewayError) -> None:
    tries = int(rad.verdi["forsoekt"]) + 1
    at = _after(verk, _pause_after(rad))
    with verk.arkiv.database.begin() as connection:
        rader.change(
            connection, verk, rad, {"forsoekt": tries, "neste": at, "kode": error.code[:60]}
        )


def _pause_after(rad: Rad) -> float:
    """Seconds to the next try, after one more."""
    return _PAUSES[min(int(rad.verdi["forsoekt"]) + 1, len(_PAUSES)) - 1]


def destroy(verk: Overfoeringsverk, rad: Rad) -> None:
    """Destroy the key and the package, then forget where they were. Again does no harm.

    The message that gave the key away goes with it once it is receipted; before that it must still
    be said, for a number that never comes would be a gap in the other side's proof.
    """
    with verk.arkiv.database.look() as connection:
        packages = list(
            connection.execute(
                sa.select(x.melding.c.pakke).where(
                    x.melding.c.tenant == verk.tenant,
                    x.melding.c.side == rad.side.value,
                    x.melding.c.overfoering_id == rad.id,
                    x.melding.c.forsoek == rad.forsoek,
                    sa.or_(
                        x.melding.c.type == "pakke",
                        sa.and_(
                            x.melding.c.type == "akseptbekreftelse",
                            x.melding.c.tilstand == "kvittert",
                        ),
                    ),
                    x.melding.c.pakke != "",
                )
            ).scalars()
        )
    gone = [p for p in (rad.verdi["noekkel"], rad.verdi["nyttelast"], *packages) if p]
    verk.arkiv.store.delete(gone)
    with verk.arkiv.database.begin() as connection:
        rader.change(connection, verk, rad, {"noekkel": "", "nyttelast": ""})
        connection.execute(
            x.melding.update().where(x.melding.c.pakke.in_(packages)).values(pakke="")
        )
        body = {"side": rad.side.value, "forsoek": rad.forsoek, "hendelse": "nyttelastOedelagt"}
        fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
        append(connection, verk.stamp(), [fact])
