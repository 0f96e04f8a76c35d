"""One organisation on the practice platform: its keys, its Maskinporten client, its queue.

The queue is a quorum queue with the platform's own rules: what expires or has been delivered
three times without an acknowledgement goes to the platform. It must not know the other ones.
"""

import hmac
from pathlib import Path

from connectors.fiks.sandbox.maskinporten import Maskinportensandkasse
from connectors.fiks.sandbox.megler import Megler
from connectors.fiks.sandbox.noekkelring import Noekkelring
from connectors.sandbox.app import Request

_AGAIN = 2
"""How often a message may come back: three deliveries in all."""


class Sandkassekonto:
    """An account with everything the platform keeps for it."""

    def __init__(self, name: str, orgnr: str, data: Path, amqp: str, dead: str) -> None:
        self.name, self.orgnr = name, orgnr
        self.data = data / name
        self.ring = Noekkelring(self.data, orgnr)
        self.konto_id = self.ring.ids["konto_id"]
        self.secret = f"passord-{name}"
        self.open = True
        self.megler = Megler(
            amqp,
            self.ring.ids["integrasjon_id"],
            self.secret,
            self.konto_id,
            queue={
                "x-queue-type": "quorum",
                "x-delivery-limit": _AGAIN,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": dead,
            },
        )
        self.maskinporten = Maskinportensandkasse(
            self.ring.certificates["gateway"], f"stafett-{name}", 600, self.megler.token
        )

    @property
    def token_path(self) -> str:
        """Where this client gets its tokens."""
        return f"/maskinporten/{self.name}/token"

    def is_from(self, request: Request) -> bool:
        """Whether the three headers are this integration's."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        given = request.headers.get("integrasjonpassord", "")
        return (
            kind == "Bearer"
            and self.maskinporten.knows(token)
            and request.headers.get("integrasjonid") == self.ring.ids["integrasjon_id"]
            and hmac.compare_digest(given.encode(), self.secret.encode())
        )
