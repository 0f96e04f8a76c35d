"""The Samspill connector: the port's methods over the client, the reader and the filler.

It speaks bytes and refs and never sees the canonical model. A new log is found again by its
external reference, then by our own unfinished shell, and only then made with the documented form.
"""

import hashlib
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from connectors.http import rows
from connectors.http.session import Session
from connectors.http.token import ClientCredentials
from connectors.visma_samspill import reading, shells
from connectors.visma_samspill.client import Client, Found
from connectors.visma_samspill.filling import Filling
from connectors.visma_samspill.operations import BY_NAME, OPERATIONS, PLANS
from connectors.visma_samspill.parts import BUNDLE_ORDER, PARTS
from connectors.visma_samspill.proposal.codes import CODES
from gateway.errors import Conflict, Rejected
from gateway.ports.connector import (
    Connector,
    ConnectorSettings,
    Document,
    Facts,
    Order,
    Page,
    Written,
)
from schemas.visma_samspill.plan import BUNDLE

__all__ = ["HOLDERNUMMER", "OPERATIONS", "open_connector"]

HOLDERNUMMER = True
"""The form names the plan lead by national id; a plan cannot be made without."""


def open_connector(settings: ConnectorSettings) -> Connector:
    """A connector for one municipality. `settings.options["planTypeId"]` names its plan type."""
    auth = ClientCredentials(settings)
    session = Session(settings, BY_NAME, auth=auth, codes=frozenset(CODES))
    return SamspillConnector(session, settings)


class SamspillConnector:
    """A Connector; thread-safe."""

    def __init__(self, session: Session, settings: ConnectorSettings) -> None:
        self._client = Client(session, settings)
        self._settings = settings

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    # -- reading --------------------------------------------------------------------------------
    def facts(self) -> Facts:
        """What the system is, whom the token is valid for, and how many plans it holds."""
        data = self._client.facts()
        free = data.get("freeBytes")
        return Facts(
            tenant=data["organisationNumber"],
            product=str(data.get("product", "")),
            contract=str(data.get("contract", "")),
            environment=str(data.get("environment", "")),
            rights=frozenset(map(str, data["rights"])),
            count=data["planCount"],
            free_bytes=free if isinstance(free, int) else None,
            seen_within=_seconds(data.get("visibleWithinSeconds")),
        )

    def page(self, cursor: str | None) -> Page:
        """A page of the listing; the cursor is the vendor's page token."""
        return _page(self._client.page("plan.list", PLANS, cursor))

    def changes(self, cursor: str | None) -> Page:
        """Plans changed since the cursor; without one, an empty page with the cursor of now.

        `total` is the number of entries in this page; the feed has no end to count.
        """
        page = _page(self._client.page("change.list", "/content/v1/changes", cursor))
        return Page(page.entries, page.cursor, page.total)

    def document(self, ref: str) -> Document:
        """One plan with all its parts, read at one content version."""
        return reading.document(self._client, ref)

    def file(self, ref: str, file_id: str) -> bytes:
        """The bytes of one document."""
        return self._client.content(ref, file_id)

    def find(self, key: str, body: bytes) -> tuple[Written, ...]:
        """Plans that carry our key; else our own unfinished shell about the body's person."""
        rows = self._client.search({"externalReference": key}, key)
        if not rows:
            rows = shells.unclaimed(self._client, _bundle(body, key), self._settings, key)
        return tuple(Written(row.plan_id, str((row.head or row).version)) for row in rows)

    # -- writing --------------------------------------------------------------------------------
    def put(self, order: Order) -> Written:
        """Create or update one plan; the same order again goes on where the last one was cut.

        `known_violations` need no declaring here: the product has no rule of entry they break.
        """
        bundle = _bundle(order.body, order.key)
        change_id = hashlib.sha256(order.idempotency_key.encode()).hexdigest()[:32]
        if order.ref is not None:
            found = _checked(reading.read(self._client, order.ref))
            _check_same(found, order, bundle)
            _check_base(found, order, change_id)
            return self._fill(found, order, bundle, change_id, seen_all=True)
        bundle["plan"]["externalReference"] = order.key
        row, fresh = self._place(order, bundle)
        found = _checked(self._shell(row) if fresh else reading.read(self._client, row.plan_id))
        form = shells.form(bundle, self._settings, order.key)
        if not (shells.untouched(found, form) or found.head.change_id == change_id):
            # Somebody has written there, or another order of ours has: what stands has not been
            # seen by whoever signed for this one.
            return Written(row.plan_id, str(found.version), found=True)
        return self._fill(found, order, bundle, change_id, seen_all=False)

    def delete(self, ref: str, version: str) -> None:
        """Delete one inactive plan. Raises Rejected("PLAN_ACTIVE"), Conflict("ENDRET_I_MAAL")."""
        self._client.delete(ref, version)

    def _place(self, order: Order, bundle: dict[str, Any]) -> tuple[Found, bool]:
        """The plan to fill, and whether the form made it just now."""
        key = order.key
        rows = self._client.search({"externalReference": key}, key)
        if rows:
            return shells.only(rows, key), False
        rows = shells.unclaimed(self._client, bundle, self._settings, key)
        if rows:
            return shells.only(rows, key), False
        return shells.create(self._client, bundle, self._settings, key, order.once), True

    def _shell(self, row: Found) -> reading.Read:
        """A plan the form made a moment ago: it has participants and nothing else."""
        head = row.head
        if head is None or head.version != 1:
            return reading.read(self._client, row.plan_id)
        parts: dict[str, Any] = {name: [] for name in BUNDLE_ORDER}
        parts["participants"] = self._client.items(row.plan_id, PARTS[0]).items
        return reading.Read(head, {"plan": head.body, **parts})

    def _fill(
        self,
        found: reading.Read,
        order: Order,
        bundle: dict[str, Any],
        change_id: str,
        *,
        seen_all: bool,
    ) -> Written:
        filling = Filling(
            self._client,
            found,
            change_id=change_id,
            read_file=order.read_file,
            answered=frozenset(file.sha256 for file in order.files),
            seen_all=seen_all,
        )
        return filling.run(bundle)


