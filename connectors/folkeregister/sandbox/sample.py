"""Settings that fit the sandbox: what a municipality would write for its access."""

from pathlib import Path
from typing import Any

from connectors.folkeregister.oppsett import SCOPE
from connectors.folkeregister.sandbox.app import ROOT, TOKEN_PATH
from connectors.folkeregister.sandbox.noekkelring import client_key
from gateway.ports.connector import ConnectorSettings


def settings(url: str, data: Path, **changes: Any) -> ConnectorSettings:
    """Settings for the sandbox at `url` with its practice key in `data`."""
    key, certificate = client_key(data)
    values: dict[str, Any] = {
        "system": "folkeregister",
        "base_url": url + ROOT,
        "token_url": url + TOKEN_PATH,
        "client_id": "stafett",
        "client_secret": "",
        "tenant": "",
        "scope": SCOPE,
        "options": {"noekkel": str(key), "sertifikat": str(certificate)},
    }
    return ConnectorSettings(**{**values, **changes})


def configuration(url: str, data: Path) -> str:
    """The same as a table of gateway.toml."""
    key, certificate = client_key(data)
    return (
        f'\n[folkeregister]\nbase_url = "{url}{ROOT}"\ntoken_url = "{url}{TOKEN_PATH}"\n'
        f'client_id = "stafett"\nscope = "{SCOPE}"\n'
        'kommuneliste = "config/kommuneinndeling.json"\n'
        f'[folkeregister.options]\nnoekkel = "{key}"\nsertifikat = "{certificate}"\n'
    )
