"""Asks a counterpart whether the set-up of both ends holds (the protocol's chapter 7.1).

An echo makes no row, says nothing of anybody and is kept nowhere. What is found is one code and at
which end it is; `gateway/texts` has the words. Nothing here may raise what the answer can say.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ports.ekko import Ekkokanal
from gateway.ports.forsegling import Pakkefil
from schemas.overfoering.ekko import EKKO, SKJEVT, Ekko, Ekkokode, read, write
from schemas.tid import moment

_ANSWERED = {
    Ekkokode.AAPNES_IKKE: "EKKO_AAPNES_IKKE",
    Ekkokode.UKJENT_SIGNATAR: "EKKO_UKJENT_SIGNATAR",
    Ekkokode.ANNEN_SIGNATAR: "EKKO_ANNEN_SIGNATAR",
    Ekkokode.UGYLDIG: "EKKO_UGYLDIG",
    Ekkokode.FEIL_AVSENDER: "EKKO_FEIL_AVSENDER",
    Ekkokode.FEIL_MOTTAKER: "EKKO_FEIL_MOTTAKER",
    Ekkokode.KLOKKE: "EKKO_KLOKKE",
}


class Ende(StrEnum):
    """Where what is wrong is to be mended."""

    INGEN = ""
    HER = "her"
    DER = "der"
    BEGGE = "begge"


_HER = frozenset({"EKKO_SVAR_UKJENT_SIGNATAR", "EKKO_SVAR_AAPNES_IKKE", "EKKO_DERES_TLS",
                  "EKKO_UGYLDIG", "EKKO_FEIL_AVSENDER", "EKKO_FOR_OFTE", "EKKO_IKKE_PAA_KANALEN",
                  "MOTPART_UTEN_KRYPTERING", "UKJENT_MOTPART", "MOTPART_IKKE_HTTPS",
                  "KANAL_NOEKLER_PASSER_IKKE", "UKJENT_MOTTAKER",
                  "UGYLDIG_SERTIFIKAT"})  # fmt: skip
_DER = frozenset({"EKKO_UKJENT_SIGNATAR", "EKKO_VAAR_TLS", "EKKO_FINNES_IKKE", "EKKO_SVARER_IKKE",
                  "EKKO_UTEN_VAAR_KRYPTERING", "EKKO_ANNET_ORD"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ekkofunn:
    """What an echo found: `kode` is empty when all of it holds."""

    kode: str = ""
    sted: str = ""
    """What of our own it is, where that is known. Never who the counterpart is."""

    @property
    def ende(self) -> Ende:
        """The end that has something to mend; `BEGGE` where that is not known."""
        if not self.kode:
            return Ende.INGEN
        return Ende.HER if self.kode in _HER else Ende.DER if self.kode in _DER else Ende.BEGGE


def ask(verk: Overfoeringsverk, orgnr: str) -> Ekkofunn:
    """Ask one organisation of the directory (nine digits). Never raises what the line, the seal or
    the answer says; raises LocalFault("KANAL_IKKE_KONFIGURERT") for a channel we have not."""
    lacks = "UKJENT_MOTPART" if orgnr not in verk.motparter else verk.knows(orgnr)
    if lacks:
        return Ekkofunn(lacks)
    channel = verk.channel(verk.motparter[orgnr].kanal)
    if not isinstance(channel, Ekkokanal):
        return Ekkofunn("EKKO_IKKE_PAA_KANALEN")
    word = secrets.token_hex(16)
    asked = Ekko(fra=verk.tenant, til=orgnr, sendt=verk.stamp(), ord=word)
    try:
        package = verk.forsegler.pakk([Pakkefil(EKKO, "application/json", write(asked))], orgnr)
        answer = channel.spoer_ekko(verk.address(orgnr), package)
    except GatewayError as error:
        mine = isinstance(error, LocalFault) and error.place not in ("ekko", "")
        return Ekkofunn(error.code, error.place if mine else "")
    return Ekkofunn(_judged(verk, answer, orgnr, word))


def _judged(verk: Overfoeringsverk, answer: bytes, orgnr: str, word: str) -> str:
    """The code of what the answer says, or of what is wrong with it."""
    try:
        found = verk.forsegler.aapne(answer)
    except Rejected as error:
        unknown = error.code == "FEIL_SIGNATAR"
        return "EKKO_SVAR_UKJENT_SIGNATAR" if unknown else "EKKO_SVAR_AAPNES_IKKE"
    told = read(found.fil(EKKO) or b"")
    if found.avsender != orgnr:
        return "EKKO_SVAR_UKJENT_SIGNATAR"
    if told is not None and told.kode is not None:
        return _ANSWERED[told.kode]
    if told is None or (told.fra, told.til) != (orgnr, verk.tenant) or told.ord != word:
        return "EKKO_ANNET_ORD"
    when = moment(told.sendt)
    skewed = when is None or abs(when - verk.now()) > timedelta(seconds=SKJEVT)
    return "EKKO_KLOKKE" if skewed else ""
