"""The relation keys the gateway follows, and nothing else of the interface.

Source: arkivverket/noark5-tjenestegrensesnitt-standard, version 1.1 (2023-06-09), chapters 6 and
7. Keys end with a slash and are case-sensitive. Addresses are never built: a key is looked up in
`_links`, and a key that is not there means no right or not supported.
"""

ROT = "https://rel.arkivverket.no/noark5/v5/api/"
SELF = "self"
NEXT = "next"

ARKIVSTRUKTUR = ROT + "arkivstruktur/"
SAKARKIV = ROT + "sakarkiv/"
METADATA = ROT + "metadata/"
SYSTEM = ROT + "admin/system/"

ARKIVDEL = ARKIVSTRUKTUR + "arkivdel/"
KLASSIFIKASJONSSYSTEM = ARKIVSTRUKTUR + "klassifikasjonssystem/"
KLASSE = ARKIVSTRUKTUR + "klasse/"
MAPPE = ARKIVSTRUKTUR + "mappe/"
REGISTRERING = ARKIVSTRUKTUR + "registrering/"
DOKUMENTBESKRIVELSE = ARKIVSTRUKTUR + "dokumentbeskrivelse/"
DOKUMENTOBJEKT = ARKIVSTRUKTUR + "dokumentobjekt/"
FIL = ARKIVSTRUKTUR + "fil/"
PART = ARKIVSTRUKTUR + "part/"
SAKSMAPPE = SAKARKIV + "saksmappe/"
JOURNALPOST = SAKARKIV + "journalpost/"
EGNE_FELT = METADATA + "virksomhetsspesifikkeMetadata/"

NY_KLASSE = ARKIVSTRUKTUR + "ny-klasse/"
NY_SAKSMAPPE = SAKARKIV + "ny-saksmappe/"
NY_JOURNALPOST = SAKARKIV + "ny-journalpost/"
NY_DOKUMENTBESKRIVELSE = ARKIVSTRUKTUR + "ny-dokumentbeskrivelse/"
NY_DOKUMENTOBJEKT = ARKIVSTRUKTUR + "ny-dokumentobjekt/"
NY_PARTPERSON = ARKIVSTRUKTUR + "ny-partperson/"
NY_EGNE_FELT = METADATA + "ny-virksomhetsspesifikkeMetadata/"

# Entry points, above the tables of chapter 7.
INNGANGER = frozenset({ARKIVSTRUKTUR, SAKARKIV, METADATA, SYSTEM})
BRUKTE = frozenset(
    {
        ARKIVDEL,
        KLASSIFIKASJONSSYSTEM,
        KLASSE,
        MAPPE,
        REGISTRERING,
        DOKUMENTBESKRIVELSE,
        DOKUMENTOBJEKT,
        FIL,
        PART,
        SAKSMAPPE,
        JOURNALPOST,
        EGNE_FELT,
        NY_KLASSE,
        NY_SAKSMAPPE,
        NY_JOURNALPOST,
        NY_DOKUMENTBESKRIVELSE,
        NY_DOKUMENTOBJEKT,
        NY_PARTPERSON,
        NY_EGNE_FELT,
    }
)
