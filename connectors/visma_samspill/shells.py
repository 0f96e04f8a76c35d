"""The form that makes a plan, and knowing our own unfinished plan again.

The documented form is not idempotent and gives no plan id back (developer.minflyt.no, Flyt
Samspill - External API), so a plan that our client made, that has no external reference yet and is
about the same person is ours to go on with; a second one is never made. "Not found" is not "not
there": a search may lag, so the form is sent only when the order's `once` lets it, and what was
sent and does not show is an unknown outcome. This module must not write anything but the form.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from connectors.visma_samspill.client import Client, Found, Head
from connectors.visma_samspill.filling import LEAD
from connectors.visma_samspill.reading import Read
from gateway.errors import Conflict, Rejected, RemoteFault, Transient, UnknownOutcome
from gateway.ports.connector import ConnectorSettings

GUARDIAN = "role-foresatt"
_FILLED = (
    "shortName", "unitName", "description", "initiator", "photoDocumentId", "lifeAreas",
    "subjectPlans",
)  # fmt: skip
"""What the form gives no value; a plan that has one of these has been written in."""
_OF_PEOPLE = ("email", "mobile", "unitName", "accessUntil")
"""The same of a participant."""


def plan_type(bundle: dict[str, Any], settings: ConnectorSettings) -> str:
    """The municipality's own id of the plan type; per-customer data, so settings go first."""
    return str(settings.options.get("planTypeId") or bundle["plan"]["planTypeId"])


def unclaimed(
    client: Client, bundle: dict[str, Any], settings: ConnectorSettings, place: str
) -> list[Found]:
    """Plans about the bundle's person that our client made and no other log has its reference on.

    A search that lags may not know a reference yet, so the plan itself is asked: `place` is our
    key, and one that carries another log's key is that log's.
    """
    number = bundle["plan"]["mainPerson"]["nationalId"]
    if number is None:
        return []
    query = {"mainPersonNationalId": number, "planTypeId": plan_type(bundle, settings)}
    found = []
    for row in client.search(query, place):
        unnamed = row.reference is None and row.created_by == settings.client_id
        if unnamed or row.reference == place:
            head = _asked(client, row.plan_id)
            if head is not None and head.body.get("externalReference") in (None, place):
                found.append(replace(row, head=head))
    return found


def _asked(client: Client, plan_id: str) -> Head | None:
    """The plan itself; None for one that the search still shows and that is gone."""
    try:
        return client.head(plan_id)
    except Conflict as error:
        if error.code != "BORTE":
            raise
        return None


def create(
    client: Client,
    bundle: dict[str, Any],
    settings: ConnectorSettings,
    place: str,
    once: Callable[[], None],
) -> Found:
    """Send the form, if `once` lets it, and find the plan it made.

    Raises Rejected when the form cannot be filled in, UnknownOutcome("KANSKJE_OPPRETTET") when it
    was sent, now or before, and the plan does not show, Conflict("FLERE_KANDIDATER") when two
    could be it.
    """
    client.create_shell(form(bundle, settings, place), place, once)
    made = _shown(client, bundle, settings, place)
    if not made:
        raise UnknownOutcome("KANSKJE_OPPRETTET", place=place)
    return only(made, place)


def _shown(
    client: Client, bundle: dict[str, Any], settings: ConnectorSettings, place: str
) -> list[Found]:
    """What the form made, as far as it can be seen now; a search that fails sees nothing."""
    try:
        return unclaimed(client, bundle, settings, place)
    except (Transient, RemoteFault, Conflict):
        return []


def only(candidates: list[Found], place: str) -> Found:
    """The one candidate. Raises Conflict("FLERE_KANDIDATER")."""
    if len(candidates) != 1:
        raise Conflict("FLERE_KANDIDATER", place=place)
    return candidates[0]


def untouched(found: Read, form: dict[str, Any]) -> bool:
    """True for a plan that has what the form gave it and nothing else: nobody has written there."""
    plan = found.head.body
    if plan["externalReference"] is not None or any(plan[name] for name in _FILLED):
        return False
    if any(rows for name, rows in found.bundle.items() if name not in ("plan", "participants")):
        return False
    rows = found.bundle["participants"]
    if any(row[name] for row in rows for name in _OF_PEOPLE):
        return False
    lead, main = form["planLead"], form["mainPerson"]
    people = [(lead["nationalId"], lead["name"], LEAD)]
    people += [(row["nationalId"], row["name"], row["roleId"]) for row in form["participants"]]
    there = [(row["nationalId"], row["name"], row["roleId"]) for row in rows]
    named = plan["mainPerson"]["name"] == main["name"]
    return named and sorted(people) == sorted(there, key=str)


def form(bundle: dict[str, Any], settings: ConnectorSettings, place: str) -> dict[str, Any]:
    """The documented form: before consent, guardians are the only participants it may carry."""
    plan = bundle["plan"]
    leads = [p for p in bundle["participants"] if p["roleId"] == LEAD]
    if len(leads) != 1:
        raise Rejected("MANGLER_PLANANSVARLIG", place=place)
    return {
        "organisationNumber": settings.tenant,
        "planTypeId": plan_type(bundle, settings),
        "mainPerson": _person(plan["mainPerson"], place),
        "planLead": _person(leads[0], place),
        "participants": [
            {**_person(p, place), "roleId": p["roleId"]}
            for p in bundle["participants"]
            if p["roleId"] == GUARDIAN and p["nationalId"] and p["name"]
        ],
        "affiliationId": plan["affiliationId"],
    }


def _person(row: dict[str, Any], place: str) -> dict[str, str]:
    if not row["nationalId"]:
        raise Rejected("MANGLER_FODSELSNUMMER", place=place)
    if not row["name"]:
        raise Rejected("MANGLER_NAVN", place=place)
    return {"name": row["name"], "nationalId": row["nationalId"]}
