"""Conexus' code tables. Only codes attested in the municipal guide have rows; others are kept.

Colour says nothing of effect: `farge` and `virket` are two lists, and no table joins them.
"""

from mappings.codec import closed_table, list_of, open_table
from schemas.stafettlogg.kodeverk import (
    Hovedpersontype,
    Loggstatus,
    Moeteform,
    Oppmerksomhetsstatus,
    Overfoeringsmaaltype,
    Tilgangsomfang,
    Tiltaksarena,
    Tiltakstatus,
    Utfall,
    Virket,
)

SYSTEM = "conexus"

STATUS = closed_table(
    "loggstatus",
    Loggstatus.PASSIV,
    ("OPPRETTET", Loggstatus.VENTER_SAMTYKKE),
    ("AKTIV", Loggstatus.AKTIV),
    ("PASSIV", Loggstatus.PASSIV),
)
AARSAK = open_table(
    SYSTEM,
    "avslutningsårsak",
    ("MAAL_NAADD", "maalNaadd"),
    ("SAMTYKKE_TRUKKET", "samtykkeTrukket"),
    ("KOORDINATOR", "koordinator"),
    ("FLYTTET", "flyttet"),
    ("OENSKE", "oenske"),
    ("UBRUKT", "ubrukt"),
)
BARNTYPE = closed_table(
    "hovedpersontype",
    Hovedpersontype.BARN,
    ("BARN", Hovedpersontype.BARN),
    ("UNGDOM", Hovedpersontype.UNGDOM),
    ("GRAVID", Hovedpersontype.GRAVID),
    ("UFOEDT", Hovedpersontype.UFOEDT),
)
VIRKSOMHET = open_table(
    SYSTEM,
    "virksomhetstype",
    ("SKOLE", "skole"),
    ("VIDEREGAAENDE", "videregaaende"),
    ("BARNEHAGE", "barnehage"),
    ("HELSESTASJON", "helsestasjon"),
    ("PPT", "ppt"),
    ("BARNEVERN", "barnevern"),
)
OMFANG = closed_table(
    "tilgangsomfang",
    Tilgangsomfang.DELER,
    ("HELE", Tilgangsomfang.HELE),
    ("DELER", Tilgangsomfang.DELER),
)
GJELDER = list_of(
    open_table(
        SYSTEM,
        "samtykkeomfang",
        ("OPPRETTE", "opprette"),
        ("DELE", "dele"),
        ("LESETILGANG", "lesetilgang"),
        ("OVERFORE_VIRKSOMHET", "overfoereVirksomhet"),
        ("OVERFORE_KOMMUNE", "overfoereKommune"),
        ("GJENAPNE", "gjenaapne"),
    )
)
KATEGORI = open_table(
    SYSTEM,
    "oppmerksomhetskategori",
    ("SPRAAK", "SPRAAK"),
    ("MOTORIKK", "MOTORIKK"),
    ("TRIVSEL", "TRIVSEL"),
    ("FRAVAER", "FRAVAER"),
    ("ADFERD", "ADFERD"),
    ("SKOLEMILJOE", "SKOLEMILJOE"),
)
OPPMERKSOMHET = closed_table(
    "oppmerksomhetsstatus",
    Oppmerksomhetsstatus.AKTIV,
    ("AKTIV", Oppmerksomhetsstatus.AKTIV),
    ("AVSLUTTET", Oppmerksomhetsstatus.AVSLUTTET),
)
ARENA = closed_table(
    "tiltaksarena",
    None,
    ("TJENESTE", Tiltaksarena.TJENESTE),
    ("HJEM", Tiltaksarena.HJEM),
    ("BARN", Tiltaksarena.BARN),
)
TILTAK = closed_table(
    "tiltakstatus",
    Tiltakstatus.AKTIV,
    ("AKTIV", Tiltakstatus.AKTIV),
    ("EVALUERT", Tiltakstatus.EVALUERT),
    ("FEILREGISTRERT", Tiltakstatus.FEILREGISTRERT),
    ("AVSLUTTET", Tiltakstatus.AVSLUTTET),
)
FARGE = open_table(SYSTEM, "evalueringsfarge", ("GRONN", "groenn"))
VIRKET = closed_table(
    "virket",
    None,
    ("JA", Virket.JA),
    ("DELVIS", Virket.DELVIS),
    ("NEI", Virket.NEI),
    ("UKJENT", Virket.UKJENT),
)
UTFALL = closed_table(
    "veien videre",
    None,
    ("AVSLUTT", Utfall.AVSLUTT),
    ("VIDEREFOR", Utfall.VIDEREFOER_NIVAA),
    ("NYTT_NIVA", Utfall.NYTT_NIVAA),
)
MOETETYPE = open_table(
    SYSTEM,
    "møtetype",
    ("OPPSTART", "oppstart"),
    ("EVALUERING", "evaluering"),
    ("SAMARBEID", "samarbeid"),
    ("ANNET", "annet"),
)
MOETEFORM = closed_table(
    "møteform", None, ("FYSISK", Moeteform.FYSISK), ("TELEFON", Moeteform.TELEFON)
)
FORFATTERROLLE = open_table(
    SYSTEM,
    "forfatterrolle",
    ("STAFETTHOLDER", "stafettholder"),
    ("AKTOR", "aktoer"),
    ("FORESATT", "foresatt"),
    ("BARN", "hovedperson"),
)
OVERFORING = closed_table(
    "overføringstype",
    Overfoeringsmaaltype.ANNEN_KOMMUNE,
    ("SAMME_VIRKSOMHET", Overfoeringsmaaltype.SAMME_VIRKSOMHET),
    ("ANNEN_VIRKSOMHET", Overfoeringsmaaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE),
    ("ANNEN_KOMMUNE", Overfoeringsmaaltype.ANNEN_KOMMUNE),
)
