"""Stops before a run does harm: an emptied source, a wrong tenant, a source that shrank.

Nothing is ever inferred as deleted from a listing; a listing that lost logs stops the run.
"""

from gateway.errors import LocalFault, RemoteFault
from gateway.ports.connector import Facts


def check_contract(facts: Facts, expected: str) -> None:
    """Raise unless the system speaks the contract the municipality configured, if it named one."""
    if expected and facts.contract != expected:
        raise LocalFault("KONTRAKT_ENDRET", place=facts.product)


def check_source(facts: Facts, tenant: str, known: int, max_shrink_percent: int) -> None:
    """Raise unless the source is the right municipality's and holds about what it held.

    `known` is how many logs the ledger has seen there before.
    """
    if facts.tenant != tenant:
        raise LocalFault("FEIL_TENANT", place=facts.product)
    if known and facts.count == 0:
        raise RemoteFault("TOM_KILDE", place=facts.product)
    if known and facts.count < known * (100 - max_shrink_percent) / 100:
        raise RemoteFault("KILDE_KRYMPET", place=facts.product)
    if not facts.rights & {"les", "read"}:
        raise LocalFault("MANGLER_RETTIGHET", place=f"{facts.product}: les")


def check_listing(facts: Facts, listed: int, max_shrink_percent: int) -> None:
    """Raise RemoteFault when a whole listing holds far fewer logs than the source just said.

    Logs may come and go while the listing is read, so a few are allowed to be missing.
    """
    if facts.count and not listed:
        raise RemoteFault("TOM_KILDE", place=facts.product)
    if listed < facts.count * (100 - max_shrink_percent) / 100:
        raise RemoteFault("KILDE_KRYMPET", place=facts.product)


def check_target(facts: Facts, tenant: str, needed_bytes: int) -> None:
    """Raise unless the target is the right municipality's, writable and has room (bytes)."""
    if facts.tenant != tenant:
        raise LocalFault("FEIL_TENANT", place=facts.product)
    if not facts.rights & {"import", "skriv", "write"}:
        raise LocalFault("MANGLER_RETTIGHET", place=f"{facts.product}: import")
    if facts.free_bytes is not None and facts.free_bytes < needed_bytes:
        raise LocalFault("MAAL_FULLT", place=facts.product)