def _check_same(found: reading.Read, order: Order, bundle: dict[str, Any]) -> None:
    """What stands there is the log that is to be changed: a system that was set up anew may give
    its ids to other children. Raises Conflict("ANNEN_LOGG")."""
    reference = found.head.body["externalReference"]
    numbers = {plan["mainPerson"]["nationalId"] for plan in (found.head.body, bundle["plan"])} - {
        None
    }
    if len(numbers) > 1 or (reference != order.key and is_key(reference)):
        raise Conflict("ANNEN_LOGG", place=order.ref or order.key)


def is_key(reference: str | None) -> bool:
    """True for a reference of our making: the canonical id of a log, which is a UUID."""
    try:
        return reference is not None and str(UUID(reference)) == reference
    except ValueError:
        return False


def _check_base(found: reading.Read, order: Order, change_id: str) -> None:
    """The plan is as it was when the order was planned, or left by this very order."""
    if str(found.version) == order.base_version:
        return
    head = found.head
    if head.change_id == change_id and head.change_base == order.base_version:
        return
    raise Conflict("ENDRET_I_MAAL", place=order.ref or order.key)


def _bundle(body: bytes, place: str) -> dict[str, Any]:
    """The body as data. Raises Rejected when it is not a bundle."""
    data: Any = None
    try:
        data = BUNDLE.validate_json(body)
    except ValidationError:
        data = None
    if data is None:
        raise Rejected("UGYLDIG_DOKUMENT", place=place)
    found: dict[str, Any] = data
    return found


def _checked(found: reading.Read) -> reading.Read:
    """What stands in the target, in the contract's shape; else it cannot be compared."""
    good = True
    try:
        BUNDLE.validate_python(found.bundle)
    except ValidationError:
        good = False
    if not good:
        raise Rejected("UGYLDIG_DOKUMENT", place=found.head.body["planId"])
    return found


def _seconds(told: Any) -> float | None:
    """The system's own word of how far its search is behind; anything else is no word."""
    known = isinstance(told, int | float) and not isinstance(told, bool) and told >= 0
    return float(told) if known else None


def _page(data: dict[str, Any]) -> Page:
    entries = rows.entries(data["plans"], "planId", _told_version)
    return Page(entries, data["nextPageToken"], data["totalCount"])


def _told_version(row: dict[str, Any]) -> str:
    version = row.get("contentVersion")
    return str(version) if type(version) is int else ""
