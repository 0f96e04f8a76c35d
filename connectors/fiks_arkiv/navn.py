"""Message types and XML namespaces of Fiks Arkiv V1. Names only.

Source: ks-no/fiks-arkiv-specification (df8afce3), Schema/V1 and meldingstyper.json.
"""

_BASE = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/"

ARKIVMELDING = f"{_BASE}arkivmelding/opprett/v1"
KVITTERING = f"{_BASE}arkivmelding/opprett/kvittering/v1"
METADATA = f"{_BASE}metadatakatalog/v1"
REGISTRERING_HENT = f"{_BASE}registrering/hent/v1"
REGISTRERING_RESULTAT = f"{_BASE}registrering/hent/resultat/v1"
DOKUMENTFIL_HENT = f"{_BASE}dokumentfil/hent/v1"
STRUKTUR = f"{_BASE}arkivstruktur/v1"
MINIMUM = f"{_BASE}arkivstruktur/minimum/v1"
SOK = f"{_BASE}sok/v1"
SOK_RESULTAT = f"{_BASE}sokeresultat/minimum/v1"
FEIL = f"{_BASE}feil/feilmelding/v1"
FEIL_ROOT = f"{_BASE}feil/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

PREFIKS = "no.ks.fiks.arkiv.v1."
OPPRETT = PREFIKS + "arkivering.arkivmelding.opprett"
HENT_REGISTRERING = PREFIKS + "innsyn.registrering.hent"
HENT_DOKUMENTFIL = PREFIKS + "innsyn.dokumentfil.hent"
SOK_TYPE = PREFIKS + "innsyn.sok"
SOK_SVAR = SOK_TYPE + ".resultat.minimum"
FEILMELDING = PREFIKS + "feilmelding."

# The catalogue of message types spells one type without the s in "fiks", in all eight places an
# archive may have been generated from. It is read, and never sent.
FEILSTAVET = "no.ks.fik.arkiv."
RIKTIG = "no.ks.fiks.arkiv."
