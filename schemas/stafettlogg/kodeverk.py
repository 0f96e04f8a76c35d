"""Code lists of the canonical model, each value with its bokmål label.

Closed lists are enums. Open lists (`kode(X)` in rules.md D) are `str` in the model: a code the
gateway does not know is kept as `<system>:<code>` (see `ukjent_kode`), never guessed and never
dropped. This module must not know any vendor's codes; those tables live in the mappings.
"""

from enum import StrEnum


class Kildesystem(StrEnum):
    """Where an entity was first written (rules.md D, conventions)."""

    CONEXUS = "conexus"
    SAMSPILL = "samspill"
    GATEWAY = "gateway"
    PAPIR = "papir"


class Plantype(StrEnum):
    """Only `stafettlogg` is accepted for transfer (rules.md D-1)."""

    STAFETTLOGG = "stafettlogg"
    INDIVIDUELL_PLAN = "individuellPlan"
    ANNEN = "annen"


class Loggstatus(StrEnum):
    """States of rules.md E-1."""

    VENTER_SAMTYKKE = "VENTER_SAMTYKKE"
    AKTIV = "AKTIV"
    PASSIV = "PASSIV"
    FORKASTET = "FORKASTET"
    SLETTET = "SLETTET"


class Hovedpersontype(StrEnum):
    """Who the log is about (R-005, R-171)."""

    BARN = "barn"
    UNGDOM = "ungdom"
    GRAVID = "gravid"
    UFOEDT = "ufoedt"


class Identtype(StrEnum):
    """Kinds of person identifier (rules.md C-6)."""

    FNR = "fnr"
    DNR = "dnr"
    DUF = "duf"
    SYNTETISK = "syntetisk"
    ANNEN = "annen"


class Adressebeskyttelse(StrEnum):
    """Address protection; the marking itself is confidential and never exported (C-4)."""

    INGEN = "ingen"
    KLIENTADRESSE = "klientadresse"
    FORTROLIG = "fortrolig"
    STRENGT_FORTROLIG = "strengtFortrolig"
    UKJENT = "ukjent"


class Foreldreansvar(StrEnum):
    """From the Folkeregister, never from a log (rules.md D-1)."""

    FELLES = "felles"
    MOR = "mor"
    FAR = "far"
    MEDMOR = "medmor"
    ANDRE = "andre"
    UKJENT = "ukjent"


class Rolle(StrEnum):
    """Role vocabulary of rules.md D-3."""

    KOMMUNEADMINISTRATOR = "kommuneadministrator"
    VIRKSOMHETSLEDER = "virksomhetsleder"
    SUPERBRUKER = "superbruker"
    KOORDINATOR = "koordinator"
    STAFETTHOLDER = "stafettholder"
    AKTOER = "aktoer"
    LESETILGANG = "lesetilgang"
    FORESATT = "foresatt"
    HOVEDPERSON = "hovedperson"
    SEKRETAER = "sekretaer"
    UKJENT = "ukjent"


class Deltakerstatus(StrEnum):
    """`invitert` is not `aktiv` (R-041)."""

    INVITERT = "invitert"
    AKTIV = "aktiv"
    AVSLUTTET = "avsluttet"


class Tilgangsomfang(StrEnum):
    """How much of a log a reader may see (R-031)."""

    HELE = "hele"
    DELER = "deler"


class Samtykkeomfang(StrEnum):
    """What a consent covers (rules.md D-1, Samtykke.omfang)."""

    OPPRETTE = "opprette"
    DELE = "dele"
    LESETILGANG = "lesetilgang"
    OVERFOERE_VIRKSOMHET = "overfoereVirksomhet"
    OVERFOERE_KOMMUNE = "overfoereKommune"
    GJENAAPNE = "gjenaapne"


class Samtykkestatus(StrEnum):
    """States of a consent (rules.md E-1)."""

    UTKAST = "UTKAST"
    SENDT = "SENDT"
    DELVIS_SIGNERT = "DELVIS_SIGNERT"
    GYLDIG = "GYLDIG"
    UTLOEPT = "UTLOEPT"
    TRUKKET = "TRUKKET"
    ERSTATTET = "ERSTATTET"
    AVSLAATT = "AVSLAATT"


class Signaturstatus(StrEnum):
    """State of one signer (rules.md D-1, Samtykke.signatarer)."""

    IKKE_SENDT = "ikkeSendt"
    SENDT = "sendt"
    SIGNERT = "signert"
    AVSLAATT = "avslaatt"


class Samtykkeform(StrEnum):
    """B-14."""

    PAPIR_SKANNET = "papirSkannet"
    ELEKTRONISK = "elektronisk"
    MUNTLIG_REFERERT = "muntligReferert"


class Rettsgrunnlag(StrEnum):
    """C-1: record which basis a signature gives."""

    SAMTYKKE_GDPR = "samtykkeGdpr"
    TILLATELSE_TAUSHETSPLIKT = "tillatelseTaushetsplikt"
    LOVHJEMMEL = "lovhjemmel"


class Oppmerksomhetsstatus(StrEnum):
    """State of a concern."""

    AKTIV = "aktiv"
    AVSLUTTET = "avsluttet"


class Maalarena(StrEnum):
    """Lund's headings for goals (R-085)."""

    HJEM = "hjem"
    BARNEHAGE_SKOLE = "barnehageSkole"
    ANDRE = "andre"
    FRITID = "fritid"


class Tiltaksarena(StrEnum):
    """Where a measure is carried out (R-073)."""

    TJENESTE = "tjeneste"
    HJEM = "hjem"
    BARN = "barn"


class Tiltakstatus(StrEnum):
    """States of a measure (rules.md E-1); the last three never reopen."""

    AKTIV = "aktiv"
    EVALUERT = "evaluert"
    FEILREGISTRERT = "feilregistrert"
    AVSLUTTET = "avsluttet"


class Virket(StrEnum):
    """Did the measure work (R-080, R-081)."""

    JA = "ja"
    DELVIS = "delvis"
    NEI = "nei"
    UKJENT = "ukjent"


class Utfall(StrEnum):
    """What happens after an evaluation (R-081, R-082)."""

    AVSLUTT = "avslutt"
    VIDEREFOER_NIVAA = "viderefoerNivaa"
    NYTT_NIVAA = "nyttNivaa"


class Moetetype(StrEnum):
    """Kinds of meeting (rules.md D-1)."""

    OPPSTART = "oppstart"
    EVALUERING = "evaluering"
    SAMARBEID = "samarbeid"
    ANNET = "annet"


class Moeteform(StrEnum):
    """R-080: physical meeting or telephone."""

    FYSISK = "fysisk"
    TELEFON = "telefon"


class Overfoeringsmaaltype(StrEnum):
    """The three targets of a hand-over (R-130)."""

    SAMME_VIRKSOMHET = "sammeVirksomhet"
    ANNEN_VIRKSOMHET_SAMME_KOMMUNE = "annenVirksomhetSammeKommune"
    ANNEN_KOMMUNE = "annenKommune"


class IpForhold(StrEnum):
    """Relation to an individuell plan (R-170)."""

    INGEN = "ingen"
    LOGG_SOM_VERKTOEY = "loggSomVerktoey"
    EGEN_IP = "egenIp"
    UKJENT = "ukjent"


class Maalform(StrEnum):
    """Written standard of the log (R-094)."""

    NB = "nb"
    NN = "nn"


def ukjent_kode(system: str, kode: str) -> str:
    """Keep a code without counterpart as a placeholder that names its system."""
    return f"{system}:{kode}"
