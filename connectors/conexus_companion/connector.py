"""Opens a connector to one municipality's Conexus Companion; what the wiring looks up by name."""

from connectors.conexus_companion.klient import Klient
from connectors.conexus_companion.kontrakt.koder import CODES
from connectors.conexus_companion.operasjoner import BY_NAME, OPERATIONS
from connectors.http.session import Session
from connectors.http.token import ClientCredentials
from gateway.ports.connector import Connector, ConnectorSettings

__all__ = ["OPERATIONS", "open_connector"]


def open_connector(settings: ConnectorSettings) -> Connector:
    """A connector; nothing is sent before the first call. Close it after use."""
    auth = ClientCredentials(settings)
    session = Session(settings, BY_NAME, auth=auth, codes=frozenset(CODES))
    return Klient(session, settings)
