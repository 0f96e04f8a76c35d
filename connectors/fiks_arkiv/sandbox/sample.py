"""Settings that fit the sandbox: what a municipality would write for this archive.

The codes are one archive's; the classification is the four rows of KS' own elevmappe test.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from connectors.fiks.sandbox.noekkelring import client_options
from connectors.fiks.sandbox.plattform import TOKEN_PATH
from connectors.fiks_arkiv.sandbox.app import AMQP
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


def settings(url: str, data: Path, *, amqp: str = "") -> ConnectorSettings:
    """Settings for the sandbox at `url` with its data in `data`."""
    address = amqp or os.environ.get("STAFETT_AMQP", AMQP)
    scheme, _, rest = address.partition("://")
    # The integration logs in with its own user; the sandbox's stays out of its settings.
    host = rest.rpartition("@")[2].rstrip("/")
    return ConnectorSettings(
        system="fiks_arkiv",
        base_url=url,
        token_url=url + TOKEN_PATH,
        client_id="stafett",
        client_secret="hemmelig",  # noqa: S106 - a sandbox on this machine has no secrets
        tenant="",
        scope="ks:fiks",
        options={**client_options(data, f"{scheme}://{host}"), **KODER},
    )
