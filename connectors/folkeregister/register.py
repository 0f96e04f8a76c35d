"""What the wiring opens: the population register of one municipality."""

from connectors.folkeregister.klient import Registerklient
from connectors.folkeregister.operasjoner import OPERATIONS as OPERATIONS
from gateway.ports.connector import ConnectorSettings
from gateway.ports.folkeregister import Folkeregister


def open_register(settings: ConnectorSettings) -> Folkeregister:
    """A client; nothing is called yet. Raises LocalFault for a key it cannot read."""
    return Registerklient(settings)
