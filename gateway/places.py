"""Where a municipality's ledger, its keys and its anchor stand, as the configuration says.

Nothing is opened to be used here: a ledger is looked for, and the ring is read.
"""

from pathlib import Path

from gateway.errors import LocalFault
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing, in_environment, retired
from gateway.ledger.keys import load as load_keys
from gateway.ledger.schema import opens, sealed_before
from gateway.settings.load import Settings


def data_folder(settings: Settings) -> Path:
    """Where ledger, payloads and reports live."""
    return settings.path(settings.gateway.data)


def key_ring(settings: Settings) -> KeyRing:
    """The ring the configuration names. Raises LocalFault: NOEKKEL_TAPT for a file that is named
    and gone while the ledger it belongs to is here."""
    path = key_file(settings)
    lost = path is not None and not in_environment(settings.gateway.key_env) and not path.exists()
    if lost and has_ledger(settings):
        raise LocalFault("NOEKKEL_TAPT", place=path.name if path else "")
    return load_keys(path, settings.gateway.key_env)


def key_file(settings: Settings) -> Path | None:
    """Where the ring's file stands, if the configuration names one."""
    name = settings.gateway.key_file
    return settings.path(name) if name else None


def retired_key(settings: Settings, database: Database) -> str:
    """The name of a retired key that lies beside the key file and opens this ledger, or nothing:
    the ledger is then a copy from before the key was changed."""
    path = key_file(settings)
    for one in retired(path) if path else []:
        try:
            if opens(database, load_keys(one, "")):
                return one.name
        except LocalFault:
            continue
    return ""


def anchor_file(settings: Settings) -> Path:
    """Where the ledger's anchor stands."""
    name = settings.gateway.anchor_file
    return settings.path(name) if name else data_folder(settings) / "anker"


def has_ledger(settings: Settings) -> bool:
    """True when a ledger stands where the configuration says, whether a key opens it or not.

    Raises LocalFault for a database that cannot be asked: then nobody knows.
    """
    url = settings.gateway.database
    folder = data_folder(settings)
    if not url and not (folder / "ledger.db").exists():
        # Its payloads or its anchor may be left of it.
        return (folder / "payload.db").exists() or anchor_file(settings).exists()
    database = Database(url, data_folder(settings))
    try:
        return sealed_before(database)
    finally:
        database.close()
