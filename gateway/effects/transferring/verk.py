"""What a hand-over works with: our logs, our keys, the channels, and those we know.

Built by `gateway/app.py` from names; this module knows no vendor and no channel by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.effects.archiving.verk import Verk, stamp
from gateway.errors import LocalFault, Rejected
from gateway.frame import asked
from gateway.nettregister import AtOpening, Registre
from gateway.overfoering.vakter import Krav, household
from gateway.policy.context import Policyramme, Samtykkeregler, Signatar
from gateway.ports.connector import Document
from gateway.ports.forsegling import Forsegler
from gateway.ports.kanal import Kanal
from gateway.ports.kanal import Motpart as Adresse
from gateway.settings.models import Motpart
from gateway.staff.member import Ansatt
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Overfoeringsverk:
    """The hand-over works of one municipality."""

    arkiv: Verk
    forsegler: Forsegler
    kanaler: Mapping[str, Kanal]
    motparter: Mapping[str, Motpart] = field(repr=False)
    ansatte: Callable[[], Sequence[Ansatt]] = field(repr=False)
    registre: Registre | None = None
    """The register online beside the file, where the municipality has it; else the file alone."""
    holder_med_nummer: bool = False
    """Whether our system takes no relay holder without a number."""

    @property
    def tenant(self) -> str:
        """Our organisation number."""
        return self.arkiv.tenant

    def now(self) -> datetime:
        """The instant, aware."""
        return self.arkiv.clock.now().astimezone(UTC)

    def stamp(self) -> str:
        """The instant as text that sorts."""
        return stamp(self.now())

    def ansatt(self, ref: str) -> Ansatt | None:
        """One of our staff, by reference."""
        return next((one for one in self.ansatte() if one.ref == ref), None)

    def leaders(self, unit: str) -> tuple[Ansatt, ...]:
        """The leaders of a unit of ours."""
        return tuple(o for o in self.ansatte() if o.virksomhet == unit and "leder" in o.roller)

    def krav(self, orgnr: str) -> Krav:
        """Both municipalities' rules of consent; a counterpart nobody knows gives none."""
        own = self.arkiv.frame.samtykke
        inner = self.arkiv.kommune.overfoering.samme_virksomhet == "samtykke"
        if orgnr == self.tenant:
            return Krav((own,), inner)
        motpart = self.motparter.get(orgnr)
        if motpart is None:
            return Krav((), inner)
        theirs = Samtykkeregler(
            egen_alder=motpart.krav.egen_alder,
            under=Signatar.FORESATTE,
            fra=Signatar(motpart.krav.fra),
            alle_foresatte=motpart.krav.felles_foreldreansvar == "alleSignerer",
        )
        return Krav((own, theirs), inner)

    def knows(self, orgnr: str) -> str:
        """Empty when packages can be exchanged with the organisation, else why not."""
        if orgnr != self.tenant and orgnr not in self.motparter:
            return "UKJENT_MOTPART"
        return self.forsegler.mangler(orgnr)

    def unreachable(self) -> tuple[tuple[str, str], ...]:
        """Which organisations of the directory nothing can be sealed to now, and the code of why.

        A counterpart is told by the number of its file, for who it is can itself be a secret.
        """
        asked = [
            (f"motpart {nr}", orgnr)
            for nr, (orgnr, one) in enumerate(self.motparter.items(), 1)
            if one.kanal != "manuell"
        ]
        asked.append(("overfoering.dekrypteringssertifikat", self.tenant))
        found = ((place, self.forsegler.mangler(orgnr)) for place, orgnr in asked)
        return tuple((place, lacks) for place, lacks in found if lacks)

    def channel(self, name: str) -> Kanal:
        """An opened channel. Raises LocalFault("KANAL_IKKE_KONFIGURERT")."""
        found = self.kanaler.get(name)
        if found is None:
            raise LocalFault("KANAL_IKKE_KONFIGURERT", place=name[:40])
        return found

    def address(self, orgnr: str) -> Adresse:
        """How a channel reaches an organisation."""
        motpart = self.motparter.get(orgnr)
        return Adresse(orgnr, motpart.adresse if motpart else {})

    def read_now(self, ref: str) -> tuple[Document, Stafettlogg]:
        """The log as its system has it at this moment. Raises Conflict("BORTE"), Rejected."""
        document = self.arkiv.source.document(ref)
        return document, self.arkiv.decode(document.body)

    def ramme(self, logg: Stafettlogg) -> Policyramme:
        """The frame for one log, asked now. A register that cannot answer means unknown (C-4)."""
        return asked(self.arkiv.frame, self.arkiv.register, household, logg, self.now())

    def ved_aapning(self, logg: Stafettlogg) -> tuple[Policyramme, bool]:
        """The frame as a package of somebody else's opens here, and whether the register online
        answered for all. A register that is away knows nobody, whatever the file says."""
        if self.registre is None:
            return self.ramme(logg), False
        opening = AtOpening(self.registre)
        made = asked(self.arkiv.frame, opening, household, logg, self.now())
        return made, opening.answered


def rejected(code: str, place: str = "") -> Rejected:
    """A person's wish that cannot be met now."""
    return Rejected(code, place=place)
