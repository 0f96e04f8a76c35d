"""Settings that fit the sandbox as it starts: what a municipality would write for its archive."""

from collections.abc import Mapping
from pathlib import Path

from connectors.sandbox.tokens import PATH
from gateway.ports.connector import ConnectorSettings

PROFIL: Mapping[str, str] = {
    "arkivdel": "Barnemapper",
    "klassifikasjonssystem": "Barn",
    "egne_felt": "vnd-stafett-v1",
    "administrativ_enhet": "Oppvekst",
    "saksansvarlig": "Arkivtjenesten",
    "journalposttype": "X",
    "journalstatus": "F",
    "journalstatus_ferdig": "J",
    "dokumentstatus": "F",
    "hoveddokument": "H",
    "vedlegg": "V",
    "variant_arkiv": "A",
    "variant_produksjon": "P",
    "tilgangsrestriksjon": "KL",
    "skjermingshjemmel": "Offl. § 13, jf. fvl. § 13",
    "skjerming_klasse": "KID TKL",
    "skjerming_mappe": "TM1 NPS",
    "skjerming_journalpost": "TR1",
    "skjermingsvarighet": "60",
}

VARIANTER: Mapping[str, Mapping[str, str]] = {
    "uten_klasse": {
        **{key: value for key, value in PROFIL.items() if key != "klassifikasjonssystem"},
        "arkivdel": "Elevmapper",
        "partrolle": "K",
    },
}
"""Other profiles a municipality may have, by name: the child as party in a folder of its own."""


def settings(url: str, _data: Path | None = None) -> ConnectorSettings:
    """Settings for a sandbox at `url`; where its data lie does not matter here."""
    return ConnectorSettings(
        system="noark5",
        base_url=f"{url}/n5/",
        token_url=url + PATH,
        client_id="stafett",
        client_secret="hemmelig",  # noqa: S106 - a sandbox on this machine has no secrets
        tenant="",
        options=PROFIL,
    )
