"""Samspill's code tables and the words written for codes that have no field there.

Two roles stand for a helper in Osterøy's vocabulary (tenesteytar, deltakar; D-3). The table is
one-to-one: tenesteytar is the aktør, deltakar is kept as it came.
"""

from mappings.codec import closed_table, one_to_one, open_table
from schemas.stafettlogg.kodeverk import (
    Deltakerstatus,
    Hovedpersontype,
    Loggstatus,
    Maalarena,
    Oppmerksomhetsstatus,
    Rolle,
    Samtykkestatus,
    Signaturstatus,
    Tiltaksarena,
    Tiltakstatus,
    Utfall,
    Virket,
)

SYSTEM = "samspill"
LEAD = "role-planansvarleg"
OWNER = "role-planeigar"
GUARDIAN = "role-foresatt"

PLANTYPE = open_table(
    SYSTEM, "plantype", ("pt-stafettlogg", "stafettlogg"), ("pt-ip", "individuellPlan")
)
STATUS = closed_table(
    "planstatus",
    Loggstatus.PASSIV,
    ("awaitingConsent", Loggstatus.VENTER_SAMTYKKE),
    ("active", Loggstatus.AKTIV),
    ("inactive", Loggstatus.PASSIV),
)
KIND = closed_table(
    "hovedpersontype",
    Hovedpersontype.BARN,
    ("child", Hovedpersontype.BARN),
    ("youth", Hovedpersontype.UNGDOM),
    ("pregnant", Hovedpersontype.GRAVID),
    ("unborn", Hovedpersontype.UFOEDT),
)
ROLLE = open_table(
    SYSTEM,
    "rolle (D-3)",
    (LEAD, Rolle.STAFETTHOLDER.value),
    ("role-tenesteytar", Rolle.AKTOER.value),
    (GUARDIAN, Rolle.FORESATT.value),
    (OWNER, Rolle.HOVEDPERSON.value),
    ("role-koordinator", Rolle.KOORDINATOR.value),
)
DELTAKER = closed_table(
    "deltakerstatus",
    Deltakerstatus.INVITERT,
    ("invited", Deltakerstatus.INVITERT),
    ("active", Deltakerstatus.AKTIV),
    ("ended", Deltakerstatus.AVSLUTTET),
)
SAMTYKKE = closed_table(
    "samtykkestatus",
    Samtykkestatus.UTKAST,
    ("draft", Samtykkestatus.UTKAST),
    ("sent", Samtykkestatus.SENDT),
    ("partlySigned", Samtykkestatus.DELVIS_SIGNERT),
    ("valid", Samtykkestatus.GYLDIG),
    ("expired", Samtykkestatus.UTLOEPT),
    ("withdrawn", Samtykkestatus.TRUKKET),
    ("replaced", Samtykkestatus.ERSTATTET),
    ("refused", Samtykkestatus.AVSLAATT),
)
SIGNATUR = closed_table(
    "signaturstatus",
    Signaturstatus.IKKE_SENDT,
    ("notSent", Signaturstatus.IKKE_SENDT),
    ("sent", Signaturstatus.SENDT),
    ("signed", Signaturstatus.SIGNERT),
    ("refused", Signaturstatus.AVSLAATT),
)
SETTING = closed_table(
    "målarena",
    None,
    ("home", Maalarena.HJEM),
    ("school", Maalarena.BARNEHAGE_SKOLE),
    ("other", Maalarena.ANDRE),
    ("leisure", Maalarena.FRITID),
)
GOAL = closed_table(
    "målstatus",
    Oppmerksomhetsstatus.AKTIV,
    ("active", Oppmerksomhetsstatus.AKTIV),
    ("ended", Oppmerksomhetsstatus.AVSLUTTET),
)
MELDING = open_table(SYSTEM, "meldingstype", ("message", "melding"))

KATEGORI_ORD, ORD_KATEGORI = one_to_one(
    "kategoriord",
    (
        ("SPRAAK", "Språk"),
        ("MOTORIKK", "Motorikk"),
        ("TRIVSEL", "Trivsel"),
        ("FRAVAER", "Fravær"),
        ("ADFERD", "Adferd"),
        ("SKOLEMILJOE", "Skolemiljø (§ 9 A / § 12-4)"),
    ),
)
FARGE_ORD, ORD_FARGE = one_to_one("fargeord", (("groenn", "grønn"),))
VIRKET_ORD, ORD_VIRKET = one_to_one(
    "virketord",
    (
        (Virket.JA, "virket"),
        (Virket.DELVIS, "virket delvis"),
        (Virket.NEI, "virket ikke"),
        (Virket.UKJENT, "vet ikke om det virket"),
    ),
)
UTFALL_ORD, ORD_UTFALL = one_to_one(
    "utfallsord",
    (
        (Utfall.AVSLUTT, "avslutt"),
        (Utfall.VIDEREFOER_NIVAA, "videre på samme nivå"),
        (Utfall.NYTT_NIVAA, "nytt nivå"),
    ),
)
ARENA_ORD, ORD_ARENA = one_to_one(
    "arenaord",
    (
        (Tiltaksarena.TJENESTE, "i tjenesten"),
        (Tiltaksarena.HJEM, "i hjemmet"),
        (Tiltaksarena.BARN, "barnets eget"),
    ),
)
STATUS_ORD, ORD_STATUS = one_to_one(
    "statusord",
    (
        (Tiltakstatus.AKTIV, "aktiv"),
        (Tiltakstatus.EVALUERT, "evaluert"),
        (Tiltakstatus.FEILREGISTRERT, "feilregistrert"),
        (Tiltakstatus.AVSLUTTET, "avsluttet"),
    ),
)
CONCERN_ORD, ORD_CONCERN = one_to_one(
    "oppmerksomhetsord",
    ((Oppmerksomhetsstatus.AKTIV, "aktiv"), (Oppmerksomhetsstatus.AVSLUTTET, "avsluttet")),
)


def word(table: dict[str, str], code: str) -> str:
    """The word of a code; a code kept from a system as `CODE (system)`."""
    found = table.get(code)
    if found is not None:
        return found
    system, colon, raw = code.partition(":")
    return f"{raw} ({system})" if colon else code


def code(table: dict[str, str], text: str) -> str:
    """The code of a word written by `word`."""
    found = table.get(text)
    if found is not None:
        return found
    raw, open_, system = text.rpartition(" (")
    return f"{system[:-1]}:{raw}" if open_ and system.endswith(")") else text
