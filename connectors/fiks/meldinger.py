"""Names on the Fiks IO wire, and a message as it was received. No I/O, no protocol's own types.

Source: ks-no/fiks-io-client-dotnet (cbe76983) and ks-no/fiks-io-klient-java (9491aa29).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

KOE = "fiksio.konto."
"""A queue is this and the account's id."""

AVSENDER = "avsender-id"
MELDING = "melding-id"
TYPE = "type"
SVAR_TIL = "svar-til"
SVAR_TIL_TYPE = "svar-til-type"
DOKUMENTLAGER = "dokumentlager-id"
EGEN = "egendefinert-header."
KLIENTMELDING = "klientMeldingId"
KLIENTKORRELASJON = "klientKorrelasjonsId"

PLATTFORM = "no.ks.fiks.kvittering."
"""What the platform itself says, for nobody and without content."""
TIDSAVBRUDD = PLATTFORM + "tidsavbrudd"
# Three spellings live: today's, the one before the version suffix, and one with the letter oe.
SERVERFEIL = frozenset({"no.ks.fiks.kvittering.serverfeil.v1", "no.ks.fiks.kvittering.serverfeil"})
UGYLDIG = frozenset(
    {
        "no.ks.fiks.kvittering.ugyldigforespoersel.v1",
        "no.ks.fiks.kvittering.ugyldigforesp\u00f8rsel.v1",
    }
)

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,47}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"\d{9,}")


def safe_id(text: str) -> str:
    """`text` when it can only be an id, else nothing: it goes into errors as their place.

    Nine digits in a row could be a person's number or an account, so such an id is not repeated
    unless it is a UUID (whose groups are at most twelve, of letters and digits).
    """
    plain = text.strip()
    if _UUID.fullmatch(plain):
        return plain
    if _SAFE_ID.fullmatch(plain) and not _NUMBER.search(plain.replace("-", "")):
        return plain
    return ""


def same_id(text: str) -> str:
    """`text`; a UUID the way ours are written, for a platform may tell it in capitals."""
    plain = text.strip()
    return plain.lower() if _UUID.fullmatch(plain) else text


@dataclass(frozen=True, slots=True)
class Mottatt:
    """A message from the account's queue, still encrypted. `body` is empty with a dokumentlager id.

    `egne` are the sender's own headers without their prefix.
    """

    melding_id: str
    type: str
    avsender: str
    svar_til: str = ""
    dokumentlager: str = ""
    egne: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    redelivered: bool = False
    levering: tuple[int, int] = field(default=(0, 0), compare=False)
    """Which connection it came over, and the broker's tag there: what it is settled with."""


@dataclass(frozen=True, slots=True)
class Sendt:
    """What the platform answered to a send: accepted, which is not received."""

    melding_id: str
