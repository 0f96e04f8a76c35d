"""Settings that fit the sandbox: what a municipality would write for its way through SvarUt."""

import json
from collections.abc import Mapping
from pathlib import Path

from connectors.svarut.sandbox.app import MOTTAKER, TOKEN_PATH, TYPE
from gateway.ports.connector import ConnectorSettings

PROFIL: Mapping[str, str] = {
    "mottaker_navn": "Vinterløv kommune, arkivet",
    "mottaker_orgnr": MOTTAKER,
    "forsendelsestype": TYPE,
    "filter": "filter_mappe=barnemappe",
    "dokumenttype": "LOGG",
    "journalposttype": "X",
    "journalstatus": "J",
    "frist_timer": "72",
}


def settings(url: str, data: Path) -> ConnectorSettings:
    """Settings for the sandbox at `url` with its data, and so its practice keys, in `data`."""
    klient = data / "klient"
    ids: dict[str, str] = json.loads((klient / "oppsett.json").read_text(encoding="utf-8"))
    return ConnectorSettings(
        system="svarut",
        base_url=url,
        token_url=url + TOKEN_PATH,
        client_id="stafett",
        client_secret="hemmelig",  # noqa: S106 - a sandbox on this machine has no secrets
        tenant="",
        scope="ks:fiks",
        options={
            **PROFIL,
            **ids,
            "noekkel": str(klient / "gateway.pem"),
            "sertifikat": str(klient / "gateway.cer"),
            "svarut_sertifikat": str(klient / "svarut.cer"),
        },
    )


def channel_settings(url: str, data: Path, who: str) -> ConnectorSettings:
    """Settings for municipality `who` ("a" or "b") of the platform at `url` with its data in
    `data` (`plattform.py`)."""
    klient = data / who / "klient"
    ids: dict[str, str] = json.loads((klient / "oppsett.json").read_text(encoding="utf-8"))
    return ConnectorSettings(
        system="svarut",
        base_url=f"{url}/{who}",
        token_url=f"{url}/{who}{TOKEN_PATH}",
        client_id="stafett",
        client_secret=f"passord-{who}",
        tenant="",
        scope="ks:fiks",
        options={
            **ids,
            "noekkel": str(klient / "gateway.pem"),
            "sertifikat": str(klient / "gateway.cer"),
            "svarut_sertifikat": str(klient / "svarut.cer"),
            "svarinn_url": f"{url}/tjenester",
            "svarinn_bruker": f"system-{who}",
            "svarinn_passord_fil": str(klient / "svarinn.txt"),
            "svarinn_noekler": str(klient / "svarinn.pem"),
        },
    )
