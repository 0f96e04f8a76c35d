"""Validation of person and organisation numbers, of our own where the libraries fail (C-6).

python-stdnum 2.2 refuses every synthetic number with month + 80, refuses numbers that are valid
only under the rule of 2032 and cannot place D-numbers of the 2021 series in a century. So the
person part is here: kind, synthetic or not, and which rule the control digits obey. A birth date
is never read out of a number; the log has a field for it. No function here raises, and nothing
here repeats the number.
"""

import re
import unicodedata
from dataclasses import dataclass

from stdnum.no import orgnr

from schemas.nummer import BETWEEN, OURS, Regel, read
from schemas.stafettlogg.kodeverk import Identtype

_ELEVEN = re.compile(r"\d{6}\D?\d{5}")
_RUNS = re.compile(r"\d{11,}")
NUMBERED = frozenset({Identtype.FNR, Identtype.DNR, Identtype.SYNTETISK})
"""The numbers a person is known by in the population register; a vendor's own number is not one."""


@dataclass(frozen=True, slots=True)
class Identitet:
    """What a number says of itself. `regel` is the control digit rule it obeys."""

    type: Identtype
    syntetisk: bool
    regel: Regel


def classify(number: str) -> Identitet | None:
    """The kind of an eleven-digit number, or None when it is not one. Source: C-6.

    Kinds: fødselsnummer, D-number (day + 40), their synthetic forms (month + 80 of Tenor, month
    + 40 of the health test series) and FH-numbers, which start with 8 or 9 and hold no date.
    """
    found = read(number)
    if found is None:
        return None
    kind = Identtype.FNR
    if not found.datert:
        kind = Identtype.ANNEN
    elif found.dnummer:
        kind = Identtype.DNR
    return Identitet(kind, syntetisk=found.syntetisk, regel=found.regel)


def allowed(number: str, environment: str) -> bool:
    """True when the number may be used: production refuses synthetic, all else refuses real."""
    found = classify(number)
    if found is None:
        return False
    return found.syntetisk is (environment != "production")


def kind_of(number: str) -> Identtype:
    """The kind a number claims by its shape, unchecked: a wrong number is still kept (R-046)."""
    if number[2:3] in ("4", "5", "8", "9"):
        return Identtype.SYNTETISK
    if number[:1] in ("4", "5", "6", "7"):
        return Identtype.DNR
    return Identtype.FNR


def is_orgnr(number: str) -> bool:
    """True for a valid organisasjonsnummer (nine digits, modulus 11)."""
    return len(number) == 9 and bool(orgnr.is_valid(number))


def holds_number(text: str) -> bool:
    """True when a text has eleven digits that could be a person's: together, with one sign between,
    or in groups as people write them, in whatever digits and spaces. A number, not a proof of one:
    the control digits are not asked."""
    plain = OURS.sub("", unicodedata.normalize("NFKC", text))
    if _ELEVEN.search(plain):
        return True
    return any(
        _could_begin(run[start : start + 6])
        for run in _RUNS.findall(BETWEEN.sub("", plain))
        for start in range(len(run) - 10)
    )


def _could_begin(digits: str) -> bool:
    """Whether six digits could be a birth date, of whichever kind of number."""
    day, month = int(digits[:2]), int(digits[2:4])
    return 1 <= day % 40 <= 31 and day < 72 and 1 <= month % 40 <= 12
