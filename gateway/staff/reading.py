"""The staff file as people write it: lines that hold, and lines that do not, by their number.

JSON: `{"ansatte": [{"ref": "leder-1", "virksomhet": <orgnr>, "virksomhetNavn": <as in consents>,
"roller": ["leder", "stafettholder"], "navn": <text>, "epost": <text>, "numre": [<numbers>],
"gyldigFra": <date>, "gyldigTil": <date>}]}`. The last four may be left out. The first number is
what a system that signs people in by number is told; all are compared with the family's, for
nearness. A line that is wrong is nobody's, and takes no other with it. Pure: text in, values out.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from gateway.staff import orgnr
from gateway.staff.member import Ansatt
from gateway.staff.roles import StaffRole
from schemas.stafettlogg.identifikator import classify, holds_number

_REF = re.compile(r"^[A-Za-z0-9æøåÆØÅ._-]{1,60}$")
_KNOWN = frozenset(
    {"ref", "virksomhet", "virksomhetNavn", "roller", "navn", "epost", "numre", "gyldigFra",
     "gyldigTil"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """One line nobody can act by: its number from 1, and the public code of what is wrong."""

    nr: int
    code: str


class Unreadable(ValueError):
    """The file as a whole is not a staff file. Holds nothing of it."""


def parse(text: str) -> tuple[tuple[Ansatt, ...], tuple[Broken, ...]]:
    """The members and the broken lines. Raises Unreadable, from which nothing can be read."""
    whole: object = None
    wrong = False
    try:
        told = json.loads(text)
        whole = told["ansatte"]
    except (ValueError, KeyError, TypeError, RecursionError):
        wrong = True
    if wrong or not isinstance(whole, list):  # outside the handler: what it caught holds the file
        raise Unreadable
    found: dict[int, Ansatt] = {}
    broken: list[Broken] = []
    for nr, entry in enumerate(whole, 1):
        one = _one(entry)
        if isinstance(one, Ansatt):
            found[nr] = one
        else:
            broken.append(Broken(nr, one))
    # Two lines under one reference: which of them acts, nobody can say.
    counted = Counter(one.ref for one in found.values())
    twice = {nr for nr, one in found.items() if counted[one.ref] > 1}
    broken += [Broken(nr, "ANSATT_DOBBEL") for nr in twice]
    members = tuple(one for nr, one in found.items() if nr not in twice)
    return members, tuple(sorted(broken, key=lambda one: one.nr))


def _one(entry: object) -> Ansatt | str:
    """A member, or the code of why the line is none."""
    if not isinstance(entry, dict) or not entry.keys() <= _KNOWN:
        return "ANSATT_UGYLDIG"
    texts = {name: entry.get(name, "") for name in ("ref", "virksomhet", "virksomhetNavn", "navn")}
    mail, roles, numbers = entry.get("epost") or "", entry.get("roller"), entry.get("numre") or []
    if not all(isinstance(text, str) for text in (*texts.values(), mail)):
        return "ANSATT_UGYLDIG"
    if not _list_of_text(roles) or not _list_of_text(numbers):
        return "ANSATT_UGYLDIG"
    since, until = _day(entry.get("gyldigFra")), _day(entry.get("gyldigTil"))
    if isinstance(since, str) or isinstance(until, str):
        return "ANSATT_DATO"
    if code := _wrong(texts, roles or [], numbers):
        return code
    return Ansatt(
        ref=texts["ref"],
        virksomhet=texts["virksomhet"],
        virksomhet_navn=texts["virksomhetNavn"],
        roller=frozenset(roles or []),
        navn=texts["navn"],
        epost=mail,
        numre=tuple(numbers),
        fra=since,
        til=until,
    )


def _wrong(texts: dict[str, str], roles: list[str], numbers: list[str]) -> str:
    if not _REF.match(texts["ref"]) or holds_number(texts["ref"]):
        # The reference is what the ledger keeps, so it may be nobody's number, name or address.
        return "ANSATT_REF"
    if not set(roles) or not set(roles) <= {one.value for one in StaffRole}:
        return "ANSATT_ROLLE"
    if code := orgnr.fault(texts["virksomhet"], "ANSATT_ENHET"):
        return code
    if not texts["virksomhetNavn"].strip() or not texts["navn"].strip():
        return "ANSATT_UGYLDIG"
    if any(classify(number) is None for number in numbers):
        return "ANSATT_NUMMER"
    return ""


def _list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _day(value: object) -> date | str | None:
    """A date, None where there is none, or a text where what stands is no date."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return "ANSATT_DATO"
