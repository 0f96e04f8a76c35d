"""Settings that fit the sandbox: what each of its two municipalities would write."""

from connectors.eformidling.sandbox.nett import ORGNR
from gateway.ports.connector import ConnectorSettings


def settings(url: str, who: str) -> ConnectorSettings:
    """Settings for organisation `who` ("a" or "b"), whose integrasjonspunkt is at `url`."""
    return ConnectorSettings(
        system="eformidling",
        base_url=url,
        token_url="",
        client_id=f"stafett-{who}",
        client_secret=f"passord-{who}",
        tenant="",
        options={"orgnr": ORGNR[who]},
    )
