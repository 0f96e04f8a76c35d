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
    "proeve": "ja",
}

VARIANTER: Mapping[str, Mapping[str, str]] = {
    "uten_klasse": {
        **{key: value for key, value in PROFIL.items() if key != "klassifikasjonssystem"},
        "arkivdel": "Elevmapper",
        "partrolle": "K",
    },
}
"""Other profiles a municipality may have, by name: the child as party in a folder of its own."""

ANNERLEDES: Mapping[str, Mapping[str, object]] = {
    "annen variant": {"annen_variant": True},
    "koder som tekst": {"koder_som_tekst": True},
    "annen variant som tekst, uten sjekksum": {
        "annen_variant": True, "koder_som_tekst": True, "uten_sjekksum": True,
    },
    "uten referanse": {"uten_referanse": True},
    "bare Location": {"tomt_svar": True},
    "bare Location, relativ, i deler": {"tomt_svar": True, "relative": True, "bulkgrense": 100},
    "relative lenker": {"relative": True},
    "lenker med query": {"egen_query": True},
    "relative lenker med query": {"relative": True, "egen_query": True, "tomt_svar": True},
    "streng query": {"streng_query": True},
    "alt sammen": {
        "relative": True, "egen_query": True, "tomt_svar": True, "streng_query": True,
        "annen_variant": True, "koder_som_tekst": True, "gamle_lenker": True, "bulkgrense": 100,
    },
    "laget svares 200": {"ny_status": 200},
    "laget svares 202 med adresse": {"ny_status": 202, "ny_svar": "adresse"},
    "laget svares 200 med adresse": {"ny_status": 200, "ny_svar": "adresse"},
    "laget svares 204": {"ny_status": 204, "ny_svar": "intet"},
    "laget svares 200 med intet": {"ny_status": 200, "ny_svar": "intet"},
    "laget svares 201 med intet": {"ny_svar": "intet"},
    "siste del svares 200": {"siste_200": True, "bulkgrense": 100},
}  # fmt: skip
"""Ways in which such an archive may tell of what it was given, by name."""


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
