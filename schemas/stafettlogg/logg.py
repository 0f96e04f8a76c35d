"""The log itself: one Stafettlogg with everything in it, as one frozen value.

Identity (`logg_id`, here `id`) survives change of holder, unit, municipality and vendor (R-002).
"""

from pydantic import Field

from schemas.stafettlogg.dialog import Innkalling, Kalenderhendelse, Melding, Moete, Moetereferat
from schemas.stafettlogg.entitet import Dato, Entitet, Ref, Tid
from schemas.stafettlogg.innhold import (
    Dokument,
    Fagplan,
    Kommentar,
    Livsomraade,
    Lysglimt,
    Notat,
    Oppmerksomhet,
)
from schemas.stafettlogg.kodeverk import IpForhold, Loggstatus, Maalform
from schemas.stafettlogg.person import Deltakelse, Hovedperson, Lesetilgang, Person, Virksomhet
from schemas.stafettlogg.samtykke import Samtykke
from schemas.stafettlogg.spor import Arkivuttak, Holderperiode, Nivaaperiode, Overfoering


class Stafettlogg(Entitet):
    """The relay log about one child (rules.md D-1). `nivaa` is 1-3, or None for unknown."""

    plantype: str = "stafettlogg"
    kortnavn: str | None = Field(default=None, repr=False)
    planmal: str | None = None
    hovedperson: Hovedperson
    status: Loggstatus
    status_aarsak: str | None = None
    nivaa: int | None = Field(default=None, ge=1, le=3)
    nivaa_tekst: str | None = None
    nivaa_historikk: tuple[Nivaaperiode, ...] = ()
    stafettholder: Ref | None = Field(default=None, description="the holder's Deltakelse")
    stafettholder_historikk: tuple[Holderperiode, ...] = ()
    ansvarlig_virksomhet: Ref | None = None
    ansvarlig_kommune: str | None = None
    initiativtaker: str | None = Field(default=None, repr=False)
    om_meg: str | None = Field(default=None, repr=False)
    bilde: Ref | None = None
    utfordring: str | None = Field(default=None, repr=False)
    hovedmaal: str | None = Field(default=None, repr=False)
    neste_moete: Dato | None = None
    sist_oppdatert: Tid | None = None
    ip_forhold: IpForhold = IpForhold.UKJENT
    ip_dato: Dato | None = None
    gravid_ufoedt: bool = False
    maalform: Maalform | None = None
    personer: tuple[Person, ...] = Field(default=(), repr=False)
    virksomheter: tuple[Virksomhet, ...] = ()
    deltakelser: tuple[Deltakelse, ...] = ()
    lesetilganger: tuple[Lesetilgang, ...] = ()
    samtykker: tuple[Samtykke, ...] = ()
    oppmerksomheter: tuple[Oppmerksomhet, ...] = ()
    lysglimt: tuple[Lysglimt, ...] = ()
    notater: tuple[Notat, ...] = ()
    kommentarer: tuple[Kommentar, ...] = ()
    dokumenter: tuple[Dokument, ...] = ()
    fagplaner: tuple[Fagplan, ...] = ()
    livsomraader: tuple[Livsomraade, ...] = ()
    moeter: tuple[Moete, ...] = ()
    referater: tuple[Moetereferat, ...] = ()
    innkallinger: tuple[Innkalling, ...] = ()
    meldinger: tuple[Melding, ...] = ()
    kalender: tuple[Kalenderhendelse, ...] = ()
    overfoeringer: tuple[Overfoering, ...] = ()
    arkivuttak: tuple[Arkivuttak, ...] = ()
