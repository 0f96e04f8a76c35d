"""Settings that fit the sandbox as it starts: what a municipality would write for its archive."""

from collections.abc import Mapping
from pathlib import Path

from gateway.ports.connector import ConnectorSettings

PROFIL: Mapping[str, str] = {
    "innlogging": "basic",
    "fagsystem": "Stafettlogg",
    "barnet": "klasse",
    "klassifikasjonssystem": "FNR",
    "mappetype": "Barnemappe",
    "arkivdel": "BARN",
    "journalenhet": "SENTRAL",
    "administrativ_enhet": "OPPV",
    "saksansvarlig": "ARKIV",
    "saksstatus": "B",
    "saksstatus_avsluttet": "A",
    "tilgangsrestriksjon": "13",
    "skjermingshjemmel": "Offl. § 13, jf. fvl. § 13",
    "journalposttype": "X",
    "journalstatus": "J",
    "dokumenttype": "LOGG",
    "dokumentstatus": "F",
    "hoveddokument": "H",
    "vedlegg": "V",
    "variant_arkiv": "A",
    "variant_produksjon": "P",
    "format_pdf": "RA-PDF",
    "format_annet": "JSON",
}

ANNERLEDES: Mapping[str, Mapping[str, object]] = {
    "annet navn": {"annet_navn": True},
    "uten fil": {"uten_fil": True},
    "annet navn, tom liste": {"annet_navn": True, "tom_liste": True},
}
"""Ways in which such an archive may tell of what it was given, by name."""


def settings(url: str, _data: Path | None = None) -> ConnectorSettings:
    """Settings for a sandbox at `url`; where its data lie does not matter here."""
    return ConnectorSettings(
        system="gi_arkiv",
        base_url=url,
        token_url="",
        client_id="stafett",
        client_secret="hemmelig",  # noqa: S106 - a sandbox on this machine has no secrets
        tenant="",
        options=PROFIL,
    )
