"""Code lists of the hand-over protocol, all closed. A protocol code never tells about a family."""

from enum import StrEnum

PROTOKOLL = "stafettlogg-overfoering"
VERSJON = "1.1"
"""Major and minor. Another major is refused; a newer minor's unknown members are passed over.

1.1: `ikkeForstaatt`, `fullfoert.utfall`, and the manifest's `versjon`.
"""


class Meldingstype(StrEnum):
    """What a message is. All but `kvittering`, which is technical, are the conversation."""

    TILBUD = "tilbud"
    PAKKE = "pakke"
    TILDELING = "tildeling"
    AKSEPT = "aksept"
    AKSEPTBEKREFTELSE = "akseptbekreftelse"
    AVVISNING = "avvisning"
    TILBAKETREKKING = "tilbaketrekking"
    UTLOEPT = "utloept"
    FULLFOERT = "fullfoert"
    IKKE_FORSTAATT = "ikkeForstaatt"
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


class Uforstaatt(StrEnum):
    """Why a receiver cannot read what it has taken over: it does not open or does not hold, it is
    of a version that is not known, or the log in it breaks the schema of its version."""

    AAPNES_IKKE = "aapnesIkke"
    UKJENT_VERSJON = "ukjentVersjon"
    UGYLDIG = "ugyldig"


class Utfall(StrEnum):
    """How the log came into the receiver's hands: written in its system and read back, or read by
    a person in the PDF or on paper."""

    SKREVET = "skrevet"
    PAPIR = "papir"


class Innlogging(StrEnum):
    """Strength of the accepting person's sign-in (R-045); only `hoey` may accept."""

    HOEY = "hoey"
    BETYDELIG = "betydelig"
