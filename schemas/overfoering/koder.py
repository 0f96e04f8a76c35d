"""Code lists of the hand-over protocol, all closed. A protocol code never tells about a family."""

from enum import StrEnum

PROTOKOLL = "stafettlogg-overfoering"
VERSJON = "1.0"
"""Major and minor. Another major is refused; a newer minor's unknown fields are passed over."""


class Meldingstype(StrEnum):
    """What a message is. The first ten are the conversation; `kvittering` is technical."""

    TILBUD = "tilbud"
    PAKKE = "pakke"
    TILDELING = "tildeling"
    AKSEPT = "aksept"
    AKSEPTBEKREFTELSE = "akseptbekreftelse"
    AVVISNING = "avvisning"
    TILBAKETREKKING = "tilbaketrekking"
    UTLOEPT = "utloept"
    FULLFOERT = "fullfoert"
    ETTERSPOERSEL = "etterspoersel"
    KVITTERING = "kvittering"


class Maaltype(StrEnum):
    """The three targets (R-130)."""

    SAMME_VIRKSOMHET = "sammeVirksomhet"
    ANNEN_VIRKSOMHET_SAMME_KOMMUNE = "annenVirksomhetSammeKommune"
    ANNEN_KOMMUNE = "annenKommune"


class Begrunnelse(StrEnum):
    """Why (R-131). Free words travel only inside the sealed package."""

    FLYTTING = "flytting"
    SKOLEBYTTE = "skolebytte"
    BARNEHAGE_TIL_SKOLE = "barnehageTilSkole"
    TJENESTEBYTTE = "tjenestebytte"
    HOLDER_SLUTTER = "holderSlutter"
    ANNET = "annet"


class Rettet(StrEnum):
    """Whom the offer is for: the unit's leader, or a named person (R-131)."""

    LEDER = "leder"
    PERSON = "person"


class Avvisningsgrunn(StrEnum):
    """Why a receiver says no. `manuell` never says why."""

    BOR_IKKE_HER = "borIkkeHer"
    FEIL_MOTTAKER = "feilMottaker"
    HABILITET = "habilitet"
    MANUELL = "manuell"
    ANNET = "annet"


class Resultat(StrEnum):
    """What became of a message: taken, taken before, damaged, or refused for good."""

    TATT = "tatt"
    KJENT = "kjent"
    SKADET = "skadet"
    AVVIST = "avvist"


class Innlogging(StrEnum):
    """Strength of the accepting person's sign-in (R-045); only `hoey` may accept."""

    HOEY = "hoey"
    BETYDELIG = "betydelig"
