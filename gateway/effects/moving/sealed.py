"""What stands sealed about a watched child and in a proposal, and how a child is found.

A number, a municipality or a date of moving is never a column. Seals are bound to their row, so
that two cannot be swapped.
"""

import json
from dataclasses import dataclass, field
from datetime import date

from gateway.flytting.dom import Forslag
from gateway.flytting.sist import Sist
from gateway.ledger import moving_tables as m
from gateway.ledger.keys import KeyRing
from gateway.ledger.resealing import SealedColumn


@dataclass(frozen=True, slots=True)
class Fulgt:
    """A watched child: the numbers it goes by, and where it lived. No numbers: not watched."""

    numre: tuple[str, ...] = field(repr=False)
    sist: Sist


def pseudonym(ring: KeyRing, tenant: str, number: str) -> str:
    """What a number is found by. Another municipality's is another, also in one database."""
    return ring.pseudonym(f"folkeregister\x1f{tenant}\x1f{number}")


def seal_watched(ring: KeyRing, key: tuple[str, str, str], fulgt: Fulgt) -> bytes:
    """Sealed to (tenant, system, log)."""
    sist = fulgt.sist
    told = {
        "numre": list(fulgt.numre),
        "sett": sist.sett.isoformat(),
        "kommune": sist.kommune,
        "flyttedato": sist.flyttedato.isoformat() if sist.flyttedato else None,
        "manuell": sist.manuell,
    }
    return ring.seal(json.dumps(told).encode(), _watched_label(key))


def open_watched(ring: KeyRing, key: tuple[str, str, str], blob: bytes) -> Fulgt:
    """The opposite. Raises LocalFault."""
    told = json.loads(ring.open(blob, _watched_label(key)))
    sist = Sist(
        date.fromisoformat(told["sett"]),
        told["kommune"],
        _date(told["flyttedato"]),
        manuell=told["manuell"],
    )
    return Fulgt(tuple(told["numre"]), sist)


def seal_case(ring: KeyRing, case_id: str, forslag: Forslag) -> bytes:
    """A proposal's details, sealed to its id."""
    told = {
        "fra": forslag.fra,
        "til": forslag.til,
        "flyttedato": forslag.flyttedato.isoformat() if forslag.flyttedato else None,
    }
    return ring.seal(json.dumps(told).encode(), _case_label(case_id))


def open_case(ring: KeyRing, case_id: str, kode: str, blob: bytes) -> Forslag:
    """The opposite. Raises LocalFault."""
    told = json.loads(ring.open(blob, _case_label(case_id)))
    return Forslag(kode, told["fra"], told["til"], _date(told["flyttedato"]))


SEALED = (
    SealedColumn(m.watched.c.sealed, lambda r: _watched_label((r.tenant, r.system, r.logg))),
    SealedColumn(m.case.c.sealed, lambda r: _case_label(r.case_id)),
)
"""What the ring itself seals here."""


def _watched_label(key: tuple[str, str, str]) -> str:
    return "watched:" + "\x1f".join(key)


def _case_label(case_id: str) -> str:
    return "move:" + case_id


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
