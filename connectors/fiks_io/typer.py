"""Message types of the transfer protocol and the platform's own, there and back. No I/O.

A type is `<prefix>.<word>.<version>`; the word is the gateway's. What the platform says of a
message that did not arrive has types of its own.
"""

import re

from connectors.fiks.meldinger import SERVERFEIL, TIDSAVBRUDD, UGYLDIG
from connectors.fiks_io.profil import Profil
from gateway.errors import LocalFault

FEILET = "feilet"
"""The word of a package that could not be taken in; it has no content."""
FEILKODE = "feilkode"
AVVIST = "avvistMeldingId"

_WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z0-9_-]{1,59}")
_DIGITS = re.compile(r"\d{6,}")


def type_of(word: str, profil: Profil) -> str:
    """The message type of a word. Raises LocalFault("UGYLDIG_MELDING")."""
    if _WORD.fullmatch(word) is None or word == FEILET:
        raise LocalFault("UGYLDIG_MELDING", place="meldingstype")
    return f"{profil.meldingsprefiks}.{word}.{profil.versjon}"


def refused_type(profil: Profil) -> str:
    """The message type that tells a sender no."""
    return f"{profil.meldingsprefiks}.{FEILET}.{profil.versjon}"


def word_of(meldingstype: str, profil: Profil) -> str:
    """The word of a type; empty for a type of anybody else's."""
    head, tail = f"{profil.meldingsprefiks}.", f".{profil.versjon}"
    if not (meldingstype.startswith(head) and meldingstype.endswith(tail)):
        return ""
    word = meldingstype[len(head) : -len(tail)]
    return word if _WORD.fullmatch(word) else ""


def failure_of(meldingstype: str) -> str:
    """The code for what the platform says went wrong; empty when it says no such thing."""
    if meldingstype.startswith(TIDSAVBRUDD):
        return "KANAL_TIDSAVBRUDD"
    if meldingstype in SERVERFEIL:
        return "KANAL_SERVERFEIL"
    return "KANAL_AVVIST" if meldingstype in UGYLDIG else ""


def code_of(text: str) -> str:
    """A public code another gateway sent; one of ours when it does not look like a code."""
    return text if _CODE.fullmatch(text) and not _DIGITS.search(text) else "KANAL_AVVIST"
