"""Reads a whole plan: its own fields and seven parts, all at one content version.

If the version moves while we read, it is read again, up to three times. The parts are put together
as they came; what they mean is the mapping's matter.
"""

from dataclasses import dataclass, field
from typing import Any

from connectors.http.strictjson import canonical
from connectors.visma_samspill.client import Client, Head
from connectors.visma_samspill.parts import BUNDLE_ORDER, BY_NAME
from gateway.errors import Conflict, Rejected
from gateway.ports.connector import Document, FileRef

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Read:
    """A bundle as read at `version`."""

    head: Head
    bundle: dict[str, Any] = field(repr=False)

    @property
    def version(self) -> int:
        """The content version all parts were read at."""
        return self.head.version


def read(client: Client, plan_id: str) -> Read:
    """A whole plan. Raises Conflict("BORTE" or "ENDRET_UNDER_LESING"), Rejected, RemoteFault."""
    for _ in range(ATTEMPTS):
        head = client.head(plan_id)
        parts: dict[str, Any] = {}
        for name in BUNDLE_ORDER:
            listed = client.items(plan_id, BY_NAME[name])
            # Every part says the version it was read at; one that moved makes the rest useless.
            if listed.versions != {head.version}:
                break
            parts[name] = listed.items
        else:
            _check_ids(plan_id, parts)
            return Read(head, {"plan": head.body, **parts})
    raise Conflict("ENDRET_UNDER_LESING", place=plan_id)


def _check_ids(plan_id: str, parts: dict[str, list[Any]]) -> None:
    """No id twice within a part; other wrong values are for the mapping to name."""
    for name, items in parts.items():
        if not all(isinstance(item, dict) for item in items):
            raise Rejected("UGYLDIG_DOKUMENT", place=f"{plan_id}/{name}")
        ids = [item.get(BY_NAME[name].key) for item in items]
        known = [value for value in ids if isinstance(value, str)]
        if len(set(known)) != len(known):
            raise Rejected("DOBBEL_ID", place=f"{plan_id}/{name}")


def document(client: Client, plan_id: str) -> Document:
    """A plan as the port gives it: canonical JSON and the files it names."""
    found = read(client, plan_id)
    return Document(
        plan_id, str(found.version), canonical(found.bundle, plan_id), files(plan_id, found.bundle)
    )


def files(plan_id: str, bundle: dict[str, Any]) -> tuple[FileRef, ...]:
    """The files a bundle names. Raises Rejected when the metadata cannot be read."""
    try:
        return tuple(
            FileRef(meta["documentId"], meta["sha256"], meta["size"], meta["mediaType"])
            for meta in bundle["documents"]
        )
    except (KeyError, TypeError):
        pass
    raise Rejected("UGYLDIG_DOKUMENT", place=f"{plan_id}/documents")
