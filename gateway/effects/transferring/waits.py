"""What a hand-over has that waits for a person, from its row alone; stated whenever the row moves.

The newest attempt says what waits of a hand-over. Nothing here names the counterpart, and what is
held says only that it is held (C-4).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gateway.ledger import transfer_tables as x
from gateway.overfoering.tilstand import ENDT, Side, Tilstand
from gateway.staff.roles import StaffRole
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import KONTAKTPUNKT, Kind

if TYPE_CHECKING:
    from gateway.effects.transferring.rader import Rad

SETT = "sett"
"""In `varsle`: a leader has seen what the row's code says, and it stands."""
_T = Tilstand
_BEFORE = frozenset({_T.UTKAST, _T.SAMTYKKE_AVVENTES, _T.KLAR})
_UNDER_WAY = frozenset({_T.SENDT, _T.MOTTATT, _T.TILDELT})
_NEW_HOLDER = frozenset({"HABILITET", "IKKE_REGISTRERT_STAFETTHOLDER"})
_ENDED = frozenset({"TILGANG_GJENSTAAR", "BEVIS_BRUTT", "VENTER_FULLFOERING", "NYERE_INNHOLD"})
_BY_ITSELF = frozenset({"VENTER_BEKREFTELSE"})
"""Codes of a row that goes on by itself: a leader is told by the rule that says so."""


def state(connection: sa.Connection, rad: "Rad", at: str) -> None:
    """Say what waits of a hand-over, when this row is its newest attempt."""
    newest = connection.execute(
        sa.select(sa.func.max(x.overfoering.c.forsoek)).where(
            x.overfoering.c.tenant == rad.verdi["tenant"],
            x.overfoering.c.side == rad.side.value,
            x.overfoering.c.overfoering_id == rad.id,
        )
    ).scalar()
    if newest is None or int(newest) <= rad.forsoek:
        owner = f"overfoering:{rad.side.value}"
        book.state_one(connection, str(rad.verdi["tenant"]), owner, at, rad.id, *of_row(rad))


def of_row(rad: "Rad") -> tuple[Waiting, ...]:
    """What waits, each with its role, its unit and what to type."""
    found = [*(_sender(rad) if rad.side is Side.AVGIVER else _receiver(rad))]
    if told_by_code(rad) and rad.verdi["varsle"] != SETT:
        kode = str(rad.verdi["kode"])
        role = KONTAKTPUNKT if kode == "MANUELL" else StaffRole.LEDER
        found.append(_one(rad, kode, "seen {id}", role=role))
    # Where somebody must act, that is how the leader is told; else, and when it is over, so.
    if rad.verdi["varsle"] == "leder" and (rad.tilstand in ENDT or not found):
        found.append(_one(rad, "OVERFOERING_SE", "seen {id}"))
    if rad.verdi["brev"] == "skrives":
        found.append(_one(rad, "BREV_VENTER", "message {id} --out MAPPE"))
    return tuple(found)


def told_by_code(rad: "Rad") -> bool:
    """Whether the row's code is something a leader must see, and nothing else tells of it."""
    kode = str(rad.verdi["kode"])
    if not kode or kode in _BY_ITSELF or rad.verdi["etterarbeid"]:
        return False
    if rad.side is Side.MOTTAKER and rad.tilstand is _T.IKKE_FORSTAATT:
        return False  # told with what to do
    if rad.tilstand in ENDT:
        # What the receiver held is over here; the sender may begin again.
        held = rad.tilstand is _T.SPERRET and rad.side is Side.MOTTAKER
        return kode in _ENDED or held
    return rad.tilstand not in _BEFORE and kode != "MANUELL"


def _sender(rad: "Rad") -> Iterator[Waiting]:
    kode = str(rad.verdi["kode"])
    if rad.tilstand in _BEFORE:
        yield _one(rad, kode or "OVERFOERING_SEND", "send {id}")
    elif rad.tilstand is _T.SPERRET:
        yield _held(rad, "retry {id} --released")
    elif rad.tilstand is _T.SENDT and rad.verdi["kanal"] == "manuell":
        yield _one(rad, "OVERFOERING_PAPIRER", "received {id} --signed DATO --archive-id NUMMER")
    elif rad.verdi["etterarbeid"] and kode:
        yield _one(rad, kode, "round --now", role=StaffRole.IT_LEDER)


def _receiver(rad: "Rad") -> Iterator[Waiting]:
    kode, named = str(rad.verdi["kode"]), bool(rad.lukket.person)
    if rad.tilstand in {_T.MOTTATT, _T.TILDELT} and not named and rad.lukket.rettet == "leder":
        yield _one(rad, "OVERFOERING_TILDELES", "assign {id} PERSON")
    elif rad.tilstand in {_T.MOTTATT, _T.TILDELT}:
        role = StaffRole.STAFETTHOLDER
        yield _one(rad, "OVERFOERING_TIL_OSS", "accept {id} --login hoey", role=role)
    elif rad.tilstand is _T.IKKE_FORSTAATT:
        yield _one(rad, kode, "read {id} --out MAPPE")
    elif rad.verdi["etterarbeid"] and kode == "MANUELL":
        yield _held(rad, "resume {id}")
    elif rad.verdi["etterarbeid"] and kode == "REGISTER_VET_IKKE":
        yield _one(rad, kode, "family {id} --out FIL", role=KONTAKTPUNKT)
    elif rad.verdi["etterarbeid"] and kode in _NEW_HOLDER:
        yield _one(rad, kode, "assign {id} PERSON")
    elif rad.verdi["etterarbeid"] and kode:
        yield _one(rad, kode, "round --now", role=StaffRole.IT_LEDER)


def _held(rad: "Rad", typed: str) -> Waiting:
    return _one(rad, "MANUELL", typed, role=KONTAKTPUNKT)


def _one(rad: "Rad", code: str, typed: str, *, role: str = StaffRole.LEDER) -> Waiting:
    by = "" if typed.startswith("round") else " --by HVEM"
    ours = rad.side is Side.MOTTAKER
    return Waiting(
        Kind.TRANSFER, code, f"stafett transfer {typed.format(id=rad.id)}{by}",
        place=f"{rad.side.value} {rad.tilstand.value}", role=role,
        unit=rad.lukket.virksomhet if ours else rad.lukket.enhet, deadline=str(rad.verdi["frist"]),
    )  # fmt: skip
