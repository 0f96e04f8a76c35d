"""Which faults belong to the one log that was looked at, and what they are called there.

One bad log never stops the others, whatever is wrong with it. A fault of a system or of ours keeps
its meaning and is nobody's log: a line that broke, a database that is out, a wrong set-up.
"""

import re

from gateway.errors import Conflict, GatewayError, LocalFault, Rejected, RemoteFault, unexpected
from gateway.ledger.store import LOST
from schemas.nummer import is_somebodys_number

SURPRISE = "FEIL_I_LOGG"
"""What nobody foresaw, at one log."""

OF_ONE_LOG = frozenset(
    {
        "UGYLDIG_SVAR", "FEIL_LOGG", "FEIL_DOKUMENT", "FEIL_KOMMUNE", "UGYLDIG_DOKUMENT",
        "DOBBELT_FELT", "MANGLER_VERSJON", "FEIL_ANTALL", "GJENTATT_SIDE", "FOR_STORT_SVAR",
        "FIL_STEMMER_IKKE", "FEIL_FILSUM",
    }
)  # fmt: skip
"""Wrong answers (RemoteFault) that concern the one log that was asked for, a municipality that is
not ours in it among them; any other stops the connector."""

_THERE = {"FEIL_KOMMUNE": "LOGG_I_ANNEN_KOMMUNE", "UGYLDIG_ADRESSE": "UGYLDIG_ID"}
"""Codes of a whole system that say another thing of one document."""

_OURS = frozenset({"BOKEN_BALANSERER_IKKE", "UGYLDIG_ADRESSE", "UGYLDIG_KALL", *LOST})
# Ours, and yet of one document: a field that stands twice in it balances with nothing, an id that
# no address or header can hold asks for nothing, and a sealed copy that is lost is one log's.

_NUMBER = re.compile(r"\d{11}")
_PLACE = 200


def of_one_log(error: Exception) -> GatewayError | None:
    """The fault as one log's own, safe to show; None when it is not one log's.

    Its place says where in our code a surprise came from, never what the log says.
    """
    if isinstance(error, Rejected | Conflict):
        return error
    if isinstance(error, RemoteFault) and error.code in OF_ONE_LOG:
        return Rejected(_THERE.get(error.code, error.code), place=error.place)
    if isinstance(error, LocalFault) and error.code in _OURS:
        return Rejected(_THERE.get(error.code, error.code), place=error.place)
    if isinstance(error, GatewayError | OSError | MemoryError):
        return None
    return surprise(error)


def surprise(error: Exception) -> Rejected:
    """What nobody foresaw, as a refusal of the one log: the type and a line of ours.

    A text that cannot be written as UTF-8, and a document nested beyond all reason, have a name.
    """
    place = unexpected(error).place
    if isinstance(error, UnicodeError):
        return Rejected("UGYLDIG_TEKST", place=place)
    if isinstance(error, RecursionError):
        return Rejected("UGYLDIG_DOKUMENT", place=place)
    return Rejected(SURPRISE, place=place)


def shown(place: str, ref: str) -> str:
    """A place as it may be kept: an id a document invented may be a person's number, or no text
    anybody can read. The log's own ref stands for it then, as it does where no place is told."""
    if not place or not place.isprintable() or _NUMBER.search(place) or is_somebodys_number(place):
        return ref
    return place[:_PLACE]
