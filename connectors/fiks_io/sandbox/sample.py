"""Settings that fit the sandbox: what each of its two municipalities would write."""

import json
import urllib.request
from pathlib import Path

from connectors.fiks.sandbox.noekkelring import client_options
from gateway.ports.connector import ConnectorSettings


def settings(url: str, who: str) -> ConnectorSettings:
    """Settings for organisation `who` ("a" or "b") of the sandbox at `url`."""
    with urllib.request.urlopen(url + "/_sandbox/journal", timeout=10) as answer:  # noqa: S310
        klient: dict[str, str] = json.load(answer)["klient"]
    given = client_options(Path(klient["mappe"]) / who, klient["amqp"])
    del given["mottaker_konto_id"], given["konto_noekler"]
    return ConnectorSettings(
        system="fiks_io",
        base_url=url,
        token_url=f"{url}/maskinporten/{who}/token",
        client_id=f"stafett-{who}",
        client_secret=f"passord-{who}",
        tenant="",
        scope="ks:fiks",
        options=given,
    )
