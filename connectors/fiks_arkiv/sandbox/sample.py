"""Settings that fit the sandbox: what a municipality would write for this archive.

The codes are one archive's; the classification is the four rows of KS' own elevmappe test.
"""

import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from connectors.fiks.sandbox.noekkelring import client_options
from connectors.fiks.sandbox.plattform import TOKEN_PATH
from gateway.ports.connector import ConnectorSettings

KODER: Mapping[str, str] = {
    "system": "Stafettlogg-gateway",
    "fagsystem": "Stafettlogg",
    "regel": "FiksArkiv-Elevmappe-1",
    "klassifikasjoner": (
        "{fagsystem} - Stafettloggen | 4.16 | Stafettlogg\n"
        "{fagsystem} - Loggtype | 1 | Oppmerksomheter\n"
        "{fagsystem} - Institusjon | {enhet}\n"
        "{fagsystem} - Person | {nummer} | {navn} | skjermet"
    ),
    "tilgangsrestriksjon": "UO",
    "skjermingshjemmel": "Offl. § 13, jf. fvl. § 13",
    "journalposttype": "X",
    "journalstatus": "F",
    "dokumentstatus": "F",
    "dokumenttype": "DOKUMENT",
    "dokumentmedium": "E",
    "partrolle": "K",
    "arkivdel": "ELEV",
    "administrativ_enhet": "OPPV",
    "saksansvarlig": "ARK",
    "formater": "fmt/476 = RA-PDF\nfmt/477 = RA-PDF",
}

ANNERLEDES: Mapping[str, Mapping[str, object]] = {
    "annet nummer": {"annet_nummer": -1},
    "uten nummer": {"uten_nummer": -1},
}
"""Ways in which such an archive may tell of what it was given, by name."""


def settings(url: str) -> ConnectorSettings:
    """Settings for the sandbox at `url`, which tells where its keys and its broker are."""
    with urllib.request.urlopen(url + "/_sandbox/journal", timeout=10) as answer:  # noqa: S310
        klient: dict[str, str] = json.load(answer)["klient"]
    return ConnectorSettings(
        system="fiks_arkiv",
        base_url=url,
        token_url=url + TOKEN_PATH,
        client_id="stafett",
        client_secret="hemmelig",  # noqa: S106 - a sandbox on this machine has no secrets
        tenant="",
        scope="ks:fiks",
        options={**client_options(Path(klient["mappe"]), klient["amqp"]), **KODER},
    )
