"""Fetch the complement of a log: the original document and the target's, as it was read back."""

from typing import Any

from gateway.ledger.store import PayloadStore
from gateway.plan.draft import Complement


def complement_of(store: PayloadStore, agreed: dict[str, Any] | None) -> Complement | None:
    """The sealed pair behind an agreed row; None when the log was never agreed."""
    if agreed is None:
        return None
    return Complement(ours=store.get(agreed["ours"]), base=store.get(agreed["base"]))
